import Health
import Reports
import Storage

/// Finds out whose score something moves, be it that it is done for good or undone again.
struct MovingScores {
  let workspace: Workspace
  let history: History
  let today: Day
  let output: Output

  /// The scores before something is done.
  struct Before {
    fileprivate let selection: CardSelection
    fileprivate let report: ScoreReport
  }

  /// Nil, and a warning, where a card cannot be used: that must not keep anybody from seeing what else happens.
  func before() throws -> Before? {
    try told {
      let selection = try workspace.selection(nil)
      return Before(selection: selection, report: try scores(selection, asOf: nil))
    }
  }

  /// Whose score is another one now. With `isDone` it was done for good: whoever then interrupts only does not learn whose score moved.
  func moves(since before: Before?, isDone: Bool = false) throws -> ScoreMoves? {
    guard let before else { return nil }
    do {
      return try told { ScoreMoves(from: before.report, to: try scores(before.selection, asOf: before.report.asOf)) }
    } catch let problem as Problem where problem.category == .interrupted && isDone {
      output.warning("interrupted: the change is done, but whose score moved was not worked out")
      return nil
    }
  }

  private func scores(_ selection: CardSelection, asOf day: Day?) throws -> ScoreReport {
    let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
    return try ScoreReport(viewpoint, selection, asOf: try day ?? viewpoint.defaultDay(today: today))
  }

  private func told<T>(_ work: () throws -> T) throws -> T? {
    do {
      return try work()
    } catch let problem as Problem where problem.name == "nothing-imported" {
      // Where nothing counts there is no score to move.
    } catch let problem as Problem where problem.category != .interrupted {
      output.warning("whose score would move cannot be told: \(problem.message)")
    } catch let problems as Problems {
      output.warning("whose score would move cannot be told: \(problems.all.first?.message ?? "a card is wrong")")
    }
    return nil
  }
}
