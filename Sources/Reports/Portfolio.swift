import Health
import Storage

/// All accounts of a viewpoint, scored tile by tile in the order of their ids.
struct Portfolio {
  let viewpoint: Viewpoint

  init(_ viewpoint: Viewpoint) { self.viewpoint = viewpoint }

  /// Scores every account on every day of a range and hands over one tile after the other. Tiles come in the order of the accounts,
  /// so that a sum over them has the same order, and the same bits, however wide a tile is.
  func sweep(
    _ card: Card, days: ClosedRange<Day>, beside: [Expression] = [], keepsInputs: Bool = false, _ body: (TileScores) throws -> Void
  ) throws {
    let engine = try engine(card, days: days, beside: beside, keepsInputs: keepsInputs)
    try forEachTile { try body(try engine.score($0)) }
  }

  /// The ids of the accounts of one tile after the other.
  func forEachTile(_ body: (Range<Int>) throws -> Void) throws {
    let count = try viewpoint.history.accountCount()
    for shard in stride(from: 0, to: count, by: Layout.shardSize) {
      let end = min(count, shard + Layout.shardSize)
      for first in stride(from: shard, to: end, by: TileEngine.width) { try body(first..<min(end, first + TileEngine.width)) }
    }
  }

  /// An engine for one card, with a source of its own.
  func engine(
    _ card: Card, days: ClosedRange<Day>, beside: [Expression] = [], keepsInputs: Bool = false, source: HistoryTiles? = nil
  ) throws -> TileEngine {
    let source = source ?? viewpoint.tiles()
    let plan = try CardPlan(card, catalogue: viewpoint.catalogue, beside: beside) { try source.labelNumbers(like: $0) }
    return try TileEngine(plan, days: days, source: source, keepsInputs: keepsInputs)
  }
}
