import Health
import Import
import Storage

/// The feeds of a workspace.
struct FeedListReport: TableReport {
  /// A feed's file, and what was imported through it.
  struct Row {
    let state: Workspace.FeedState
    let imports: [ImportRecord]

    /// The newest that counts.
    var last: ImportRecord? { imports.last { $0.isLive && $0.error == nil } }
    var name: String { state.feed?.name ?? state.file.split(separator: "/").last.map(String.init) ?? state.file }
    var match: [String] { state.feed?.match.map(\.text) ?? [] }
    var signals: [String] {
      var seen: Set<String> = []
      return (state.feed?.lines ?? []).compactMap { line -> String? in
        switch line.signal {
        case .fixed(let key): key
        case .instance(let prefix, let column): "\(prefix){\(column)}"
        case .column: nil
        }
      }.filter { seen.insert($0).inserted }
    }
  }

  let rows: [Row]
  let zone: CalendarZone

  init(_ states: [Workspace.FeedState], imports: [ImportRecord], zone: CalendarZone) {
    rows = states.map { state in Row(state: state, imports: imports.filter { $0.feed == state.feed?.name }) }
    self.zone = zone
  }

  var title: String { "Feeds" }

  var notes: [String] {
    let broken = rows.filter { $0.state.feed == nil }
    return broken.isEmpty ? [] : ["\(Human.plural(broken.count, "feed")) cannot be read; `vitals feeds lint` says why."]
  }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("feed", title: "Feed") { Cell($0.name, $0.state.feed == nil ? .red : .plain) },
        TableColumn("match", title: "Matches", importance: 2, least: 12) {
          Cell($0.match.isEmpty ? style.absent : $0.match.joined(separator: ", "))
        },
        TableColumn("format", title: "Format", kind: .word, importance: 1) { Cell($0.state.feed?.format.rawValue ?? style.absent) },
        TableColumn("signals", title: "Signals", kind: .number) { Cell(String($0.signals.count)) },
        TableColumn("imports", title: "Imports", kind: .number) { Cell(Human.count($0.imports.count { $0.error == nil })) },
        TableColumn("last_file", title: "Last file", importance: 0, least: 12) { Cell($0.last?.file ?? style.absent) },
        TableColumn("last_import", title: "Last import", kind: .word, importance: 3) { [zone] in
          Cell($0.last.map { InstantText.human($0.finished, in: zone) } ?? style.absent)
        },
        TableColumn("file", title: "Written in", isExtra: true, text: \.state.file),
      ], whenEmpty: "There are no feeds yet: `vitals feeds new FILE` drafts one.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("feed") { $0.state.feed?.name }, RecordField("file", \.state.file), RecordField("match", \.match),
        RecordField("format") { $0.state.feed?.format.rawValue }, RecordField("after") { $0.state.feed?.after ?? [] },
        RecordField("signals", \.signals), RecordField("imports") { $0.imports.count { $0.error == nil } },
        RecordField("last_import") { $0.last?.id }, RecordField("last_file") { $0.last?.file },
        RecordField("last_file_day") { $0.last?.fileDay },
        RecordField("last_finished") { row in row.last.map { InstantText.machine($0.finished) } },
        RecordField("error") { $0.state.problems.first?.message },
      ])
  }
}
