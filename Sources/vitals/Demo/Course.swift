import Health

/// A lasting move of a course: by so much, in a straight line over so many days.
struct Turn {
  var start: Day
  var days: Int
  var by: Double
}

/// How one side of an account goes over the years: 0 is dismal, 1 is splendid.
struct Course {
  var base: Double
  /// Seasons: a triangular wave.
  var swing: Double
  var period: Int
  var phase: Int
  var turns: [Turn] = []

  init(base: Double, dice: inout Dice) {
    self.base = base
    swing = dice.number(0.01, 0.05)
    (period, phase) = (dice.integer(80, 200), dice.integer(0, 199))
  }

  mutating func turn(_ start: Day, days: Int, by: Double) { turns.append(Turn(start: start, days: max(1, days), by: by)) }

  func level(_ day: Day) -> Double {
    let place = Double((Int(day.number) + phase) % period) / Double(period)
    var level = base + swing * (4 * abs(place - 0.5) - 1)
    for turn in turns where day > turn.start { level += turn.by * Double(min(day - turn.start, turn.days)) / Double(turn.days) }
    return min(1, max(0.03, level))
  }
}
