import Foundation
import Health
import Import
import Storage
import Testing

/// JSON Lines and compressed files through the importer.
struct JSONLinesImportTests {
  private let usage = """
    feed: usage
    match: ["usage*.jsonl"]
    format: jsonl
    account: {column: customer.id, as: integer}
    unknown_accounts: create
    at: {column: ts, format: epoch_ms}
    skip: {customer.id: [""]}
    values: {many: 99}
    signals:
      product.seats: {value: seats}
      product.plan: {value: plan.name}
      service.tickets: {event: ticket, text: words}
    """

  private func bench(_ more: String = "") throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(usage + "\n" + more)
    return bench
  }

  /// 1772323200000 is 2026-03-01T00:00:00Z.
  private func line(_ id: String, _ rest: String) -> String { "{\"customer\":{\"id\":\(id)},\"ts\":1772323200000,\(rest)}\n" }

  @Test func valuesBecomeFactsAsTheyAreWritten() throws {
    let bench = try bench()
    let text =
      line("17850.0", #""seats":1.5e1,"plan":{"name":"pr\u006f"},"ticket":9223372036854775807,"words":"a\nb \ud83d\ude0e""#)
      + line("\"0042\"", #""seats":"many","plan":null,"ticket":null,"words":null"#) + line("null", #""seats":7"#)
      + line("7", #""seats":true"#)
    let result = try bench.take("usage.jsonl", text)
    #expect(result.counts == "3 new 1 skipped" && result.rejects.isEmpty, "\(result.rejects)")
    #expect(
      try bench.facts("17850")
        == [
          "2026-03-01T00:00:00 product.plan pro", "2026-03-01T00:00:00 product.seats 15", "2026-03-01T00:00:00 service.tickets \"a\nb 😎\"",
        ].sorted())
    #expect(
      try bench.facts("42") == ["2026-03-01T00:00:00 product.seats 99"] && bench.facts("7") == ["2026-03-01T00:00:00 product.seats 1"])
    #expect(try bench.take("usage.jsonl", text).state == .already)
    #expect(
      try bench.run([bench.folder.appendingPathComponent("usage.jsonl").path]) { $0.again = true }[0].counts == "3 unchanged 1 skipped")
  }

  @Test func aBrokenLineIsARejectAndLaterLinesCount() throws {
    let bench = try bench()
    let full = #""seats":1,"plan":{"name":"x"},"ticket":null,"words":null"#
    let text =
      line("1", full) + "{\"customer\":\n" + line("1", "\"seats\":1,\"seats\":2") + line("1", "\"seats\":[1]")
      + line("2", "\"seats\":\"x\"") + line("3", full)
    #expect(try bench.take("usage.jsonl", text).problem?.name == "too-many-rejects")
    let result = try bench.take("usage.jsonl", text) { $0.maxRejects = .rows(4) }
    #expect(result.counts == "2 new 4 rejected")
    #expect(try bench.remarks(result.importID) == ["bad-json 2:13", "duplicate-key 3:51", "nested-value 4:49", "bad-number 5:49"])
    let remarks = try ImportLog.remarks(result.importID ?? 0, bench.history)
    #expect(remarks.map(\.columnName) == ["", "", "seats", "seats"])
    #expect(remarks.map { $0.text + "\n" }.joined() == text.split(separator: "\n").dropFirst().dropLast().map { $0 + "\n" }.joined())
    // A nested value is a fault of content, of which some are allowed.
    let tolerated = try bench.take("usage2.jsonl", line("1", full) + line("1", "\"seats\":[1]"))
    #expect(tolerated.state == .imported && tolerated.counts == "1 unchanged 1 rejected")
  }

  @Test func aColumnThatNoLineHasRefusesTheFile() throws {
    let text = line("1", #""seat":1,"plan":null,"ticket":null"#)
    let result = try bench().take("usage.jsonl", text)
    #expect(result.state == .failed && result.problem?.name == "missing-column")
    #expect(result.problem?.message == "no line of the file has \"seats\", which the feed usage names")
    #expect(result.problem?.hint == "did you mean \"seat\"? A column that all lines may leave out is listed in the feed's `header`")
    #expect(result.furtherProblems.map(\.message) == ["no line of the file has \"words\", which the feed usage names"])
    let lenient = try bench("header: [seats, words]").take("usage.jsonl", text)
    #expect(lenient.state == .imported && lenient.counts == "1 new")
    #expect(
      lenient.remarks == ["columns that no line of the feed usage uses: seat"])
  }

  @Test func aSecondDifferentLineOfAnIDIsRefusedWithItsPlace() throws {
    let full = #""seats":1,"plan":null,"ticket":5,"words":"#
    let result = try bench().take("usage.jsonl", line("1", full + "\"a\"") + line("1", full + "\"b\""))
    #expect(result.counts == "1 new 1 rejected" && result.rejects.map(\.code) == ["duplicate-id"])
    #expect(result.rejects.map(\.line) == [2] && result.rejects.map(\.column) == [72], "\(result.rejects)")
  }

  private let plain = """
    feed: plain
    match: ["plain*.csv"]
    account: account
    unknown_accounts: create
    at: day
    signals: {product.seats: {value: seats}}
    """

  @Test func aCompressedFileIsReadAsItsContentAndLoggedAsItLies() throws {
    let bench = try Workbench()
    try bench.feed(plain + "\nday: \"plain_%Y-%m-%d*\"")
    let text = Array("account,day,seats\na,2026-03-01,5\n".utf8)
    let packed = try gzip(text)
    let path = try bench.write("plain_2026-03-02.csv.gz", packed)
    let result = try bench.run([path])[0]
    #expect(result.counts == "1 new" && result.fileDay == Day("2026-03-02"))
    #expect(try ImportLog.one(result.importID ?? 0, bench.history).bytes == packed.count)
    #expect(try bench.facts("a") == ["2026-03-01 product.seats 5"])
    // The same bytes written anew are known by their digest, without being unpacked.
    try bench.write("plain_2026-03-02.csv.gz", packed)
    #expect(try bench.run([path])[0].state == .already)
    #expect(try bench.take("plain_2026-03-02.csv", String(decoding: text, as: UTF8.self)).counts == "1 unchanged")
  }

  @Test func compressedDamageRefusesTheFileWithItsPlace() throws {
    let bench = try Workbench()
    try bench.feed(plain)
    var text = "account,day,seats\n"
    for index in 0..<50_000 { text += "a\(index * 7919 % 50_000),2026-03-01,\(index)\n" }
    let packed = try gzip(Array(text.utf8))
    let broken = try bench.run([try bench.write("plain.csv.gz", Array(packed.dropLast(9)))])[0]
    #expect(broken.state == .failed && broken.problem?.name == "bad-gzip" && broken.problem?.category == .badInput)
    #expect((1...50_001).contains(broken.problem?.place?.line ?? 0))
    #expect(try bench.state() == [])
    #expect(try bench.run([try bench.write("plain.csv.gz", text)])[0].problem?.hint == "rename it without .gz if it is not compressed")
    #expect(try bench.run([try bench.write("plain.csv", packed)])[0].problem?.name == "unexpected-gzip")
    #expect(try bench.run([try bench.write("plain.csv.gz", [])])[0].problem?.name == "empty-file")
  }
}
