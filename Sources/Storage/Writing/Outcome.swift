/// What a fact, and by its strongest fact a row, turns out to be. Stronger ones are greater.
package enum Outcome: UInt8, Comparable, Sendable, CaseIterable {
  /// Left out by the feed, or no fact in it.
  case skipped
  /// In force already: nothing written.
  case unchanged
  /// A higher-ranked import says otherwise: stored, not in force.
  case older
  /// Not known before.
  case new
  /// Another value than the one in force: a new revision.
  case corrected
  /// Refused.
  case rejected

  package static func < (a: Outcome, b: Outcome) -> Bool { a.rawValue < b.rawValue }
}

/// How many facts or rows turned out how.
package struct Tally: Sendable, Hashable {
  private var counts = SIMD8<Int>()  // by raw value of the outcome

  package init() {}

  package subscript(_ outcome: Outcome) -> Int {
    get { counts[Int(outcome.rawValue)] }
    set { counts[Int(outcome.rawValue)] = newValue }
  }

  /// All of them.
  package var total: Int { counts.wrappedSum() }
}

/// The outcomes of the rows of one batch, each the strongest of its facts'.
struct BatchOutcomes {
  private var rows: [UInt8] = []
  /// Whether any row was rejected.
  private(set) var hasRejected = false
  /// Facts so far, over all batches.
  var facts = Tally()

  mutating func begin(rows count: Int) {
    rows.removeAll(keepingCapacity: true)
    rows.append(contentsOf: repeatElement(Outcome.skipped.rawValue, count: count))
    hasRejected = false
  }

  @inline(__always) mutating func note(_ outcome: Outcome, row: Int32) {
    facts[outcome] += 1
    strengthen(outcome, row: row)
  }

  /// The same for many readings, whose rows were not rejected.
  mutating func note(_ outcome: Outcome, _ readings: Slice<UnsafeBufferPointer<ReadingBatch.Pending>>) {
    facts[outcome] += readings.count
    rows.withUnsafeMutableBufferPointer { rows in
      for reading in readings { rows[Int(reading.row)] = max(rows[Int(reading.row)], outcome.rawValue) }
    }
  }

  /// The same for another row that contributed to one fact.
  @inline(__always) mutating func strengthen(_ outcome: Outcome, row: Int32) {
    if outcome.rawValue > rows[Int(row)] { rows[Int(row)] = outcome.rawValue }
  }

  /// What a row has come to so far.
  subscript(_ row: Int32) -> Outcome { Outcome(rawValue: rows[Int(row)]) ?? .skipped }

  @inline(__always) func isRejected(_ row: Int32) -> Bool { rows[Int(row)] == Outcome.rejected.rawValue }

  mutating func reject(_ row: Int32) {
    rows[Int(row)] = Outcome.rejected.rawValue
    hasRejected = true
  }

  func add(to tally: inout Tally) {
    var left = rows.count
    // Most files are of one kind of rows, so most of the six are never looked for.
    for outcome in [Outcome.new, .unchanged, .corrected, .skipped, .rejected, .older] where left > 0 {
      let count = rows.count { $0 == outcome.rawValue }
      tally[outcome] += count
      left -= count
    }
  }
}
