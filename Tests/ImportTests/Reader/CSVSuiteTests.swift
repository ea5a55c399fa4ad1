import Foundation
import Health
import Testing

@testable import Import

/// Two published conformance suites, where they are beside the package.
struct CSVSuiteTests {
  private static let suites: URL? = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let package = folder.appendingPathComponent("Package.swift")
      if FileManager.default.fileExists(atPath: package.path) {
        let found = folder.deletingLastPathComponent().appendingPathComponent("shared/data/csv-suites")
        return FileManager.default.fileExists(atPath: found.path) ? found : nil
      }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }()

  @Test(.enabled(if: suites != nil, "the published suites are not beside the package"))
  func everyValidFileReadsAsItsJSON() throws {
    let suites = try #require(CSVSuiteTests.suites)
    var count = 0
    for folder in ["test-data/csv", "spectrum/csvs", "spectrum/csvs-crlf-derived"] {
      for file in try files(suites.appendingPathComponent(folder)) where !file.lastPathComponent.hasPrefix("bad-") {
        let suite = folder.split(separator: "/")[0]
        let name = file.deletingPathExtension().lastPathComponent
        let json = suites.appendingPathComponent("\(suite)/json/\(name).json")
        let expected = try JSONSerialization.jsonObject(with: Data(contentsOf: json))
        let (columns, seen) = try transcript(Array(Data(contentsOf: file)), CSVDialect())
        let rows = seen.compactMap(\.cells)
        #expect(rows.count == seen.count, "\(file.lastPathComponent): \(seen)")
        if let tables = expected as? [[String]], !tables.isEmpty {
          #expect([columns] + rows == tables, "\(file.lastPathComponent)")
        } else if let objects = expected as? [[String: String]] {
          let read = rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
          // A CRLF twin of a file with a line end inside quotes has that line end too.
          #expect(read.map(withoutReturns) == objects.map(withoutReturns), "\(file.lastPathComponent)")
        } else {
          #expect(rows.isEmpty && (expected as? [Any])?.isEmpty == true, "\(file.lastPathComponent)")
        }
        count += 1
      }
    }
    #expect(count >= 29)
  }

  @Test(.enabled(if: suites != nil, "the published suites are not beside the package"))
  func everyBadFileIsRefusedWithAPlace() throws {
    let suites = try #require(CSVSuiteTests.suites)
    let text = "feed: suite\nmatch: x\naccount: foo\nname: bar\nalias: baz\n"
    let feed = try FeedFile.read(text: text, file: "suite.yaml", catalogue: Catalogue([]))
    let bad = try files(suites.appendingPathComponent("test-data/csv")).filter { $0.lastPathComponent.hasPrefix("bad-") }
    #expect(bad.count == 7)
    for file in bad {
      var places: [Int] = []
      do {
        let (columns, seen) = try transcript(Array(Data(contentsOf: file)), CSVDialect())
        for case .broken(_, let line, _, _) in seen { places.append(line) }
        _ = try FeedPlan(feed, columns: columns, file: file.lastPathComponent)
      } catch let problem as Problem {
        places.append(problem.place == nil ? -1 : problem.place!.line)
      } catch let problems as Problems {
        places += problems.all.map { $0.place?.line ?? -1 }
      }
      // An empty file has no line to name.
      let first = try Data(contentsOf: file).isEmpty ? 0 : 1
      #expect(!places.isEmpty && places.allSatisfy { $0 >= first }, "\(file.lastPathComponent): \(places)")
    }
  }

  private func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).filter { $0.pathExtension == "csv" }
  }

  private func withoutReturns(_ row: [String: String]) -> [String: String] { row.mapValues { $0.replacing("\r\n", with: "\n") } }
}
