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
}

/// An open file descriptor, from where it stands to its end. Closing it stays with whoever opened it.
package struct FileSource: ByteSource {
  private let descriptor: Int32
  private let name: String

  /// An open descriptor, and the name that a failure speaks of.
  package init(descriptor: Int32, name: String) { (self.descriptor, self.name) = (descriptor, name) }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0 else { return 0 }
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      let code = errno
      if code == EINTR { continue }
      throw Problem("unreadable-file", .failure, "reading failed: \(String(cString: strerror(code)))", place: Place(file: name))
    }
  }
}
