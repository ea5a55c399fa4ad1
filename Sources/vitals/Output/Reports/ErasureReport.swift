import Health
import Storage

/// What erasing an account took away, or would take away.
struct ErasureReport: Report {
  let counts: Erasure.Counts
  /// Copies of the database beside it, which are not touched.
  let copies: [String]
  let isDone: Bool

  var title: String { "" }

  private var things: [(name: String, count: Int, words: String)] {
    [
      ("readings", counts.readings, "readings"), ("events", counts.events, "events"), ("texts", counts.texts, "of them with words"),
      ("attributes", counts.attributes, "values of attributes"), ("aliases", counts.aliases, "aliases"),
      ("rejects", counts.rejects, "refused rows that name it, which lose their words"),
      ("typed", counts.typed, "typed commands about it, which lose their words"),
    ]
  }

  var notes: [String] {
    let beside = copies.isEmpty ? "" : ", and so are the copies \(copies.joined(separator: ", "))"
    var notes = ["Backups made earlier are out of reach\(beside)."]
    if counts.mentions > 0 {
      notes.append("Its name stays where attributes of other accounts have it: \(Human.count(counts.mentions)).")
    }
    return notes
  }

  func blocks(_ style: Style) -> [Block] {
    let names = counts.accounts.joined(separator: ", ")
    let table = Table(
      things,
      columns: [
        TableColumn("count", title: isDone ? "Erased" : "Would go", kind: .number) { Cell(Human.count($0.count)) },
        TableColumn("what", title: "What", text: \.words),
      ])
    let sentence =
      isDone
      ? "\(Human.plural(counts.accounts.count, "account")) erased." : "Erasing \(names) would take away:"
    return [.paragraph(sentence), .table(table)]
  }

  var records: Records {
    var records = Records(
      [self],
      fields: [
        RecordField("accounts") { JSONValue.array($0.isDone ? [] : $0.counts.accounts.map(\.json)) }, RecordField("done", \.isDone),
      ])
    for thing in things {
      records.fields.append(Records.Field(name: thing.name, form: .column))
      records.rows[0].append(thing.count.json)
    }
    records.fields.append(Records.Field(name: "mentions", form: .column))
    records.rows[0].append(counts.mentions.json)
    return records
  }

  var json: JSONValue { records.objects[0] }
}
