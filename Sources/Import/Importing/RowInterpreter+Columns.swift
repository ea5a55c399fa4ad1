/// Which columns facts came from, for remarks that are made once the rows are gone.
extension RowInterpreter {
  /// The column that holds the id of the events of a line, see `ImportSession.line`.
  func idColumn(ofLine id: Int) -> Int? { planned { $0.line == id }?.event.first }

  /// The column that holds the readings of a signal; nil where they do not come from a cell.
  func valueColumn(ofSignal id: Int) -> Int? {
    switch planned(where: { $0.signal == id })?.value {
    case nil, .absent, .constant: return nil
    case .column(let column): return column
    case .product(let factors):
      return factors.lazy.compactMap { if case .column(let column) = $0 { column } else { nil } }.first
    }
  }

  /// The line of the feed for a target, else the first whose signal the rows name.
  private func planned(where isMeant: (LineTarget) -> Bool) -> FeedPlan.Line? {
    let known = zip(plan.lines, lines).first { $1.map(isMeant) ?? false }
    return known?.0 ?? zip(plan.lines, lines).first { $1 == nil }?.0
  }
}
