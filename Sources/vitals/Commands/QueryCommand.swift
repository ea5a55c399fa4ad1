import ArgumentParser
import Foundation
import Health
import Reports
import Storage

/// `vitals query`
struct QueryCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Ask the database in SQL; nothing can be changed.",
    discussion: """
      Beside the database's own tables there are `reading` (account, signal, day, at, value, import) and `event` (the same with text, \
      author and reason): what is in force, narrowed fast by account, signal and day; and the aggregates median(x), percentile(x, p), \
      stddev(x) and slope(y, x). All tables and ten queries to begin with are in Query.md of the documentation.

      EXAMPLES
        vitals query "SELECT account, value FROM reading WHERE signal = 'financial.arr' AND day = '2026-03-31' ORDER BY value DESC"
        vitals query "SELECT signal, count(*) AS events FROM event GROUP BY signal" --csv
        cat churned.sql | vitals query - --json
      """)

  @Argument(help: "One SELECT, or - for standard input.")
  var sql: String

  @Option(help: ArgumentHelp("At most so many rows; 0 for all.", valueName: "n"))
  var limit = 10_000

  @Option(help: ArgumentHelp("At most so many seconds; 0 for ever.", valueName: "seconds"))
  var timeout = 60.0

  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    guard limit >= 0, timeout >= 0 else {
      throw Problem("bad-limit", .usage, "a limit cannot be negative", hint: "give a number from 0; 0 is no limit")
    }
    let output = try global.output(in: context)
    let text = try sql == "-" ? Self.standardInput(context) : sql
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let history = try workspace.openReader()
    defer { history.connection.close() }
    let (limit, timeout, began) = (limit, timeout, context.stopwatch())
    let interrupt = history.connection.interrupt
    let answer = try context.controlC.during(
      {
        try history.connection.transaction(.deferred) {
          let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
          try viewpoint.registerQueryTables()
          return try history.connection.limited({ timeout == 0 || Double(context.stopwatch() - began) < timeout * 1000 }) {
            try QueryAnswer(history, text, limit: limit == 0 ? nil : limit)
          }
        }
      }, cleanUp: { interrupt.raise() })
    try output.write(answer)
    if answer.isCut { output.warning("only the first \(Human.count(limit)) rows; --limit N allows more, --limit 0 all") }
  }

  private static func standardInput(_ context: Context) throws -> String {
    let data = FileHandle(fileDescriptor: context.standardInput, closeOnDealloc: false).readDataToEndOfFile()
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Problem("bad-encoding", .badInput, "standard input is not UTF-8 text", hint: "save it as UTF-8")
    }
    return text
  }
}

/// The rows that a query gives.
struct QueryAnswer: TableReport {
  let columns: [String]
  let rows: [[QueryValue]]
  /// Whether there are more.
  let isCut: Bool

  var title: String { "" }

  init(_ history: History, _ sql: String, limit: Int?) throws {
    let statement = try history.connection.prepareQuery(sql)
    columns = QueryAnswer.distinct(statement.columnNames)
    var (rows, isCut): ([[QueryValue]], Bool) = ([], false)
    try statement.eachWhile { row in
      if let limit, rows.count == limit {
        isCut = true
        return false
      }
      rows.append((0..<row.count).map { row.value($0) })
      return true
    }
    (self.rows, self.isCut) = (rows, isCut)
  }

  /// Names that come again get a number, since every field needs one of its own.
  private static func distinct(_ names: [String]) -> [String] {
    var seen: [String: Int] = [:]
    return names.map { name in
      seen[name, default: 0] += 1
      return seen[name] == 1 ? name : "\(name)_\(seen[name] ?? 0)"
    }
  }

  func table(_ style: Style) -> Table {
    let isNumber = columns.indices.map { column in rows.allSatisfy { $0[column].isNumber } }
    return Table(
      columns: columns.indices.map {
        Table.Column(columns[$0], kind: isNumber[$0] ? .number : .text, importance: $0 == 0 ? nil : columns.count - $0)
      },
      rows: rows.map { row in row.map { Cell($0.words(style)) } }, whenEmpty: "No rows.")
  }

  var records: Records {
    Records(fields: columns.map { Records.Field(name: $0, form: .column) }, rows: rows.map { $0.map(\.json) })
  }
}

extension QueryValue: JSONRepresentable {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .number, .null: true
    case .text, .blob: false
    }
  }

  fileprivate func words(_ style: Style) -> String {
    switch self {
    case .null: style.absent
    case .integer(let number): String(number)
    case .number(let number): number.shortest
    case .text(let text): text
    case .blob: hex
    }
  }

  /// Bytes are hexadecimal digits.
  private var hex: String {
    guard case .blob(let bytes) = self else { return "" }
    return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  var json: JSONValue {
    switch self {
    case .null: .null
    case .integer(let number): .int(number)
    case .number(let number): number.json
    case .text(let text): .string(text)
    case .blob: .string(hex)
    }
  }
}
