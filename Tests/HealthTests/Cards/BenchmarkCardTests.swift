import Health
import Testing

/// The files that the side-by-side benchmark writes.
@Suite struct BenchmarkCardTests {
  @Test func theCardOfLastValues() throws {
    let catalogue = try CatalogueFile.read(text: signals, file: "signals.yaml")
    #expect(catalogue.signals.count == 34 + Catalogue.outcomes.count + 1)  // and the built-in note
    let file = try CardFile.read(text: lastValues, file: "cards/bench.yaml", catalogue: catalogue)
    let card = file.card
    #expect(card.outcome == .event("renewal"))
    #expect(card.coverageFloor == 0)
    #expect(card.groups.map(\.weight) == [1, 1.5, 2, 2.5, 3])
    #expect(card.groups.map(\.inputs.count) == [6, 6, 6, 6, 6])
    // The generator's formulas: signal s has weight 1 + s mod 4, a third each of the ranges, and expires by its cadence.
    for input in card.groups.flatMap(\.inputs) {
      let s = try #require(Int(input.expression.signal.suffix(2)))
      let (low, high) = [(20, 180), (10, 90), (0.1, 0.9)][s % 3]
      #expect(input.expression.function == .last)
      #expect(input.weight == Double(1 + s % 4))
      #expect(input.curve == .points([.init(low, 0), .init(high, 100)]))
      #expect(input.expire == (s < 15 ? 7 : s < 25 ? 21 : 62))
      #expect(input.fresh == input.expire)
      #expect(input.missing == .skip)
    }
    #expect(try SettingsFile.read(text: "zone: UTC\nheadline: bench\n", file: "vitals.yaml").headline == .card("bench"))
  }

  @Test func theCardOfWindows() throws {
    let catalogue = try CatalogueFile.read(text: signals, file: "signals.yaml")
    let card = try CardFile.read(text: windows, file: "cards/bench-windows.yaml", catalogue: catalogue).card
    #expect(card.outcome == nil)
    #expect(
      card.groups[0].inputs.prefix(3).map(\.expression) == [
        Expression("product.signal_01", .mean, window: 28), Expression("product.signal_01", .slope, window: 90),
        Expression("product.signal_01", .last, versus: .days(90)),
      ])
    #expect(
      card.groups[1].inputs.map(\.expression) == [
        Expression("service.tickets", .sum, window: 30), Expression("service.tickets_open"),
        Expression("service.csat", .mean, window: 120),
        Expression("service.csat", .mean, window: 120, versus: .days(120), comparison: .difference),
      ])
    #expect(card.groups[1].inputs[1].curve == .points([.init(0, 100), .init(10, 0)]))
    #expect(card.rules.map(\.effect) == [.cap(40)])
    #expect(
      card.rules[0].when == [Card.Condition(subject: .expression(Expression("service.urgent", .sum, window: 14)), tests: [.above(1)])])
  }

  private let signals = """
    signals:
      financial.signal_00: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      product.signal_01: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      service.signal_02: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      relationship.signal_03: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      human.signal_04: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      financial.signal_05: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      product.signal_06: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      service.signal_07: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      relationship.signal_08: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      human.signal_09: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      financial.signal_10: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      product.signal_11: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      service.signal_12: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      relationship.signal_13: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      human.signal_14: {kind: gauge, unit: number, direction: up, expire: 7d, says: Benchmark signal.}
      financial.signal_15: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      product.signal_16: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      service.signal_17: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      relationship.signal_18: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      human.signal_19: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      financial.signal_20: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      product.signal_21: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      service.signal_22: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      relationship.signal_23: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      human.signal_24: {kind: gauge, unit: number, direction: up, expire: 21d, says: Benchmark signal.}
      financial.signal_25: {kind: gauge, unit: number, direction: up, expire: 62d, says: Benchmark signal.}
      product.signal_26: {kind: gauge, unit: number, direction: up, expire: 62d, says: Benchmark signal.}
      service.signal_27: {kind: gauge, unit: number, direction: up, expire: 62d, says: Benchmark signal.}
      relationship.signal_28: {kind: gauge, unit: number, direction: up, expire: 62d, says: Benchmark signal.}
      human.signal_29: {kind: gauge, unit: number, direction: up, expire: 62d, says: Benchmark signal.}
      service.tickets: {kind: event, unit: tickets, direction: middle, says: Support tickets opened.}
      service.urgent: {kind: event, unit: tickets, direction: down, says: Urgent tickets opened.}
      service.tickets_open: {kind: balance, unit: tickets, direction: down, says: Tickets not closed yet.}
      service.csat: {kind: event, unit: rating 1-5, direction: up, expire: 365d, says: Rating given when a ticket closes.}
    """

  private let lastValues = """
    card: bench
    title: Benchmark
    outcome: renewal
    horizon: 90d
    coverage_floor: 0%
    bands:
      - {band: unhealthy, color: red, from: 0}
      - {band: neutral, color: yellow, from: 41}
      - {band: healthy, color: green, from: 61}
    groups:
      financial:
        weight: 1
        inputs:
          - {signal: financial.signal_00, measure: last, points: {20: 0, 180: 100}, weight: 1, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: financial.signal_05, measure: last, points: {0.1: 0, 0.9: 100}, weight: 2, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: financial.signal_10, measure: last, points: {10: 0, 90: 100}, weight: 3, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: financial.signal_15, measure: last, points: {20: 0, 180: 100}, weight: 4, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: financial.signal_20, measure: last, points: {0.1: 0, 0.9: 100}, weight: 1, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: financial.signal_25, measure: last, points: {10: 0, 90: 100}, weight: 2, fresh: 62d, expire: 62d, missing: skip, why: Benchmark.}
      product:
        weight: 1.5
        inputs:
          - {signal: product.signal_01, measure: last, points: {10: 0, 90: 100}, weight: 2, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: product.signal_06, measure: last, points: {20: 0, 180: 100}, weight: 3, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: product.signal_11, measure: last, points: {0.1: 0, 0.9: 100}, weight: 4, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: product.signal_16, measure: last, points: {10: 0, 90: 100}, weight: 1, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: product.signal_21, measure: last, points: {20: 0, 180: 100}, weight: 2, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: product.signal_26, measure: last, points: {0.1: 0, 0.9: 100}, weight: 3, fresh: 62d, expire: 62d, missing: skip, why: Benchmark.}
      service:
        weight: 2
        inputs:
          - {signal: service.signal_02, measure: last, points: {0.1: 0, 0.9: 100}, weight: 3, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: service.signal_07, measure: last, points: {10: 0, 90: 100}, weight: 4, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: service.signal_12, measure: last, points: {20: 0, 180: 100}, weight: 1, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: service.signal_17, measure: last, points: {0.1: 0, 0.9: 100}, weight: 2, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: service.signal_22, measure: last, points: {10: 0, 90: 100}, weight: 3, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: service.signal_27, measure: last, points: {20: 0, 180: 100}, weight: 4, fresh: 62d, expire: 62d, missing: skip, why: Benchmark.}
      relationship:
        weight: 2.5
        inputs:
          - {signal: relationship.signal_03, measure: last, points: {20: 0, 180: 100}, weight: 4, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: relationship.signal_08, measure: last, points: {0.1: 0, 0.9: 100}, weight: 1, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: relationship.signal_13, measure: last, points: {10: 0, 90: 100}, weight: 2, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: relationship.signal_18, measure: last, points: {20: 0, 180: 100}, weight: 3, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: relationship.signal_23, measure: last, points: {0.1: 0, 0.9: 100}, weight: 4, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: relationship.signal_28, measure: last, points: {10: 0, 90: 100}, weight: 1, fresh: 62d, expire: 62d, missing: skip, why: Benchmark.}
      human:
        weight: 3
        inputs:
          - {signal: human.signal_04, measure: last, points: {10: 0, 90: 100}, weight: 1, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: human.signal_09, measure: last, points: {20: 0, 180: 100}, weight: 2, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: human.signal_14, measure: last, points: {0.1: 0, 0.9: 100}, weight: 3, fresh: 7d, expire: 7d, missing: skip, why: Benchmark.}
          - {signal: human.signal_19, measure: last, points: {10: 0, 90: 100}, weight: 4, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: human.signal_24, measure: last, points: {20: 0, 180: 100}, weight: 1, fresh: 21d, expire: 21d, missing: skip, why: Benchmark.}
          - {signal: human.signal_29, measure: last, points: {0.1: 0, 0.9: 100}, weight: 2, fresh: 62d, expire: 62d, missing: skip, why: Benchmark.}
    """

  private let windows = """
    card: bench-windows
    title: Benchmark with windows
    coverage_floor: 0%
    bands:
      - {band: unhealthy, color: red, from: 0}
      - {band: neutral, color: yellow, from: 41}
      - {band: healthy, color: green, from: 61}
    groups:
      product:
        weight: 50
        inputs:
          - {signal: product.signal_01, measure: mean 28d, points: {10: 0, 90: 100}, weight: 2, missing: skip, why: Benchmark.}
          - {signal: product.signal_01, measure: slope 90d, points: {-20: 0, 20: 100}, weight: 1, missing: skip, why: Benchmark.}
          - {signal: product.signal_01, measure: change 90d, points: {-1: 0, 0: 50, 1: 100}, weight: 1, missing: skip, why: Benchmark.}
          - {signal: product.signal_06, measure: mean 28d, points: {20: 0, 180: 100}, weight: 2, missing: skip, why: Benchmark.}
          - {signal: product.signal_06, measure: slope 90d, points: {-20: 0, 20: 100}, weight: 1, missing: skip, why: Benchmark.}
          - {signal: product.signal_06, measure: change 90d, points: {-1: 0, 0: 50, 1: 100}, weight: 1, missing: skip, why: Benchmark.}
          - {signal: product.signal_11, measure: mean 28d, points: {0.1: 0, 0.9: 100}, weight: 2, missing: skip, why: Benchmark.}
          - {signal: product.signal_11, measure: slope 90d, points: {-20: 0, 20: 100}, weight: 1, missing: skip, why: Benchmark.}
          - {signal: product.signal_11, measure: change 90d, points: {-1: 0, 0: 50, 1: 100}, weight: 1, missing: skip, why: Benchmark.}
      service:
        weight: 30
        inputs:
          - {signal: service.tickets, measure: sum 30d, points: {0: 50, 10: 100, 40: 100, 60: 0}, weight: 2, missing: skip, why: Benchmark.}
          - {signal: service.tickets_open, measure: last, points: {10: 0, 0: 100}, weight: 2, missing: skip, why: Benchmark.}
          - {signal: service.csat, measure: mean 120d, points: {1: 0, 5: 100}, weight: 1, missing: skip, why: Benchmark.}
          - {signal: service.csat, measure: mean 120d, versus: 120d, as: difference, points: {-2: 0, 2: 100}, weight: 1, missing: skip, why: Benchmark.}
      human:
        weight: 20
        inputs:
          - {signal: human.signal_04, measure: days 30d, points: {0: 0, 30: 100}, weight: 1, missing: skip, why: Benchmark.}
    rules:
      - {when: [{signal: service.urgent, measure: sum 14d, above: 1}], cap: 40, reason: Two urgent tickets in two weeks}
    """
}
