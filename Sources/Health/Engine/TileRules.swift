// What the rules of a card do to a tile.
extension Tile {
  func applyRules(raw: Grid, coverage: Grid, final: Grid) throws -> [Grid] {
    var fired: [Grid] = []
    for rule in plan.rules {
      let mask = grid(1)
      for condition in rule.conditions { try apply(condition, raw: raw, coverage: coverage, mask: mask) }
      if let until = rule.until { try end(until, mask: mask) }
      fired.append(mask)
    }
    // min(caps, max(floors, raw)): floors first, whatever the order of the rules.
    for (rule, mask) in zip(plan.rules, fired) {
      if case .floor(let least) = rule.effect {
        for cell in 0..<final.count where mask.cells[cell] > 0 { final.cells[cell] = max(final.cells[cell], least) }
      }
    }
    for (rule, mask) in zip(plan.rules, fired) {
      if case .cap(let most) = rule.effect {
        for cell in 0..<final.count where mask.cells[cell] > 0 { final.cells[cell] = min(final.cells[cell], most) }
      }
    }
    for cell in 0..<final.count where raw.cells[cell].isNaN { final.cells[cell] = .nan }
    return fired
  }

  /// Clears a rule's mask where the event that ends it came on a later day than what fired it.
  private func end(_ until: (used: MeasurePlan, ending: MeasurePlan), mask: Grid) throws {
    let (used, ending) = (try measures().newestUsed(until.used), try measures().newestEvent(until.ending))
    for cell in 0..<mask.count where ending.cells[cell] > used.cells[cell] { mask.cells[cell] = 0 }
  }

  private func apply(_ condition: CardPlan.Condition, raw: Grid, coverage: Grid, mask: Grid) throws {
    switch condition.subject {
    case .measure(let plan):
      let value = try measures().measure(plan)
      for cell in 0..<mask.count where !condition.holds(value.cells[cell]) { mask.cells[cell] = 0 }
    case .rawScore:
      for cell in 0..<mask.count where !condition.holds(raw.cells[cell]) { mask.cells[cell] = 0 }
    case .trend(let days):
      // The first rows have no other end; they lie before the scored days.
      let back = days * mask.width
      for cell in 0..<mask.count where cell < back || !condition.holds(raw.cells[cell] - raw.cells[cell - back]) { mask.cells[cell] = 0 }
    case .band(let names):
      for cell in 0..<mask.count {
        let band = plan.card.band(score: raw.cells[cell], coverage: coverage.cells[cell])
        if !(band.map { names.contains($0.name) } ?? names.contains(Card.unknownBand)) { mask.cells[cell] = 0 }
      }
    }
  }
}

extension CardPlan.Condition {
  fileprivate func holds(_ value: Double) -> Bool {
    guard !value.isNaN else { return false }
    return zip(tests, labels).allSatisfy { test, numbers in
      switch test {
      case .above(let x): value > x
      case .below(let x): value < x
      case .from(let x): value >= x
      case .to(let x): value <= x
      case .equals(let x): value == x
      case .label: numbers.contains(value)
      }
    }
  }
}
