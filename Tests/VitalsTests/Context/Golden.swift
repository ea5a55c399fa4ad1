import Foundation
import Testing

@testable import vitals

/// What a command prints, kept in a file of `Golden/WORKSPACE` whose first line is the command and whose last is its exit code, unless
/// that is 0.
///
/// A new one is a file of one line, `$ vitals trend --monthly`: with VITALS_GALLERY=write in the environment the tests write what the
/// program says into all of them, to be read before it is committed.
struct Golden {
  private static let isWriting = ProcessInfo.processInfo.environment["VITALS_GALLERY"] == "write"
  let file: URL

  /// Those of one workspace, in the order of their names.
  static func all(_ workspace: String) throws -> [Golden] {
    let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Golden/\(workspace)").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let all = files.filter { $0.pathExtension == "txt" }.map(Golden.init).sorted { $0.file.path < $1.file.path }
    try #require(!all.isEmpty, "no golden files in \(folder.path)")
    return all
  }

  /// Runs the command and compares what it prints, letter for letter.
  func check(in folder: CommandFolder, db: String) throws {
    let expected = try String(contentsOf: file, encoding: .utf8)
    let line = String(expected.prefix { $0 != "\n" })
    try #require(line.hasPrefix("$ vitals "), "\(file.lastPathComponent)")
    let words = GalleryRun.words(String(line.dropFirst("$ vitals ".count)))
    let done = folder.run(arguments: words + ["--db", db])
    let text = line + "\n" + done.out + (done.code == 0 ? "" : "[\(done.code)]\n")
    if Self.isWriting { try Data(text.utf8).write(to: file) }
    #expect(done.err.isEmpty && text == expected, "\(file.lastPathComponent): \(done.err)\n\(done.out)")
  }
}
