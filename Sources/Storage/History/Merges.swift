import Health

// Two accounts that are one. `merge` says so, import by import, and nothing else changes: files that name the merged account go on to
// be kept as that account's, and whoever reads puts its facts to those of the account that it counts as. So reverting a merge
// leaves both as though it had never been, and what was known before it shows them apart.
//
// What the facts of several accounts come to is written in MergedMoment.

/// Which accounts count as others, as the visible imports say.
package struct Merges: Sendable {
  /// By merged account, the account that it counts as in the end.
  private var roots: [Int: Int] = [:]
  /// By account that others count as: those, the directly merged ones first, then by id.
  private(set) var members: [Int: [Int]] = [:]
  /// Whether the statements go round in a circle, of which the one of the highest rank is left out.
  private(set) var hasCircle = false

  init() {}

  /// Reads the merges of imports whose `rank` is above 0. Of several for one account the highest rank holds.
  init(_ connection: Connection, rank: (Int) -> UInt32) throws {
    let stated = try connection.prepare("SELECT account, \"into\", import FROM merge").all {
      (account: $0.int(0), into: $0.int(1), rank: rank($0.int(2)))
    }
    guard !stated.isEmpty else { return }
    var next: [Int: Int] = [:]
    for merge in stated.filter({ $0.rank > 0 }).sorted(by: { ($0.rank, $0.account) < ($1.rank, $1.account) }) {
      let before = next.removeValue(forKey: merge.account)
      if Merges.end(of: merge.into, next).account == merge.account {
        hasCircle = true
        next[merge.account] = before
      } else {
        next[merge.account] = merge.into
      }
    }
    var depths: [Int: [(depth: Int, account: Int)]] = [:]
    for account in next.keys {
      let end = Merges.end(of: account, next)
      roots[account] = end.account
      depths[end.account, default: []].append((end.steps, account))
    }
    members = depths.mapValues { $0.sorted { ($0.depth, $0.account) < ($1.depth, $1.account) }.map(\.account) }
  }

  private static func end(of account: Int, _ next: [Int: Int]) -> (account: Int, steps: Int) {
    var (account, steps) = (account, 0)
    while let one = next[account] { (account, steps) = (one, steps + 1) }
    return (account, steps)
  }

  package var isEmpty: Bool { roots.isEmpty }

  /// The account that an account counts as; itself where it is not merged.
  package func root(of account: Int) -> Int { roots[account] ?? account }

  /// Whether an account counts as another.
  package func isMerged(_ account: Int) -> Bool { roots[account] != nil }

  /// An account with those that count as it, which follow it.
  package func group(of root: Int) -> [Int] { [root] + (members[root] ?? []) }

  /// Whether an account is merged, or others are merged into it.
  func concerns(_ account: Int) -> Bool { roots[account] != nil || members[account] != nil }

  /// The earliest day of each group, at the place of the account that the group counts as; none for the others.
  func joined(_ days: [Day?]) -> [Day?] {
    guard !isEmpty else { return days }
    var joined = days
    for (root, others) in members {
      for other in others where other < days.count && root < days.count {
        if let day = days[other] { joined[root] = min(joined[root] ?? day, day) }
        joined[other] = nil
      }
    }
    return joined
  }
}

/// What the facts that several accounts of one group have for one signal and moment come to.
///
/// It is as if all rows had named the one account: the highest import wins, and what one import says of both adds up where amounts
/// do. One thing that rows would have said is not kept: an import leaves out what it finds unchanged. So where an import that has
/// only one of two accounts speaks of a moment of which another import told both, the other account's amount stays beside it. Mended
/// rows are told by the import that they were refused of.
enum MergedMoment {
  struct Statement {
    /// The account's place in its group.
    var member: Int
    var rank: UInt32
    /// The rank of the import that it adds to where it is a mended row, else the same.
    var origin: UInt32
    var value: Double
  }

  /// The places of the statements in force. Of several of one account and rank the last holds.
  static func inForce(_ statements: [Statement], isAmount: Bool) -> [Int] {
    guard let top = statements.map(\.rank).max() else { return [] }
    var winners: [Int: Int] = [:]  // by member
    for (place, statement) in statements.enumerated() where statement.rank == top { winners[statement.member] = place }
    guard isAmount else { return winners.min { $0.key < $1.key }.map { [$0.value] } ?? [] }
    let told = Set(winners.keys)
    for member in Set(statements.map(\.member)).subtracting(told) {
      let own = statements.filter { $0.member == member }
      let origins = Set(own.map(\.origin))
      guard statements.contains(where: { told.contains($0.member) && origins.contains($0.origin) }), let best = own.map(\.rank).max() else {
        continue
      }
      winners[member] = statements.lastIndex { $0.member == member && $0.rank == best }
    }
    return winners.values.sorted()
  }
}
