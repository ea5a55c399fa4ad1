/// The exact sum of the change of a portfolio's mean score, as a whole or for each of several groups of accounts.
///
/// With v = 1/n at each end an account's own parts count v̄ times, and every account, be it there at one end only, adds
/// (s̄ − M̄)·Δv, where an absent end takes the other end's s; ΣΔv = 0, so M̄ may be taken off. v is the same for all accounts of a
/// group, so that plain sums are enough until all accounts are known.
package struct MeanDecomposition {
  /// Why the mean of a portfolio moves though no score of an account did.
  package enum Mix: String, Codable, Sendable, CaseIterable {
    /// Accounts that were not counted before, or that no longer are.
    case came, left
    /// Accounts whose band was unknown before, or is now.
    case becameKnown = "became known"
    case becameUnknown = "became unknown"
    /// Accounts that were in another group or outside of the filter, or that are now.
    case movedIn = "moved in"
    case movedAway = "moved away"
    /// Accounts that stayed, each of which counts for more or less among fewer or more.
    case stayed
  }

  /// Where an account stands at one end.
  package struct Standing: Sendable, Hashable {
    /// Whether it is in the portfolio at all.
    package var isCounted: Bool
    /// The group that it is in; nil where it is outside of what is looked at.
    package var group: String?
    /// Its final score; nil where its band is unknown, which keeps it out of the mean.
    package var score: Double?

    package init(isCounted: Bool, group: String?, score: Double?) {
      (self.isCounted, self.group, self.score) = (isCounted, group, score)
    }

    /// The group whose mean it is part of.
    fileprivate var member: (group: String, score: Double)? {
      guard isCounted, let group, let score else { return nil }
      return (group, score)
    }
  }

  /// One end of a group.
  package struct End: Codable, Hashable, Sendable {
    /// Counted accounts, and those of them that are unknown.
    package var accounts = 0
    package var unknown = 0
    /// The mean final score of the others; nil where there are none.
    package var mean: Double?

    package init() {}
  }

  /// One part of the change of a group's mean.
  package struct Part: Sendable, Hashable {
    package var kind: Decomposition.Kind
    /// Of the mix.
    package var mix: Mix?
    /// The number of the card that the accounts were compared under; nil for the mix.
    package var card: Int?
    /// The place of the input among all of the card.
    package var input: Int?
    package var amount: Double
    /// How many accounts it is of.
    package var accounts: Int
  }

  /// What became of a group.
  package struct Group: Sendable, Hashable {
    package var name: String
    package var before: End
    package var after: End
    /// Nil where an end has no mean.
    package var change: Double?
    /// In the order of cards and inputs, the mix last; they sum to the change. None where an end has no mean.
    package var parts: [Part]
  }

  private struct Key: Hashable {
    var card: Int
    var input: Int?
    var kind: Decomposition.Kind
  }
  private struct Sum {
    var amount = 0.0
    var accounts = 0

    mutating func add(_ amount: Double) {
      self.amount += amount
      accounts += 1
    }
  }
  private struct Sums {
    var (before, after) = (End(), End())
    var scores = (before: 0.0, after: 0.0)
    var own: [Key: Sum] = [:]
    /// Sums of s̄.
    var mix: [Mix: Sum] = [:]
  }

  private var sums: [String: Sums] = [:]

  package init() {}

  /// Adds an account. `own` gives the parts of its own change, under the card of this number; it is asked only where the account is in
  /// the mean of one group at both ends.
  package mutating func add(before: Standing, after: Standing, card: Int, own: () throws -> [Decomposition.Part]) rethrows {
    count(before, \.before)
    count(after, \.after)
    if let a = before.member { sums[a.group]?.scores.before += a.score }
    if let b = after.member { sums[b.group]?.scores.after += b.score }
    if let a = before.member, let b = after.member, a.group == b.group {
      sums[a.group]?.mix[.stayed, default: Sum()].add((a.score + b.score) / 2)
      for part in try own() {
        sums[a.group]?.own[Key(card: card, input: part.input, kind: part.kind), default: Sum()].add(part.amount)
      }
      return
    }
    if let a = before.member {
      let mix = reason(after, absent: .left, unknown: .becameUnknown, elsewhere: .movedAway)
      sums[a.group]?.mix[mix, default: Sum()].add(a.score)
    }
    if let b = after.member {
      let mix = reason(before, absent: .came, unknown: .becameKnown, elsewhere: .movedIn)
      sums[b.group]?.mix[mix, default: Sum()].add(b.score)
    }
  }

  private mutating func count(_ standing: Standing, _ end: WritableKeyPath<Sums, End>) {
    guard standing.isCounted, let group = standing.group else { return }
    sums[group, default: Sums()][keyPath: end].accounts += 1
    if standing.score == nil { sums[group]?[keyPath: end].unknown += 1 }
  }

  /// Why an account is not in the same mean at the other end.
  private func reason(_ other: Standing, absent: Mix, unknown: Mix, elsewhere: Mix) -> Mix {
    guard other.isCounted else { return absent }
    return other.group != nil && other.score == nil ? unknown : elsewhere
  }

  // MARK: What comes of it

  /// All groups that an account was in at either end, by name.
  package var groups: [Group] {
    sums.sorted { $0.key < $1.key }.map { name, sums in
      var group = Group(name: name, before: sums.before, after: sums.after, parts: [])
      let numbers = (Double(sums.before.accounts - sums.before.unknown), Double(sums.after.accounts - sums.after.unknown))
      if numbers.0 > 0 { group.before.mean = sums.scores.before / numbers.0 }
      if numbers.1 > 0 { group.after.mean = sums.scores.after / numbers.1 }
      if let a = group.before.mean, let b = group.after.mean {
        group.change = b - a
        group.parts = parts(sums, share: (1 / numbers.0, 1 / numbers.1), level: (a + b) / 2)
      }
      return group
    }
  }

  private func parts(_ sums: Sums, share: (before: Double, after: Double), level: Double) -> [Part] {
    let kinds = Decomposition.Kind.allCases
    let keys = sums.own.keys.sorted {
      ($0.card, $0.input ?? .max, kinds.firstIndex(of: $0.kind) ?? 0) < ($1.card, $1.input ?? .max, kinds.firstIndex(of: $1.kind) ?? 0)
    }
    var parts = keys.map { key in
      let sum = sums.own[key] ?? Sum()
      let amount = sum.amount * (share.before + share.after) / 2
      return Part(kind: key.kind, card: key.card, input: key.input, amount: amount, accounts: sum.accounts)
    }
    for mix in Mix.allCases {
      guard let sum = sums.mix[mix] else { continue }
      let change: Double =
        switch mix {
        case .stayed: share.after - share.before
        case .came, .becameKnown, .movedIn: share.after
        case .left, .becameUnknown, .movedAway: -share.before
        }
      let amount = (sum.amount - Double(sum.accounts) * level) * change
      parts.append(Part(kind: .mix, mix: mix, amount: amount, accounts: sum.accounts))
    }
    return parts.filter { $0.amount != 0 }
  }
}
