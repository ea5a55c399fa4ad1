import Foundation
import Health
import Import
import Testing

import vitals

@Suite("Shipped files") struct ShippedTests {
  private static let sets: [(name: String, files: [Shipped.File])] =
    [("workspace", Shipped.workspace), ("demo", Shipped.demo)] + Shipped.examples.map { ($0.name, $0.files) }

  /// Every file of the folder is listed, so that none is embedded and forgotten.
  @Test func areAllOfTheFolder() throws {
    let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Sources/vitals/Shipped").standardized
    let inFolder = try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
      try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }
    #expect(
      Set(inFolder)
        == Set(
          (Self.sets.flatMap(\.files) + Shipped.cards + Shipped.page + Shipped.exportFeeds.filter { !$0.path.contains("jsonl") }).map(
            \.text)))
  }

  @Test(arguments: sets.map(\.name)) func haveAPlaceOfTheirOwn(_ name: String) throws {
    let files = try #require(Self.sets.first { $0.name == name }).files
    #expect(Set(files.map(\.path)).count == files.count)
    for path in ["vitals.yaml", "signals.yaml"] { #expect(files.contains { $0.path == path }) }
    #expect(files.contains { $0.path.hasPrefix("cards/") })
    #expect(files.allSatisfy { $0.text.hasSuffix("\n") })
  }

  @Test(arguments: sets.map(\.name)) func readWithoutAWarning(_ name: String) throws {
    let files = try #require(Self.sets.first { $0.name == name }).files
    let signals = try #require(files.first { $0.path == "signals.yaml" })
    let catalogue = try CatalogueFile.read(text: signals.text, file: signals.path)
    let settingsFile = try #require(files.first { $0.path == "vitals.yaml" })
    let settings = try SettingsFile.read(text: settingsFile.text, file: settingsFile.path, catalogue: catalogue)
    let cards = try files.filter { $0.path.hasPrefix("cards/") }.map {
      try CardFile.read(text: $0.text, file: $0.path, catalogue: catalogue)
    }
    for card in cards { #expect(CardLint.warnings(card, catalogue: catalogue, today: DemoStory.lastDay) == []) }
    #expect(CardLint.check(cards) == [])
    #expect(cards.contains { settings.headline == .card($0.card.name) })
  }

  /// Other readers of YAML take `?}` and `?,` within braces for the sign of a key.
  @Test func canBeReadByOthers() {
    for file in Self.sets.flatMap(\.files) + Shipped.cards {
      for line in file.text.split(separator: "\n") where line.last == "}" || line.last == "," {
        let plain = line.replacing(/"[^"]*"/, with: "text")
        #expect(!plain.contains(/\?\s*[,}\]]/), "\(file.path): \(line)")
      }
    }
  }

  @Test(arguments: sets.map(\.name)) func haveFeedsThatRead(_ name: String) throws {
    let feeds = try feeds(name)
    #expect(Set(feeds.map(\.name)).count == feeds.count)
    #expect(FeedOrder.check(feeds) == [])
    #expect(feeds.isEmpty == (name == "workspace"))
  }

  /// Each file of a night has one feed that claims it, knows its day, finds its columns and leaves none unused.
  @Test func demoFeedsFitTheDemoFiles() throws {
    let feeds = try feeds("demo")
    var fitting: Set<String> = []
    for night in DemoNights() {
      for file in night.files where !fitting.contains(String(file.name.prefix { $0 != "_" })) {
        let claiming = feeds.filter { $0.matches(file.name) }
        #expect(claiming.count == 1, "\(file.name)")
        let feed = try #require(claiming.first)
        #expect(feed.fileDay(file.name) == night.day)
        let header = String(decoding: file.content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).split(separator: ",").map(
          String.init)
        #expect(try FeedPlan(feed, columns: header, file: file.name).unused == [], "\(file.name)")
        fitting.insert(feed.name)
      }
      if fitting.count == feeds.count { break }
    }
    #expect(fitting == Set(feeds.map(\.name)))
  }

  @Test func exampleFeedsFitThePublishedFiles() throws {
    let orders = try #require(try feeds("online-retail").first)
    #expect(orders.matches("2011-07-21.csv"))
    #expect(orders.fileDay("2011-07-21.csv")?.description == "2011-07-21")
    #expect(!orders.matches("accounts_2011-07-21.csv"))
    for feed in try feeds("ravenstack") { #expect(feed.matches("ravenstack_\(feed.name).csv")) }
  }

  private func feeds(_ name: String) throws -> [Feed] {
    let files = try #require(Self.sets.first { $0.name == name }).files
    let signals = try #require(files.first { $0.path == "signals.yaml" })
    let catalogue = try CatalogueFile.read(text: signals.text, file: signals.path)
    return try files.filter { $0.path.hasPrefix("feeds/") }.map {
      try FeedFile.read(text: $0.text, file: $0.path, catalogue: catalogue)
    }
  }

  @Test func settingsTakeAnotherZone() throws {
    let file = try #require(Shipped.workspace.first { $0.path == "vitals.yaml" })
    #expect(try SettingsFile.read(text: file.text, file: file.path).zone == "UTC")
    let moved = Shipped.settings(file, zone: "Europe/Berlin")
    #expect(try SettingsFile.read(text: moved.text, file: moved.path).zone == "Europe/Berlin")
    #expect(moved.text.split(separator: "\n").count == file.text.split(separator: "\n").count)
  }

  @Test func examplesAreFoundByName() {
    #expect(Shipped.examples.map(\.name) == ["ravenstack", "online-retail"])
    #expect(Shipped.example("ravenstack")?.files.count == 8)
    #expect(Shipped.example("nothing") == nil)
  }
}
