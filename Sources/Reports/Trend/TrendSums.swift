import Health
import Storage

/// What one period of one group adds up to.
struct PeriodSum {
  var accounts = 0
  var unknown = 0
  var scores = 0.0
  /// Every score that counts, for the median.
  var values: [Double] = []
  var revenue = 0.0
  var priced = 0
  /// Revenue, and revenue × score, of those that have both.
  var weighted = (revenue: 0.0, scores: 0.0)
  var bands: BandTally
  /// What is told beside: the sums, and how many accounts have it.
  var beside: [(sum: Double, accounts: Int)]

  mutating func add(score: Double, worth: Double) {
    scores += score
    values.append(score)
    guard !worth.isNaN else { return }
    weighted.revenue += worth
    weighted.scores += worth * score
  }

  mutating func add(worth: Double) {
    accounts += 1
    guard !worth.isNaN else { return }
    revenue += worth
    priced += 1
  }

  var mean: Double? { values.isEmpty ? nil : scores / Double(values.count) }

  var median: Double? {
    guard !values.isEmpty else { return nil }
    var values = values
    let middle = values.count / 2
    let upper = values.select(middle)
    if values.count % 2 == 1 { return upper }
    // What stands before it is no greater, so its greatest is the one below.
    return ((values[..<middle].max() ?? upper) + upper) / 2
  }
}

extension [Double] {
  /// The value that would stand at a place if they were sorted; moves smaller ones before it and greater ones behind it.
  fileprivate mutating func select(_ place: Int) -> Double {
    var (low, high) = (0, count - 1)
    while low < high {
      // The middle of three keeps what is sorted already from being the worst case.
      let (a, b, c) = (self[low], self[(low + high) / 2], self[high])
      let pivot = Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
      var (left, right) = (low, high)
      while left <= right {
        while self[left] < pivot { left += 1 }
        while self[right] > pivot { right -= 1 }
        if left <= right {
          swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if place <= right { high = right } else if place >= left { low = left } else { return self[place] }
    }
    return self[place]
  }
}

/// The sums of all periods, by group.
struct TrendSums {
  private let spans: [PeriodSpan]
  private let selection: CardSelection
  private let by: TrendReport.By?
  private let filter: AttributeFilter
  /// Only accounts that are in one of these on a period's last day; nil for all.
  private let wanted: Set<String>?
  private let beside: TrendBeside
  private let hasBeside: Bool
  /// Where each group stands in `sums`, and the groups in the order in which rows are told.
  private var places: [String: Int] = [:]
  private var order: [String] = []
  private var sums: [[PeriodSum]] = []

  init(
    _ selection: CardSelection, spans: [PeriodSpan], by: TrendReport.By?, filter: AttributeFilter, bands: Set<String>?, beside: TrendBeside
  ) {
    (wanted, self.beside, hasBeside) = (bands, beside, !beside.names.isEmpty)
    (self.spans, self.selection, self.by, self.filter) = (spans, selection, by, filter)
    switch by {
    case nil: open("")
    case .attribute: break
    case .group: for group in selection.cards.flatMap(\.groups) { open(group.name) }
    case .dimension: for card in selection.cards { for dimension in CardDimensions(card).names { open(dimension) } }
    case .band: for band in BandTally(selection.cards).counts.map(\.band) + [Card.unknownBand] { open(band) }
    }
  }

  private mutating func open(_ group: String) {
    guard places[group] == nil else { return }
    places[group] = sums.count
    order.append(group)
    sums.append(spans.map { _ in PeriodSum(bands: BandTally(selection.cards), beside: beside.names.map { _ in (0, 0) }) })
  }

  /// Sweeps each card over the days of some periods once, and takes the periods' last days.
  mutating func add(_ viewpoint: Viewpoint, _ periods: Range<Int>) throws {
    guard let first = periods.first.map({ spans[$0] }), let last = periods.last.map({ spans[$0] }) else { return }
    let attribute: String? = if case .attribute(let name)? = by { name.lowercased() } else { nil }
    let names = selection.attributes.union(filter.conditions.map(\.attribute)).union(attribute.map { [$0] } ?? [])
    let book = try AttributeBook(names, viewpoint)
    if by == nil {
      // One array grown step by step for each of 730 days would take half as much again.
      let accounts = try viewpoint.history.accountCount()
      for period in periods { sums[0][period].values.reserveCapacity(accounts) }
    }
    let takesAll = filter.conditions.isEmpty && !selection.isChoice
    for (index, card) in selection.cards.enumerated() {
      let dimensions = by == .dimension ? CardDimensions(card) : nil
      let revenue = viewpoint.revenue.map { [$0] } ?? []
      let bands = BandTally(selection.cards).places(of: card)
      let names = dimensions?.names ?? card.groups.map(\.name)
      let parts = by == .group || by == .dimension ? names.map { places[$0] ?? 0 } : []
      let keepsInputs = dimensions.map { !$0.areGroups } ?? false
      try Portfolio(viewpoint).sweep(card, days: first.asOf...last.asOf, beside: revenue + beside.expressions, keepsInputs: keepsInputs) {
        scores in
        let tile = TrendTile(scores, card, besideFrom: revenue.count)
        for period in periods {
          let asOf = spans[period].asOf
          let row = asOf - first.asOf
          for (place, id) in scores.accounts.enumerated() where tile.counted[row, place] > 0 {
            guard
              takesAll
                || filter.matches({ book.value($0, of: id, on: asOf) })
                  && selection.applies(index, attributes: { book.values(of: id, on: asOf) })
            else { continue }
            let cell = TrendCell(tile: tile, row: row, place: place)
            if let wanted, !wanted.contains(cell.band?.name ?? Card.unknownBand) { continue }
            switch by {
            case nil: count(cell, at: 0, period, bands)
            case .attribute: count(cell, in: attribute.flatMap { book.value($0, of: id, on: asOf) } ?? "", period, bands)
            case .band: count(cell, in: cell.band?.name ?? Card.unknownBand, period, bands)
            case .group, .dimension:
              if let dimensions, !dimensions.areGroups {
                for (place, score) in zip(parts, dimensions.scores(cell)) { count(part: score, cell, at: place, period) }
              } else {
                for index in parts.indices { count(part: tile.groups[index][row, place], cell, at: parts[index], period) }
              }
            }
          }
        }
      }
    }
  }

  private mutating func count(_ cell: TrendCell, in group: String, _ period: Int, _ bands: [Int]) {
    open(group)
    count(cell, at: places[group] ?? 0, period, bands)
  }

  /// `bands` gives the place in the tally of each band of the cell's card.
  private mutating func count(_ cell: TrendCell, at index: Int, _ period: Int, _ bands: [Int]) {
    let (band, worth) = (cell.bandIndex, cell.worth)
    sums[index][period].add(worth: worth)
    add(beside: cell, to: index, period)
    guard let band else {
      sums[index][period].unknown += 1
      return
    }
    sums[index][period].add(score: cell.final, worth: worth)
    sums[index][period].bands.add(at: bands[band], revenue: worth)
  }

  /// One of the parts that a score is made of; unknown where nothing is in it, or the account is unknown.
  private mutating func count(part score: Double, _ cell: TrendCell, at index: Int, _ period: Int) {
    sums[index][period].add(worth: cell.worth)
    add(beside: cell, to: index, period)
    if score.isNaN || cell.band == nil {
      sums[index][period].unknown += 1
    } else {
      sums[index][period].add(score: score, worth: cell.worth)
    }
  }

  private mutating func add(beside cell: TrendCell, to index: Int, _ period: Int) {
    guard hasBeside else { return }
    for place in beside.names.indices {
      let value = cell.beside(place)
      guard !value.isNaN else { continue }
      sums[index][period].beside[place].sum += value
      sums[index][period].beside[place].accounts += 1
    }
  }

  // MARK: What comes of it

  func rows(hasRevenue: Bool) -> [TrendReport.Row] {
    let groups: [String]
    if case .attribute? = by { groups = order.sorted() } else { groups = order }
    return groups.flatMap { rows(of: $0, hasRevenue: hasRevenue) }
  }

  private func rows(of group: String, hasRevenue: Bool) -> [TrendReport.Row] {
    var before: Double?
    return zip(spans, sums[places[group] ?? 0]).map { span, sum in
      let mean = sum.mean
      let change = mean.flatMap { now in before.map { now - $0 } }
      let share = change.flatMap { change in before.flatMap { $0 == 0 ? nil : change / $0 } }
      before = mean
      let isPart = by == .group || by == .dimension
      return TrendReport.Row(
        period: span.label, from: span.days.lowerBound, to: span.days.upperBound, asOf: span.asOf, isRunning: span.isRunning,
        group: by == nil ? nil : group, accounts: sum.accounts, unknown: sum.unknown, mean: mean, median: sum.median, change: change,
        changeShare: share, revenue: hasRevenue ? sum.revenue : nil,
        revenueMean: hasRevenue && sum.weighted.revenue > 0 ? sum.weighted.scores / sum.weighted.revenue : nil,
        unpriced: hasRevenue ? sum.accounts - sum.priced : nil, bands: isPart ? [] : sum.bands.counts(hasRevenue: hasRevenue),
        with: sum.beside.map { $0.accounts > 0 ? $0.sum / Double($0.accounts) : nil })
    }
  }
}
