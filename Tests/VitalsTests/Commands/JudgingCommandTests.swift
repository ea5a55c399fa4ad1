import Foundation
import Testing

@testable import vitals

/// `backtest`, `power` and `forecast` as scripts and people meet them.
@Suite("vitals backtest, power and forecast")
struct JudgingCommandTests {
  private static let data = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../shared/data").standardizedFileURL
  private static let isThere = FileManager.default.fileExists(atPath: data.path)

  @Test("four accounts are not enough to say, in words and in JSON")
  func tooFew() throws {
    let folder = try SampleWorkspace.filled()
    #expect(folder.run("outcome", "bolt", "churn", "--on", "2026-03-19", "--now", "2026-03-22T06:00Z").code == 0)
    let arguments = ["backtest", "--outcome", "churn", "--horizon", "7d", "--lead", "7d", "--every", "7d", "--by", "segment"]
    let text = folder.run(arguments: arguments)
    #expect(text.code == 0 && text.out.contains("Not enough to say: 1 account had the outcome"), "\(text.err)")
    let json = try #require(
      try folder.json("backtest", "--outcome", "churn", "--horizon", "7d", "--lead", "7d", "--every", "7d") as? [String: Any])
    for field in [
      "auc", "auc_low", "auc_high", "n", "events", "outcomes", "base_rate", "lift_top_decile", "average_precision", "bands", "calibration",
      "floors",
      "leads", "segments", "against", "precision", "recall", "predicts", "late_share", "known_by",
    ] { #expect(json[field] != nil, "\(field)") }
    #expect(json["auc"] is NSNull && json["auc_low"] is NSNull && json["known_by"] as? String == "then")
    let bands = try #require(json["bands"] as? [[String: Any]])
    #expect(bands.map { $0["band"] as? String } == ["poor", "fair", "good"])
    #expect(bands.reduce(0) { $0 + ($1["n"] as? Int ?? 0) } == json["n"] as? Int)
    let rows = folder.run(arguments: arguments + ["--csv"]).out.split(separator: "\n")
    #expect(rows.first == "card,outcome,horizon,from,to,part,name,n,events,outcomes,rate,lift,auc,low,high,amount,value,bound,holds")
    #expect(rows.contains { $0.contains(",overall,desk,") } && rows.contains { $0.contains(",segment,smb,") })
  }

  @Test("power tells of every input, and says why it suggests nothing")
  func power() throws {
    let folder = try SampleWorkspace.filled()
    let json = try #require(
      try folder.json("power", "--card", "desk", "--outcome", "churn", "--horizon", "7d", "--every", "7d") as? [String: Any])
    let inputs = try #require(json["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["signal"] as? String } == ["product.active_users", "product.logins", "service.tickets"])
    #expect(inputs.allSatisfy { $0["auc"] is NSNull } && json["suggestion"] is NSNull && json["why_none"] is String)
  }

  /// The churn of this data is noise: whoever says otherwise is wrong.
  @Test("ravenstack: the card does not predict, at any lead", .enabled(if: isThere, "there is no ../shared/data beside the repository"))
  func ravenstack() throws {
    let folder = try CommandFolder()
    let db = folder.path + "/r/vitals.db"
    #expect(folder.run("init", folder.path + "/r", "--example", "ravenstack").code == 0)
    #expect(folder.run("import", Self.data.path + "/ravenstack", "--backfill", "--db", db).code == 0)
    let done = folder.run("backtest", "--outcome", "churn", "--lead", "90d,60d,30d", "--db", db)
    #expect(done.out.contains("It does not predict churn: AUC 0.5"), "\(done.out)\(done.err)")
    let json = try #require(try folder.json("backtest", "--outcome", "churn", "--db", db) as? [String: Any])
    let leads = try #require(json["leads"] as? [[String: Any]]).compactMap { $0["ranking"] as? [String: Any] }
    #expect(leads.count == 3)
    for ranking in leads + [json] {
      let (low, high) = (try #require(ranking["auc_low"] as? Double), try #require(ranking["auc_high"] as? Double))
      #expect(low < 0.5 && 0.5 < high)
    }
    #expect(json["predicts"] as? Bool == false)
  }

  /// Recency, frequency and money, on the months after those that the card was made with.
  @Test("online-retail: no order in ninety days", .enabled(if: isThere, "there is no ../shared/data beside the repository"))
  func retail() throws {
    let folder = try CommandFolder()
    let db = folder.path + "/o/vitals.db"
    let unpacked = Process()
    unpacked.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpacked.arguments = ["tar", "-xJf", Self.data.path + "/online-retail/by-day.tar.xz", "-C", folder.path]
    try unpacked.run()
    unpacked.waitUntilExit()
    #expect(folder.run("init", folder.path + "/o", "--example", "online-retail").code == 0)
    #expect(folder.run("import", folder.path + "/by-day", "--backfill", "--db", db).code == 0)
    let json = try #require(
      try folder.json("backtest", "--card", "next-order", "--from", "2011-06-01", "--db", db) as? [String: Any])
    #expect(json["outcome"] as? String == "lapse" && (json["n"] as? Int ?? 0) > 10_000)
    #expect(try #require(json["auc"] as? Double) >= 0.7 && json["predicts"] as? Bool == true)
    #expect(try #require(json["auc_low"] as? Double) > 0.7)
  }
}
