import ArgumentParser
import Health
import Reports
import Storage

/// `--known-by`, on every report.
struct KnowledgeOptions: ParsableArguments {
  @Option(
    name: .customLong("known-by"),
    help: ArgumentHelp("Only what was known by then: a day (its end) or a time.", valueName: "time"))
  var knownBy: TimeExpression?

  /// The instant asked for; nil means now.
  func instant(today: Day, in zone: CalendarZone) throws -> Int64? { try knownBy?.instant(today: today, in: zone) }
}

/// `--card`
struct CardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The scorecard: a name or a file (else the headline of vitals.yaml).", valueName: "card"),
    completion: Completions.card)
  var card: String?
}

extension Workspace {
  /// What `--known-by` leaves of a history; with `--gone`, those that left count in it.
  func viewpoint(_ history: History, _ options: KnowledgeOptions, today: Day, countsGone: Bool = false) throws -> Viewpoint {
    try Viewpoint(
      history, catalogue: catalogue, settings: settings, knownBy: options.instant(today: today, in: zone), countsGone: countsGone)
  }
}
