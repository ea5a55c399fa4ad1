import Health

/// What `vitals cards new` wrote, and what to do with it.
struct NewCardReport: Report {
  let new: NewCard
  let template: String

  var title: String { "" }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = [.paragraph("Wrote \(new.path), the card \(new.name).")]
    if let other = new.givesWayTo {
      let sentence = "It gives way to \(other): its priority is \(new.priority). Raise it to put this card first."
      blocks.append(.paragraph(sentence))
    }
    if !new.missingSignals.isEmpty {
      blocks += [.gap, .paragraph("signals.yaml lacks what it speaks of. Take inputs out of the card, or add these lines:")]
      blocks += declarations.map { .paragraph("  \($0)") }
    }
    return blocks
  }

  var notes: [String] { ["`vitals cards diff \(template) \(new.path)` tells what your changes do."] }

  private var declarations: [String] { new.missingSignals.compactMap(Shipped.declaration) }

  var records: Records {
    Records(
      [new],
      fields: [
        RecordField("file", \.path),
        RecordField("card", \.name),
        RecordField("template") { [template] _ in template },
        RecordField("priority", \.priority),
        RecordField("gives_way_to", \.givesWayTo),
        RecordField("missing_signals", \.missingSignals),
      ])
  }

  var json: JSONValue { records.objects[0] }
}
