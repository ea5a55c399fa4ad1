import Health
import Storage

/// The signals whose means a trend tells beside its scores.
struct TrendBeside {
  let names: [String]
  let expressions: [Expression]

  /// Throws `unknown-extra` for what is no signal, and `bad-extra` for what has no mean.
  init(_ names: [String], _ viewpoint: Viewpoint) throws {
    _ = try Extras(names, viewpoint)
    expressions = try names.map { name in
      guard let signal = viewpoint.catalogue.signal(name), signal.kind != .label, signal.kind != .date else {
        throw Problem(
          "bad-extra", .usage, "\(name) has no mean that a trend could tell",
          hint: "a trend takes signals that are numbers; for an attribute there is --by \(name)")
      }
      return Expression(signal.key, .last)
    }
    self.names = names
  }
}

/// Which groups of a trend are told, and in what order.
struct TrendOrder {
  private let by: (name: String, isDescending: Bool)?
  private let top: Int?
  private let with: [String]

  /// Throws `bad-sort`, and `nothing-to-choose` where there are none to order.
  init(_ request: ListRequest, by: TrendReport.By?, with: [String]) throws {
    guard by != nil || (request.sort == nil && request.top == nil) else {
      throw Problem(
        "nothing-to-choose", .usage, "without --by there are no groups that --sort and --top could choose among",
        hint: "add --by ATTRIBUTE; for fewer periods name the first day with --from")
    }
    let names = ["group", "accounts", "unknown", "mean", "median", "change", "revenue", "revenue_mean"] + with
    self.by = try request.sort.map { try ListRequest.ordering($0, names) }
    (top, self.with) = (request.top, with)
  }

  /// The rows of the groups that are told, by what each came to in its last period; with `top` and no order the largest groups.
  func chosen(_ rows: [TrendReport.Row]) -> [TrendReport.Row] {
    guard by != nil || top != nil else { return rows }
    var groups: [(name: String, rows: [TrendReport.Row])] = []
    for row in rows {
      if let last = groups.last, last.name == row.group ?? "" {
        groups[groups.count - 1].rows.append(row)
      } else {
        groups.append((row.group ?? "", [row]))
      }
    }
    let (name, isDescending) = by ?? ("accounts", true)
    if name == "group" {
      groups.sort { ($0.name < $1.name) != isDescending }
    } else {
      let values = Dictionary(uniqueKeysWithValues: groups.map { ($0.name, $0.rows.last.flatMap { value($0, name) }) })
      groups.sort { a, b in
        let (x, y) = (values[a.name] ?? nil, values[b.name] ?? nil)
        guard x != y else { return a.name < b.name }
        guard let x, let y else { return y == nil }
        return isDescending ? x > y : x < y
      }
    }
    return groups.prefix(top ?? .max).flatMap(\.rows)
  }

  private func value(_ row: TrendReport.Row, _ name: String) -> Double? {
    switch name {
    case "accounts": Double(row.accounts)
    case "unknown": Double(row.unknown)
    case "mean": row.mean
    case "median": row.median
    case "change": row.change
    case "revenue": row.revenue
    case "revenue_mean": row.revenueMean
    default: with.firstIndex(of: name).flatMap { row.with[$0] }
    }
  }
}
