import Foundation
import Health

/// Writes a file whole or not at all: under a temporary name beside it, then renamed.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String) throws {
    // What is not a plain file, /dev/stdout or a named pipe, cannot be replaced by renaming.
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    let target = isSpecial ? path : "\(path).\(getpid()).part"
    let descriptor = open(target, O_WRONLY | O_CREAT | (isSpecial ? 0 : O_EXCL), 0o666)
    guard descriptor >= 0 else { throw problem(path) }
    do {
      try ByteStream.write(bytes, to: descriptor, named: path)
      guard close(descriptor) == 0 else { throw problem(path) }
      if !isSpecial, rename(target, path) != 0 { throw problem(path) }
    } catch {
      if !isSpecial { unlink(target) }
      throw error
    }
  }

  private static func problem(_ path: String) -> Problem {
    Problem(
      "write-failed", .failure, "cannot write \"\(path)\": \(String(cString: strerror(errno)))",
      hint: "check the folder and its permissions")
  }
}
