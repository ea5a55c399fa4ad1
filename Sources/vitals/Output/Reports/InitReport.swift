import Health

/// What `vitals init` wrote, and what to do next.
struct InitReport: TableReport {
  let folder: String
  let files: [NewWorkspace.Written]
  let example: Shipped.Example?

  var title: String {
    files.contains(where: \.isNew) ? "Workspace in \(folder)" : "Workspace in \(folder): everything was there already"
  }

  var notes: [String] {
    let enter = folder == "." ? "" : "cd \(folder), then "
    guard let example else {
      return [
        "Next: \(enter)`vitals feeds new FILE` for each of your nightly files, `vitals import FILE`, and `vitals score`.",
        "`vitals init try --example \(Shipped.examples.first?.name ?? "")` shows finished feeds; `vitals demo` shows everything at work.",
      ]
    }
    return ["\(example.name): \(example.says).", "Next: \(enter)`vitals import FOLDER-OF-ITS-FILES`, and `vitals score`."]
  }

  func table(_ style: Style) -> Table {
    Table(
      files,
      columns: [
        TableColumn("file", title: "File", importance: 0, least: 24, text: \.path),
        TableColumn("state", title: "State") { Cell($0.isNew ? "written" : "kept as it is", $0.isNew ? .plain : .dim) },
      ])
  }

  var records: Records {
    Records(files, fields: [RecordField("file", \.path), RecordField("state") { $0.isNew ? "written" : "kept" }])
  }
}
