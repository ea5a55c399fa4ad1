import Foundation
import Health
import Import
import Storage
import TestSupport
import Testing

/// A workspace with feeds made at random, and a model that takes in the same files.
final class RandomWorld {
  var dice: Seeded
  let bench: Workbench
  let times: RandomTimes
  let feeds: [RandomFeed]
  private(set) var model = FactModel()
  /// The files taken in, with their paths.
  private(set) var taken: [(file: RandomFile, path: String, importID: Int)] = []
  private let seed: UInt64
  private var serial = 0

  static let days = RandomTimes.days.compactMap { Day($0) }
  private static let crm = RandomFeed(accounts: "crm")

  /// The file that introduces the accounts.
  static let accounts = RandomFile(accounts: crm, day: days[0])

  /// A world with `feeds` feeds and the file that introduces its accounts; `isSynced` where others open its database as well.
  init(_ seed: Int, feeds count: Int = 2, isSynced: Bool = false) throws {
    self.seed = UInt64(seed)
    dice = Seeded(UInt64(seed))
    let zone = dice.pick(["UTC", "Europe/London", "America/New_York", "Asia/Kolkata"])
    times = RandomTimes(zone: zone)
    bench = try Workbench(zone: zone == "UTC" ? .utc : CalendarZone(zone), isSynced: isSynced)
    bench.now = Workbench.instant("2026-04-02")
    var feeds = [Self.crm]
    for number in 0..<count { feeds.append(RandomFeed("feed\(number)", &dice)) }
    self.feeds = Array(feeds.dropFirst())
    for feed in feeds { try bench.feed(feed.yaml) }
    try take(Self.accounts)
  }

  /// Another workspace with the same feeds, and only what introduces its accounts, or not even that.
  init(like other: RandomWorld, knowsAccounts: Bool = true) throws {
    (seed, dice, times, feeds) = (other.seed, other.dice, other.times, other.feeds)
    bench = try Workbench(zone: other.bench.history.zone)
    bench.now = Workbench.instant("2026-04-02")
    for feed in [Self.crm] + feeds { try bench.feed(feed.yaml) }
    if knowsAccounts { try take(Self.accounts) }
  }

  /// A file of one of the feeds.
  func file(of feed: RandomFeed? = nil, day: Day? = nil) -> RandomFile {
    serial += 1
    return RandomFile(feed ?? dice.pick(feeds), day: day ?? dice.pick(Self.days), serial: serial, times: times, &dice)
  }

  /// Imports a file, and has the model take it in too.
  @discardableResult
  func take(_ file: RandomFile, _ adjust: (inout ImportOptions) -> Void = { _ in }) throws -> (
    result: ImportResult, expected: FactModel.Tallies
  ) {
    let path = try bench.write(file.name, file.bytes)
    var options = ImportOptions(now: bench.now)
    adjust(&options)
    let rank = [options.backfill ? 0 : 1, Int((file.day ?? Day(0)).number), Int(bench.now)]
    let result = try bench.run([path], adjust)[0]
    let expected = model.take(file, rank: rank)
    taken.append((file, path, result.importID ?? 0))
    return (result, expected)
  }

  /// Gives files again, all in one run: those that have to be read are, and the model takes each in once more.
  @discardableResult
  func again(_ files: [RandomFile]) throws -> [ImportResult] {
    let results = try bench.run(
      try files.map { file in
        try taken.first { $0.file.name == file.name }?.path ?? bench.write(file.name, file.bytes)
      })
    for file in files.sorted(by: { ($0.day ?? Day(0), $0.name) < ($1.day ?? Day(0), $1.name) }) {
      _ = model.take(file, rank: [1, Int((file.day ?? Day(0)).number), Int(bench.now)])
    }
    return results
  }

  /// Expects that files given again say nothing new. They may be read, though, as long as names come in that refused rows may wait for.
  func expectNothing(from files: [RandomFile], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let before = try bench.facts()
    for result in try again(files) where result.state != .already {
      let isNothing = result.facts[.new] + result.facts[.corrected] == 0
      #expect(result.state == .imported && isNothing, "\(result.file) \(result.factCounts): \(story)", sourceLocation: sourceLocation)
    }
    expectSame(try bench.facts(), before, story, sourceLocation: sourceLocation)
    let isSettled = try (0..<3).contains { _ in try again(files).allSatisfy { $0.state == .already } }
    #expect(isSettled, "\(story)", sourceLocation: sourceLocation)
  }

  /// Takes an import back, or restores it, by its place among those taken in.
  func setLive(_ place: Int, _ isLive: Bool) throws {
    bench.now += 1000
    _ = try ImportChanges.apply(isLive ? .restore : .revert, to: taken[place].importID, at: bench.now, bench.history)
    model.setLive(place, isLive)
  }

  /// What to run again when a test fails: the seed, the feeds and the files.
  var story: String {
    let feeds = feeds.map(\.yaml).joined(separator: "\n---\n")
    let files = taken.dropFirst().map { "[\($0.importID)] \($0.file.name)\n\(String(decoding: $0.file.bytes, as: UTF8.self))" }
    return "seed \(seed), zone \(bench.history.zone.name)\n\(feeds)\n===\n\(files.joined(separator: "\n"))"
  }
}

/// How many seeds a property is tried with. `VITALS_SEEDS=20` tries twenty times as many, for a longer search by hand.
func seeds(_ count: Int) -> Range<Int> {
  0..<count * (ProcessInfo.processInfo.environment["VITALS_SEEDS"].flatMap(Int.init) ?? 1)
}

/// Expects the same lines in two sorted lists, and otherwise says a few of those that differ.
func expectSame(
  _ found: [String], _ expected: [String], _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found != expected else { return }
  func surplus(_ lines: [String], over others: [String]) -> [String] {
    var left = others.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return lines.filter { line in
      defer { left[line, default: 0] -= 1 }
      return left[line, default: 0] <= 0
    }
  }
  let lines =
    surplus(found, over: expected).prefix(6).map { "there is \($0)" } + surplus(expected, over: found).prefix(6).map { "there is no \($0)" }
  Issue.record("\(lines.joined(separator: "\n"))\n\(comment())", sourceLocation: sourceLocation)
}
