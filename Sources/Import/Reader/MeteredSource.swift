import Storage

/// Passes bytes on, counts them and hashes them: what the log keeps of a file is about its bytes as they lie on the disk, so that a
/// file that was imported already is known without inflating it.
///
/// A class, because the reader that takes the bytes and the import that asks for the figures share it.
final class MeteredSource: ByteSource {
  private var source: any ByteSource
  private var hash = XXH64()
  /// How many bytes have passed.
  private(set) var bytesRead = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The hash of all that has passed.
  var digest: UInt64 { hash.finish() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try source.read(into: buffer)
    bytesRead += count
    hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    return count
  }

  func again(from offset: Int) -> (any ByteSource)? { source.again(from: offset) }
}
