import CZlib
import Health

/// Inflates gzip as it is read: one member after another, each checked against its length and its checksum.
///
/// A class with the stream at a fixed address, because zlib's state points back at it.
///
/// Invariant: `next_in` and `avail_in` describe bytes of `input`, which live as long as the stream; `next_out` is set anew in each
/// read, to the buffer that the read was given, and not used after it.
final class GzipSource: ByteSource {
  private var source: any ByteSource
  private let file: String
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutablePointer<UInt8>
  /// Compressed bytes that came from the source.
  private var taken = 0
  /// Members that are whole.
  private var members = 0
  private var isInsideMember = false
  private var ended = false

  private static let inputSize = 1 << 16

  /// Inflates what a source gives; `file` is the name that problems speak of.
  init(_ source: any ByteSource, file: String) throws(Problem) {
    (self.source, self.file) = (source, file)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(capacity: Self.inputSize)
    guard vitals_inflate_gzip(stream) == Z_OK else { throw Self.noMemory(file) }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Whether bytes begin as gzip does.
  static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B, 8]) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0, !ended else { return 0 }
    let room = UInt32(clamping: buffer.count)
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room {
      if stream.pointee.avail_in == 0, try refill() == 0 {
        if isInsideMember { throw truncated() }
        ended = true
        return 0
      }
      if !isInsideMember, stream.pointee.next_in.pointee != 0x1F { throw notGzip() }
      isInsideMember = true
      try inflateSome()
    }
    return Int(room - stream.pointee.avail_out)
  }

  private func refill() throws -> Int {
    let count = try source.read(into: UnsafeMutableRawBufferPointer(start: input, count: Self.inputSize))
    stream.pointee.next_in = input
    stream.pointee.avail_in = UInt32(count)
    taken += count
    return count
  }

  private func inflateSome() throws(Problem) {
    switch inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: return
    case Z_STREAM_END:
      members += 1
      isInsideMember = false
      // Keeps the input that is left, which the next member begins with.
      guard inflateReset(stream) == Z_OK else { throw Self.noMemory(file) }
    case Z_MEM_ERROR: throw Self.noMemory(file)
    default: throw stream.pointee.total_out == 0 && stream.pointee.total_in <= 2 ? notGzip() : damaged()
    }
  }

  // MARK: What can be wrong

  /// How many compressed bytes have been used.
  private var position: Int { taken - Int(stream.pointee.avail_in) }

  private func problem(_ message: String, hint: String) -> Problem {
    Problem("bad-gzip", .badInput, message, place: Place(file: file), hint: hint)
  }

  private func truncated() -> Problem {
    problem("the compressed data break off at byte \(position), before their end", hint: "was it still being written? Copy the file again")
  }

  private func damaged() -> Problem {
    let detail = stream.pointee.msg.map { " (\(String(cString: $0)))" } ?? ""
    return problem("the compressed data are damaged at or before byte \(position)\(detail)", hint: "copy the file again")
  }

  private func notGzip() -> Problem {
    if members > 0 {
      return problem("after the compressed data come bytes that are not gzip, at byte \(position)", hint: "cut them off, or copy it again")
    }
    return problem("its name ends in .gz, and its bytes are not gzip", hint: "rename it without .gz if it is not compressed")
  }

  private static func noMemory(_ file: String) -> Problem {
    let hint = "end other programs, and import it again"
    return Problem("no-memory", .failure, "there is no memory to unpack with", place: Place(file: file), hint: hint)
  }
}

/// Bytes that must not be compressed: whether a file is follows from its name alone, and other bytes would be refused row by row.
struct PlainSource: ByteSource {
  private var source: any ByteSource
  private let file: String
  private var isFirst = true

  init(_ source: any ByteSource, file: String) { (self.source, self.file) = (source, file) }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try source.read(into: buffer)
    if isFirst, GzipSource.isGzip(buffer[..<count]) {
      let hint = file == "-" ? "unpack it on the way: zcat FILE | vitals import - --feed NAME" : "give it a name that ends in .gz"
      throw Problem("unexpected-gzip", .badInput, "the bytes are gzip, and the name does not say so", place: Place(file: file), hint: hint)
    }
    isFirst = false
    return count
  }

  func again(from offset: Int) -> (any ByteSource)? { source.again(from: offset) }
}
