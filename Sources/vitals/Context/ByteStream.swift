import Foundation
import Health

/// Somewhere to write bytes: a file descriptor of the process, or a test's recorder.
struct ByteStream: Sendable {
  /// Whether a person sees it at once.
  var isTerminal: Bool
  /// Writes all the bytes, or throws.
  var write: @Sendable (_ bytes: [UInt8]) throws -> Void

  /// A descriptor that is already open.
  static func descriptor(_ descriptor: Int32) -> ByteStream {
    ByteStream(isTerminal: isatty(descriptor) == 1) { bytes in
      try ByteStream.write(bytes, to: descriptor, named: descriptor == 1 ? "standard output" : "standard error")
    }
  }

  /// Writes all the bytes to a descriptor, however many calls that takes.
  static func write(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }  // within the slice's own bytes
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        throw ClosedPipe()
      } else if errno != EINTR {
        throw Problem("write-failed", .failure, "cannot write to \(name): \(String(cString: strerror(errno)))")
      }
    }
  }
}

/// The reader of a pipe has gone, as `head` does; nobody is missing anything, so this counts as success.
struct ClosedPipe: Error {}
