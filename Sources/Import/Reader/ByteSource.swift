import Health

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a reader's bytes come from: a file, standard input, memory.
package protocol ByteSource {
  /// Fills the beginning of `buffer` and says how many bytes it wrote: at least one, or 0 once nothing is left.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

  /// The same bytes once more, from an offset on, wherever this one stands; nil where they are gone, as from a pipe.
  func again(from offset: Int) -> (any ByteSource)?
}

extension ByteSource {
  package func again(from offset: Int) -> (any ByteSource)? { nil }
}

/// Bytes that are in memory already.
package struct MemorySource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0

  /// These bytes.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The UTF-8 of a text.
  package init(_ text: String) { self.init(Array(text.utf8)) }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }

  package func again(from offset: Int) -> (any ByteSource)? {
    var copy = self
    copy.position = offset
    return copy
  }
}

/// An open file descriptor, from where it stands to its end. Closing it stays with whoever opened it.
package struct FileSource: ByteSource {
  private let descriptor: Int32
  private let name: String
  private let origin: Int

  /// An open descriptor, and the name that a failure speaks of.
  package init(descriptor: Int32, name: String) {
    (self.descriptor, self.name) = (descriptor, name)
    origin = max(Int(lseek(descriptor, 0, SEEK_CUR)), 0)
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try FileSource.retrying(name) { systemRead(descriptor, buffer.baseAddress, buffer.count) }
  }

  package func again(from offset: Int) -> (any ByteSource)? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileRange(descriptor: descriptor, name: name, position: origin + offset)
  }

  /// What a call of the system gives, made again where a signal came between.
  static func retrying(_ name: String, _ call: () -> Int) throws -> Int {
    while true {
      let count = call()
      if count >= 0 { return count }
      let code = errno
      if code == EINTR { continue }
      throw Problem("unreadable-file", .failure, "reading failed: \(String(cString: strerror(code)))", place: Place(file: name))
    }
  }
}

/// A file from an offset on, whatever others read of it.
private struct FileRange: ByteSource {
  let descriptor: Int32
  let name: String
  var position: Int

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try FileSource.retrying(name) { pread(descriptor, buffer.baseAddress, buffer.count, off_t(position)) }
    position += count
    return count
  }
}

/// `read(2)`, whose name the method of a source hides.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  count == 0 ? 0 : read(descriptor, buffer, count)
}
