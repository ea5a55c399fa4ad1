import Foundation
import Health

/// Writes a file whole or not at all: under a temporary name beside it, then renamed.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String) throws { try writing(to: path) { write in try write(bytes) } }

  /// Calls `body` with what appends bytes; the file has its name once `body` is through.
  static func writing(to path: String, _ body: (_ write: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
    // What is not a plain file, /dev/stdout or a named pipe, cannot be replaced by renaming.
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    let target = isSpecial ? path : "\(path).\(getpid()).part"
    let descriptor = open(target, O_WRONLY | O_CREAT | (isSpecial ? 0 : O_EXCL), 0o666)
    guard descriptor >= 0 else { throw problem(path) }
    do {
      try body { try ByteStream.write($0, to: descriptor, named: path) }
    } catch {
      close(descriptor)
      if !isSpecial { unlink(target) }
      throw error
    }
    if close(descriptor) != 0 || (!isSpecial && rename(target, path) != 0) {
      let problem = problem(path)
      if !isSpecial { unlink(target) }
      throw problem
    }
  }

  private static func problem(_ path: String) -> Problem {
    Problem(
      "write-failed", .failure, "cannot write \"\(path)\": \(String(cString: strerror(errno)))",
      hint: "check the folder and its permissions")
  }
}
