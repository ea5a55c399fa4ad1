import Foundation
import Health
import Storage
import Testing

@testable import vitals

/// The demo from the files to the reports. All of its 730 nights take half a minute in a debug build, so these nights stand for
/// them: every outcome and contract of the two years, and the last weeks with all feeds. `.ci/run` makes the whole demo in release.
@Suite("vitals demo")
struct DemoCommandTests {
  private static let nights: [DemoNights.Night] = DemoNights().map { night in
    let isLate = DemoStory.lastDay - night.day < 20
    let isFirst = night.day.date.day == 1
    return (night.day, night.files.filter { isLate || $0.name.hasPrefix("outcomes") || isFirst && $0.name.hasPrefix("accounts") })
  }

  /// Makes a demo; what it printed.
  private func make(in folder: CommandFolder, _ nights: [DemoNights.Night] = Self.nights) throws -> TestContext {
    let test = TestContext()
    try DemoCommand.show(folder.path + "/demo", nights, Output(format: .table, context: test.context), test.context)
    return test
  }

  private func reports(of folder: CommandFolder) -> [String] {
    let db = folder.path + "/demo/vitals.db"
    return [["score", "--csv"], ["trend", "--monthly", "--csv"], ["history", "acme", "--csv"], ["show", "acme", "--json"]].map {
      folder.run(arguments: $0 + ["--db", db]).out
    }
  }

  @Test func whatItMakesIsSoundAndTheSameEveryTime() throws {
    let (one, two) = (try CommandFolder(), try CommandFolder())
    let (first, second) = (try make(in: one), try make(in: two))
    #expect(one.plain(first.out.text) == two.plain(second.out.text))
    #expect(first.out.text.contains("acme"))
    #expect(first.err.text.hasPrefix("made \(one.path)/demo: "))
    let figures = reports(of: one)
    #expect(figures == reports(of: two))
    #expect(figures[0].split(separator: "\n").count > 120)

    let path = one.path + "/demo/vitals.db"
    let connection = try Connection(path, .readOnly)
    #expect(try connection.integrityErrors().isEmpty)
    connection.close()
    try checkOutcomes(of: one)
    try checkRejects(of: one)
    for golden in try Golden.all("demo") { try golden.check(in: one, db: one.path + "/demo/vitals.db") }
    // Published under its own name, with nothing of the building left behind.
    let beside = try FileManager.default.contentsOfDirectory(atPath: one.path + "/demo").filter { $0.hasPrefix("vitals.db.") }
    #expect(beside.isEmpty)
  }

  /// As many churns, renewals and upsells as the demo promises can be read back.
  private func checkOutcomes(of folder: CommandFolder) throws {
    let workspace = try Workspace(database: folder.path + "/demo/vitals.db")
    let told = try workspace.read { history in
      let knowledge = try history.knowledge(by: nil)
      return try history.accounts(knowledge).map { account in
        try AccountHistory(history, knowledge: knowledge, account: account.id).facts(
          days: Day.range, subjects: ["outcome.churn", "outcome.renewal", "outcome.upsell"]
        )
        .map(\.subject)
      }
    }
    #expect(told.count == 200)
    let counts = Dictionary(told.joined().map { ($0, 1) }, uniquingKeysWith: +)
    #expect((counts["outcome.churn"] ?? 0) >= 40 && (counts["outcome.renewal"] ?? 0) >= 60 && (counts["outcome.upsell"] ?? 0) >= 40)
    #expect(told.allSatisfy { $0.filter { $0 == "outcome.churn" }.count <= 1 })
  }

  /// Only the one misspelt account is refused, and each night is known from six the next morning.
  private func checkRejects(of folder: CommandFolder) throws {
    let db = folder.path + "/demo/vitals.db"
    let refused = try folder.rows("imports", "--db", db).filter { ($0["rejected"] as? Int ?? 0) > 0 }
    try #require(refused.count == 1)
    #expect(refused[0]["file"] as? String == "crm_2026-10-12.csv" && refused[0]["rejected"] as? Int == 1)
    let rejects = try folder.rows("imports", "rejects", "\(refused[0]["id"] as? Int ?? 0)", "--db", db)
    #expect(rejects.map { $0["code"] as? String } == ["unknown-account"])
    #expect(rejects.map { $0["nearest"] as? String } == ["fernwood"])
    let before = folder.run("history", "acme", "--since", "2026-10-31", "--known-by", "2026-11-01T05:59Z", "--csv", "--db", db)
    let after = folder.run("history", "acme", "--since", "2026-10-31", "--csv", "--db", db)
    #expect(before.out.split(separator: "\n").count == 1 && after.out.split(separator: "\n").count > 1)
  }

  @Test func itNeverWritesOverAWorkspace() throws {
    let folder = try CommandFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/demo", withIntermediateDirectories: true)
    try folder.write("mine", to: "demo/vitals.db")
    let done = folder.run("demo", folder.path + "/demo")
    #expect(done.code == 64 && done.err.contains("there is a database already"))
    #expect(try folder.text("demo/vitals.db") == "mine")
    try FileManager.default.moveItem(atPath: folder.path + "/demo/vitals.db", toPath: folder.path + "/demo/signals.yaml")
    #expect(folder.run("demo", folder.path + "/demo").code == 64)
    #expect(try folder.text("demo/signals.yaml") == "mine")
  }
}
