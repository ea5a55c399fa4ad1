import Health

/// How a column writes times.
package enum TimeFormat: Hashable, Sendable {
  /// `2026-03-31`, or with a time after a `T` or a space: `2026-03-31T08:44[:00[.123]]`, and an offset `Z`, `+02:00`, `+0200`, `+02`.
  case iso
  /// Seconds since 1970-01-01T00:00:00Z, with a fraction or without.
  case epoch
  /// Milliseconds since 1970-01-01T00:00:00Z.
  case epochMilliseconds
  /// Letters for the parts: `dd/MM/yyyy HH:mm`.
  case pattern(TimePattern)

  /// The format that a feed names; throws `bad-time-format` with the reason.
  package init(_ text: String) throws(Problem) {
    switch text {
    case "iso": self = .iso
    case "epoch": self = .epoch
    case "epoch_ms": self = .epochMilliseconds
    default: self = .pattern(try TimePattern(text))
    }
  }

  /// As a feed writes it.
  package var name: String {
    switch self {
    case .iso: "iso"
    case .epoch: "epoch"
    case .epochMilliseconds: "epoch_ms"
    case .pattern(let pattern): pattern.text
    }
  }
}

/// A time format given by letters.
package struct TimePattern: Hashable, Sendable {
  /// As the feed writes it.
  package let text: String
  let steps: [Step]

  enum Part: Hashable, Sendable { case year, month, day, hour, halfDayHour, minute, second }

  enum Step: Hashable, Sendable {
    /// Digits of a part, from `least` to `most` of them.
    case digits(Part, least: Int, most: Int)
    /// Two digits of a year: 69–99 are 1969–1999, 00–68 are 2000–2068.
    case shortYear
    /// An English name, all of it or its first three letters.
    case monthName, weekdayName
    /// AM or PM.
    case halfDay
    /// Digits after the second.
    case fraction
    /// `Z` or an offset.
    case offset
    case literal([UInt8])
  }

  /// Reads a pattern: `yyyy yy M MM MMM d dd H HH h hh a m mm s ss S EEE X`, other letters between apostrophes, everything else as it stands.
  package init(_ text: String) throws(Problem) {
    self.text = text
    var steps: [Step] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == "'" {
        let quoted = rest.dropFirst().prefix { $0 != "'" }
        guard quoted.endIndex < rest.endIndex else { throw TimePattern.refuse(text, "an apostrophe is not closed") }
        steps.append(.literal(Array(quoted.isEmpty ? "'".utf8 : String(quoted).utf8)))
        rest = rest[rest.index(after: quoted.endIndex)...]
      } else if first.isASCII, first.isLetter {
        let run = rest.prefix { $0 == first }
        guard let step = TimePattern.step(first, run.count) else { throw TimePattern.refuse(text, "\"\(run)\" is no part of a time") }
        steps.append(step)
        rest = rest.dropFirst(run.count)
      } else {
        steps.append(.literal(Array(String(first).utf8)))
        rest = rest.dropFirst()
      }
    }
    self.steps = steps
    try check()
  }

  private static func refuse(_ text: String, _ reason: String) -> Problem {
    Problem(
      "bad-time-format", .badInput, "\"\(text)\" is not a time format: \(reason)",
      hint: "iso, epoch, epoch_ms, or letters such as dd/MM/yyyy HH:mm:ss (MM is the month, mm the minute)")
  }

  private static func step(_ letter: Character, _ count: Int) -> Step? {
    func digits(_ part: Part) -> Step? { count <= 2 ? .digits(part, least: count, most: 2) : nil }
    switch letter {
    case "y" where count == 4: return .digits(.year, least: 4, most: 4)
    case "y" where count == 2: return .shortYear
    case "M" where count == 3 || count == 4: return .monthName
    case "M": return digits(.month)
    case "d": return digits(.day)
    case "H": return digits(.hour)
    case "h": return digits(.halfDayHour)
    case "m": return digits(.minute)
    case "s": return digits(.second)
    case "S" where count <= 9: return .fraction
    case "E" where count <= 4: return .weekdayName
    case "a" where count == 1: return .halfDay
    case "X" where count <= 3: return .offset
    default: return nil
    }
  }

  private func check() throws(Problem) {
    func count(_ test: (Step) -> Bool) -> Int { steps.count(where: test) }
    func isPart(_ part: Part) -> (Step) -> Bool {
      { step in if case .digits(part, _, _) = step { true } else { false } }
    }
    let years = count(isPart(.year)) + count { $0 == .shortYear }
    let months = count(isPart(.month)) + count { $0 == .monthName }
    guard years == 1, months == 1, count(isPart(.day)) == 1 else {
      throw TimePattern.refuse(text, "it needs one year, one month and one day")
    }
    let (hours, halves) = (count(isPart(.hour)), count(isPart(.halfDayHour)))
    guard hours + halves <= 1, halves == count({ $0 == .halfDay }) else {
      throw TimePattern.refuse(text, "it needs HH, or hh with a for AM and PM")
    }
    let (minutes, seconds, fractions) = (count(isPart(.minute)), count(isPart(.second)), count { $0 == .fraction })
    guard minutes <= hours + halves, seconds <= minutes, fractions <= seconds, count({ $0 == .offset }) <= minutes else {
      throw TimePattern.refuse(text, "minutes need hours, seconds minutes, fractions seconds, an offset a time")
    }
    for (step, next) in zip(steps, steps.dropFirst()) {
      guard case .digits(_, let least, let most) = step, least < most else { continue }
      switch next {
      case .digits, .shortYear, .fraction: throw TimePattern.refuse(text, "one-letter parts need something between them")
      default: continue
      }
    }
  }
}
