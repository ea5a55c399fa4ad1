import Foundation
import Health
import TestSupport
import Testing

@testable import vitals

@Suite("JSON and CSV")
struct WriterTests {
  /// Any text: letters, quotes, separators, line ends, wide and combining characters.
  private func text(_ random: inout Seeded) -> String {
    let pieces = ["a", "Z", "\"", ",", "\n", "\r\n", " ", "é", "e\u{301}", "東", "👩‍👩‍👧", "\\", "/", "'", ";", "=", "\t"]
    return (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }

  @Test("every finite number reads back as itself, from JSON and from CSV")
  func numbers() throws {
    var random = Seeded(7)
    var numbers = [0.0, -0.0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, .greatestFiniteMagnitude, 9_007_199_254_740_993, 1.0 / 3]
    for _ in 0..<2000 { numbers.append(Double(bitPattern: random.next())) }
    for number in numbers where number.isFinite {
      let text = JSONWriter.compact(number.json)
      #expect(Double(text)?.bitPattern == number.bitPattern)
      #expect(try CSVWriter.text(Records(fields: [.init(name: "x", form: .column)], rows: [[number.json]]), columns: nil) == "x\n\(text)\n")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) }
    }
    #expect(5.0.shortest == "5")
    #expect((-0.0).shortest == "-0.0")
  }

  @Test("a number that is not finite is null, however it gets there")
  func notFinite() {
    #expect(Double.nan.json == .null)
    #expect(JSONWriter.compact(.array([.double(.nan), .double(.infinity)])) == "[null,null]")
  }

  @Test("text reads back from JSON by another reader, and no control character is left in it")
  func jsonText() throws {
    var random = Seeded(1)
    var samples = (0..<500).map { _ in text(&random) }
    samples += [(0..<0x300).compactMap { Unicode.Scalar(UInt32($0)).map(String.init) }.joined(), "\u{202E}txt.exe\u{2028}"]
    for sample in samples {
      for written in [JSONWriter.compact(.object(["k": sample])), JSONWriter.indented(.object(["k": sample]))] {
        let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: String]
        #expect(read.map { Array(($0["k"] ?? "").unicodeScalars) } == Array(sample.unicodeScalars))
        #expect(!written.unicodeScalars.contains { $0 != "\n" && HarmlessText.isHarmful($0) })
      }
    }
  }

  @Test("indented JSON")
  func indented() {
    let value = JSONValue.object(["b": 1, "a": [1, 2], "empty": JSONValue.object([:]), "list": [JSONValue.object(["x": nil as Int?])]])
    #expect(
      JSONWriter.indented(value) == """
        {
          "b": 1,
          "a": [1, 2],
          "empty": {},
          "list": [
            {
              "x": null
            }
          ]
        }
        """)
  }

  @Test("text reads back from CSV by another reader")
  func csvText() throws {
    var random = Seeded(2)
    for _ in 0..<300 {
      let rows = (0..<3).map { _ in (0..<2).map { _ in text(&random) } }
      let fields = ["a", "b,\"c\""].map { Records.Field(name: $0, form: .column) }
      let written = try CSVWriter.text(Records(fields: fields, rows: rows.map { $0.map(\.json) }), columns: nil)
      let read = readCSV(written)
      #expect(read.first == ["a", "b,\"c\""])
      #expect(read.dropFirst().map { $0.map { Array($0.unicodeScalars) } } == rows.map { $0.map { Array($0.unicodeScalars) } })
    }
  }

  /// A reader of its own, after RFC 4180.
  private func readCSV(_ text: String) -> [[String]] {
    var rows: [[String]] = [[]]
    var cell = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"":
        cell.append(scalar)
        scalars = scalars.dropFirst()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted, "\n" where !isQuoted:
        rows[rows.count - 1].append(String(cell))
        cell = String.UnicodeScalarView()
        if scalar == "\n" { rows.append([]) }
      default: cell.append(scalar)
      }
    }
    return rows.dropLast()
  }

  @Test("CSV without rows still has its header; lists are JSON in a cell; a lone empty cell is not a blank line")
  func csvShapes() throws {
    let fields: [Records.Field] = [.init(name: "account", form: .column), .init(name: "rules", form: .column)]
    #expect(try CSVWriter.text(Records(fields: fields, rows: []), columns: nil) == "account,rules\n")
    let rules = JSONValue.array([.object(["effect": "cap", "value": 40])])
    let written = try CSVWriter.text(
      Records(fields: fields, rows: [["a".json, rules], ["b".json, .array([])], ["c".json, .null]]), columns: nil)
    #expect(written == "account,rules\na,\"[{\"\"effect\"\":\"\"cap\"\",\"\"value\"\":40}]\"\nb,\nc,\n")
    #expect(try CSVWriter.text(Records(fields: [fields[0]], rows: [["".json]]), columns: nil) == "account\n\"\"\n")
  }

  @Test("an object becomes one column a key, in the order in which keys come up in any row, empty where a row has none")
  func objects() throws {
    let fields: [Records.Field] = [.init(name: "day", form: .column), .init(name: "bands", form: .columns(prefix: "band"))]
    let rows: [[JSONValue]] = [
      ["1".json, .object(["red": 1, "green": 2])], ["2".json, .object(["gray": 3, "red": 4])], ["3".json, .null],
    ]
    let written = try CSVWriter.text(Records(fields: fields, rows: rows), columns: nil)
    #expect(written == "day,band.red,band.green,band.gray\n1,1,2,\n2,4,,3\n3,,,\n")
  }

  @Test("dates and moments are ISO text")
  func dates() {
    let moment = Moment(Day(20_543), millisecond: 31_440_000)
    #expect(JSONWriter.compact([Day(20_543).json, moment.json].json) == #"["2026-03-31","2026-03-31T08:44:00"]"#)
  }
}
