import Health
import Reports

/// What a person typed, as it was taken in.
struct TypedReport: Report {
  let account: String
  let signal: String
  let value: Double?
  let reason: String?
  let text: String?
  let author: String
  let importID: Int
  let countsFrom: Day
  /// The day that scores are of now; nil where nothing was imported yet.
  let asOf: Day?

  var title: String { "" }

  func blocks(_ style: Style) -> [Block] {
    let figure = value.map { " \(Human.measured($0))" } ?? ""
    let why = reason.map { " (\($0))" } ?? ""
    return [.paragraph("\(account): \(signal)\(figure)\(why) by \(author), import \(importID); counts from \(countsFrom)")]
  }

  var notes: [String] { CountsFrom.notes(countsFrom, asOf: asOf) }

  var records: Records {
    Records(
      [self],
      fields: [
        RecordField("account", \.account), RecordField("signal", \.signal), RecordField("value", \.value), RecordField("reason", \.reason),
        RecordField("text", \.text), RecordField("author", \.author), RecordField("import", \.importID),
        RecordField("counts_from", \.countsFrom), RecordField("as_of", \.asOf),
      ])
  }

  var json: JSONValue { records.objects[0] }
}

/// What to say where something is typed of a day that scores are not of yet.
enum CountsFrom {
  static func notes(_ day: Day, asOf: Day?) -> [String] {
    guard let asOf, day > asOf else { return [] }
    return ["not yet in the score: the feeds have told up to \(asOf)"]
  }
}

/// An override as it was taken in.
struct OverrideOutput: Report {
  let account: String
  let kind: Override.Kind
  let value: Double
  let card: String?
  let from: Day
  let until: Day
  let author: String
  let note: String
  let id: Int
  let asOf: Day?

  var title: String { "" }

  func blocks(_ style: Style) -> [Block] {
    let on = card.map { " on \($0)" } ?? ""
    let words = "\(account): override \(kind.rawValue) \(Human.measured(value))\(on) by \(author), number \(id)"
    return [.paragraph("\(words); counts from \(from), until \(until)")]
  }

  var notes: [String] { CountsFrom.notes(from, asOf: asOf) }

  var records: Records {
    Records(
      [self],
      fields: [
        RecordField("id", \.id), RecordField("account", \.account), RecordField("kind") { $0.kind.rawValue }, RecordField("value", \.value),
        RecordField("card", \.card), RecordField("from", \.from), RecordField("until", \.until), RecordField("author", \.author),
        RecordField("note", \.note), RecordField("counts_from", \.from), RecordField("as_of", \.asOf),
      ])
  }

  var json: JSONValue { records.objects[0] }
}

/// An override that was ended.
struct EndedOverride: Report {
  let id: Int
  let day: Day
  let author: String
  let importID: Int

  var title: String { "" }
  func blocks(_ style: Style) -> [Block] {
    [.paragraph("override \(id) no longer holds from \(day) on, by \(author), import \(importID)")]
  }

  var records: Records {
    Records(
      [self],
      fields: [RecordField("id", \.id), RecordField("ended", \.day), RecordField("author", \.author), RecordField("import", \.importID)])
  }

  var json: JSONValue { records.objects[0] }
}
