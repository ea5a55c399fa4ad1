/// A curve made ready for loops over cells: labels are replaced by the numbers that stand for them.
enum CurvePlan {
  case points([Curve.Knot])
  case steps([Curve.Knot])
  case map([Double: Double])
  /// The place among the accounts with the same value of an attribute, or among all; looked up in a `Cohort`.
  case percentile(attribute: String?, direction: Direction)

  init(_ curve: Curve, labelNumbers: (String) throws -> [Double], isLabel: Bool) throws {
    switch curve {
    case .points(let knots): self = .points(knots)
    case .steps(let knots): self = .steps(knots)
    case .map(let points):
      var numbers: [Double: Double] = [:]
      for (label, y) in points {
        if isLabel {
          for number in try labelNumbers(label) { numbers[number] = y }
        } else if let number = Double(label) {
          numbers[number] = y
        }
      }
      self = .map(numbers)
    case .percentile(let attribute, let direction): self = .percentile(attribute: attribute, direction: direction)
    }
  }

  var isPercentile: Bool { if case .percentile = self { true } else { false } }

  /// Replaces values by points in place; NaN stays NaN. A percentile does not depend on the value alone: see `Cohort`.
  func apply(_ grid: Grid) {
    let cells = grid.cells
    switch self {
    case .points(let knots) where knots.count == 2: CurvePlan.line(cells, grid.count, knots[0], knots[1])
    case .points(let knots): for cell in 0..<grid.count { cells[cell] = CurvePlan.interpolate(cells[cell], knots) }
    case .steps(let knots): for cell in 0..<grid.count { cells[cell] = CurvePlan.step(cells[cell], knots) }
    case .map(let points): for cell in 0..<grid.count { cells[cell] = points[cells[cell]] ?? .nan }
    case .percentile: break
    }
  }

  /// One straight line, flat outside: the commonest curve, as a loop without branches.
  private static func line(_ cells: UnsafeMutablePointer<Double>, _ count: Int, _ a: Curve.Knot, _ b: Curve.Knot) {
    let (width, rise) = (b.x - a.x, b.y - a.y)
    for cell in 0..<count {
      let x = cells[cell]
      let share = (x - a.x) / width
      let clamped = share < 0 ? 0 : share > 1 ? 1 : share
      cells[cell] = a.y + rise * clamped
    }
  }

  private static func interpolate(_ x: Double, _ knots: [Curve.Knot]) -> Double {
    if x.isNaN { return x }
    guard let next = knots.firstIndex(where: { $0.x > x }) else { return knots[knots.count - 1].y }
    if next == 0 { return knots[0].y }
    let (a, b) = (knots[next - 1], knots[next])
    return a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x))
  }

  private static func step(_ x: Double, _ knots: [Curve.Knot]) -> Double {
    if x.isNaN { return x }
    return (knots.last { $0.x <= x } ?? knots[0]).y
  }
}
