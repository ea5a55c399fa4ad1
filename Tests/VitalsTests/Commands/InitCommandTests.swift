import Foundation
import Health
import Storage
import Testing

@testable import vitals

/// A folder of its own for one test, and the command line run in it.
final class CommandFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("vitals-commands-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Runs a command; what it wrote, and its exit code.
  func run(_ arguments: String...) -> (code: Int32, out: String, err: String) { run(arguments: arguments) }

  /// The same, where the arguments are in a list or the surroundings matter.
  func run(arguments: [String], in surroundings: TestContext? = nil) -> (code: Int32, out: String, err: String) {
    var test = surroundings ?? TestContext()
    test.context.environment["VITALS_DB"] = path + "/vitals.db"
    let code = CommandRun.run(Vitals.self, arguments, in: test.context)
    return (code, test.out.text, test.err.text)
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }
  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }

  /// The JSON that a command wrote.
  func json(_ arguments: String...) throws -> Any {
    let done = run(arguments: arguments + ["--json"])
    #expect(done.code == 0, "\(done.err)")
    return try JSONSerialization.jsonObject(with: Data(done.out.utf8))
  }

  /// The JSON objects of a command that writes an array.
  func rows(_ arguments: String...) throws -> [[String: Any]] {
    let done = run(arguments: arguments + ["--json"])
    #expect(done.code == 0, "\(done.err)")
    return try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
  }

  /// Words with the folder's own name taken out of them.
  func plain(_ text: String) -> String { text.replacing(path + "/", with: "") }
}

@Suite("vitals init")
struct InitCommandTests {
  let folder: CommandFolder

  init() throws { folder = try CommandFolder() }

  @Test("a new workspace has everything, and a database that opens")
  func new() throws {
    let made = folder.run("init", folder.path + "/a/b", "--zone", "Europe/Berlin")
    #expect(made.code == 0, "\(made.err)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b").sorted()
    #expect(names == ["cards", "feeds", "signals.yaml", "vitals.db", "vitals.yaml"])
    #expect(folder.exists("a/b/cards/five-dimensions.yaml"))
    let workspace = try Workspace(database: folder.path + "/a/b/vitals.db")
    #expect(workspace.zone.name == "Europe/Berlin")
    #expect(try workspace.read { try ImportLog.all($0).count } == 0)
  }

  @Test("run again it writes only what is missing")
  func again() throws {
    #expect(folder.run("init").code == 0)
    try folder.write("# mine\nzone: UTC\n", to: "vitals.yaml")
    try FileManager.default.removeItem(atPath: folder.path + "/signals.yaml")
    let database = FileManager.default.contents(atPath: folder.path + "/vitals.db")
    let rows = try #require(try folder.json("init") as? [[String: String]])
    let states = rows.map { "\(($0["file"] ?? "").dropFirst(folder.path.count + 1)) \($0["state"] ?? "")" }
    #expect(states == ["vitals.yaml kept", "signals.yaml written", "cards/five-dimensions.yaml kept", "vitals.db kept"])
    #expect(try folder.text("vitals.yaml") == "# mine\nzone: UTC\n")
    #expect(FileManager.default.contents(atPath: folder.path + "/vitals.db") == database)
    #expect(folder.run("init").out.contains("everything was there already"))
  }

  @Test("an example brings its feeds and its card", arguments: ["ravenstack", "online-retail"])
  func example(name: String) throws {
    #expect(folder.run("init", "--example", name).code == 0)
    let files = try #require(Shipped.example(name)).files
    for file in files { #expect(try folder.text(file.path) == file.text) }
    #expect(try Workspace(database: folder.path + "/vitals.db").feeds().count == files.filter { $0.path.hasPrefix("feeds/") }.count)
  }

  @Test("what cannot be is said, and nothing is written")
  func refusals() throws {
    #expect(folder.run("init", "--zone", "Europe/Atlantis").code == 65)
    let example = folder.run("init", "--example", "ravenstak")
    #expect(example.code == 64)
    #expect(example.err.contains("did you mean ravenstack?"))
    #expect(folder.run("init", folder.path, "--db", "x.db").code == 64)
    try folder.write(String(repeating: "this is no database\n", count: 10), to: "vitals.db")
    #expect(folder.run("init").code == 65)
    #expect(try folder.names == ["vitals.db"])
  }

  @Test("the zone of a workspace cannot be changed by init")
  func zone() throws {
    #expect(folder.run("init", "--zone", "Asia/Tokyo").code == 0)
    #expect(folder.run("init", "--zone", "Asia/Tokyo").code == 0)
    let other = folder.run("init", "--zone", "UTC")
    #expect(other.code == 64)
    #expect(other.err.contains("Asia/Tokyo"))
  }
}
