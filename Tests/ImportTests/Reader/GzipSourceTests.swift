import CZlib
import Health
import TestSupport
import Testing

@testable import Import

/// Compressed files: several members, damage, and what is not gzip at all.
struct GzipSourceTests {
  private let text = Array(String(repeating: "account,day,logins\nacme,2026-03-01,5\n", count: 400).utf8)

  private func unpacked(_ bytes: [UInt8], pieces: Int = 1 << 16, room: Int = 1 << 12) throws -> [UInt8] {
    let source = try GzipSource(Pieces(bytes: bytes, size: pieces), file: "t.csv.gz")
    var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: room))
    while true {
      let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return all }
      all += buffer[..<count]
    }
  }

  @Test func whatWasPackedComesOutWhateverTheSizes() throws {
    let packed = try gzip(text)
    #expect(packed.count < text.count / 5)
    for (pieces, room) in [(1, 1), (1, 4096), (7, 13), (1 << 16, 1), (1 << 16, 1 << 16)] {
      #expect(try unpacked(packed, pieces: pieces, room: room) == text)
      #expect(try unpacked(packed + gzip([]) + gzip(Array("more".utf8)), pieces: pieces, room: room) == text + Array("more".utf8))
    }
    #expect(try unpacked([]) == [] && unpacked(gzip([])) == [])
  }

  @Test func aFileThatBreaksOffIsRefusedAtItsPlace() throws {
    let packed = try gzip(text)
    for count in [1, 2, 9, 10, 11, packed.count / 2, packed.count - 8, packed.count - 1] {
      let found = problem { _ = try unpacked(Array(packed[..<count])) }
      #expect(found?.name == "bad-gzip" && found?.category == .badInput, "\(count)")
      #expect(found?.message == "the compressed data break off at byte \(count), before their end")
    }
  }

  @Test func damageTrailingBytesAndOtherFormatsAreRefused() throws {
    var damaged = try gzip(text)
    damaged[damaged.count - 6] ^= 1  // the checksum
    #expect(problem { _ = try unpacked(damaged) }?.message.hasSuffix("(incorrect data check)") == true)
    var length = try gzip(text)
    length[length.count - 1] ^= 1
    #expect(problem { _ = try unpacked(length) }?.name == "bad-gzip")
    let packed = try gzip(text)
    let trailing = problem { _ = try unpacked(packed + [0, 0]) }
    #expect(trailing?.message == "after the compressed data come bytes that are not gzip, at byte \(packed.count)")
    #expect(problem { _ = try unpacked(packed + [0x1F, 0x00]) }?.message.hasPrefix("after the compressed data") == true)
    for bytes in [text, [0x1F, 0x9D, 0x90], [0x1F, 0x8B, 0x07, 0, 0, 0, 0, 0, 0, 0]] {
      let found = problem { _ = try unpacked(bytes) }
      #expect(found?.name == "bad-gzip" && found?.hint != nil)
    }
  }

  /// Whatever the bytes, reading ends with what was packed or a problem.
  @Test func mutatedBytesNeverTrap() throws {
    var random = Seeded(5)
    let packed = try gzip(text) + gzip(text)
    for _ in 0..<2000 {
      var bytes = packed
      for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      if random.oneIn(3) { bytes.removeLast(random.below(bytes.count)) }
      do { #expect(try unpacked(bytes, pieces: 1 + random.below(50)).count <= text.count * 3) } catch let problem as Problem {
        #expect(problem.name == "bad-gzip")
      }
    }
  }

  @Test func bytesThatAreGzipUnderAnotherNameAreNamed() throws {
    var source = PlainSource(MemorySource(try gzip(text)), file: "t.csv")
    var buffer = [UInt8](repeating: 0, count: 100)
    let found = problem { _ = try buffer.withUnsafeMutableBytes { try source.read(into: $0) } }
    #expect(found?.name == "unexpected-gzip" && found?.hint == "give it a name that ends in .gz")
  }
}

/// Bytes that come a few at a time.
private struct Pieces: ByteSource {
  let bytes: [UInt8]
  let size: Int
  var position = 0

  init(bytes: [UInt8], size: Int) { (self.bytes, self.size) = (bytes, size) }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(size, buffer.count, bytes.count - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

/// Packs bytes as one member of gzip, by zlib.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
  var stream = z_stream()
  let version = ZLIB_VERSION
  guard deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw Problem("no-zlib", .failure, "zlib cannot pack")
  }
  defer { deflateEnd(&stream) }
  var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 100))
  let code = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
      (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
      return deflate(&stream, Z_FINISH)
    }
  }
  guard code == Z_STREAM_END else { throw Problem("no-zlib", .failure, "zlib cannot pack") }
  return Array(output[..<Int(stream.total_out)])
}
