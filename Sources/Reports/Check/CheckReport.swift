import Health
import Storage

/// Whether the feeds tell what they should: what is late, thin or broken, and what a person should look at again.
package struct CheckReport: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// A feed that has not told for longer than it usually takes, or a signal for longer than its `every`.
    case lateFeed = "late-feed"
    case lateSignal = "late-signal"
    /// The newest file of a feed was refused.
    case failedImport = "failed-import"
    /// Far fewer accounts than in the last weeks.
    case thin
    /// Accounts that a file no longer has that says everything about its day.
    case vanished
    /// Nearly all accounts moved together, which is a feed and not a customer.
    case jump
    /// A card whose `review_by` is over.
    case review
    /// An override that ends within a week.
    case override

    /// Whether scores recorded now would keep a fault of a feed.
    package var isOfData: Bool { self != .review && self != .override }
  }
  /// Something to look at.
  package struct Finding: Codable, Hashable, Sendable {
    package var kind: Kind
    /// The feed, signal, card or account.
    package var subject: String
    /// The last day on which all was well, or the day that it is about.
    package var day: Day?
    /// What was found, and what is usual.
    package var found: Double?
    package var usual: Double?
    package var message: String
    /// Accounts that it is of, the first few of them.
    package var accounts: [String] = []
  }
  /// How one feed stands.
  package struct Feed: Codable, Hashable, Sendable {
    package var feed: String
    package var lastDay: Day
    /// The usual number of days from one telling to the next; nil where it has told too seldom to say.
    package var every: Int?
  }

  /// The day up to which is looked.
  package var asOf: Day
  package var feeds: [Feed]
  package var signals: [SignalCheck]
  package var findings: [Finding]

  /// `cards` are those in use.
  package init(_ viewpoint: Viewpoint, cards: [Card], today: Day) throws {
    asOf = today
    let speeches = try viewpoint.history.speeches(viewpoint.knowledge).filter { !$0.isTyped }
    let fileDays = try CheckReport.fileDays(viewpoint)
    feeds = speeches.compactMap { Feed($0, fileDays: fileDays[$0.feed] ?? [], by: today) }
    let check = try SignalChecks(viewpoint, today: today)
    signals = check.signals
    let lag = viewpoint.settings.knowledgeLag
    findings = feeds.compactMap { $0.late(today: today, lag: lag) } + signals.compactMap { $0.late(today: today, lag: lag) }
    findings += try CheckReport.failed(viewpoint, feeds: feeds.map(\.feed))
    findings += signals.flatMap(\.findings) + check.vanished
    findings += cards.compactMap { card in
      card.reviewBy.flatMap { day in
        day < today ? Finding(kind: .review, subject: card.name, day: day, message: "the card was to be reviewed by \(day)") : nil
      }
    }
    findings += try CheckReport.expiring(viewpoint, today: today)
  }

  private static func fileDays(_ viewpoint: Viewpoint) throws -> [String: Set<Day>] {
    let names = Dictionary(
      uniqueKeysWithValues: try viewpoint.history.connection.prepare("SELECT id, name FROM feed").all { ($0.int(0), $0.text(1)) })
    var days: [String: Set<Day>] = [:]
    for entry in viewpoint.knowledge.visible {
      if let day = entry.fileDay, let name = names[entry.feed] { days[name, default: []].insert(day) }
    }
    return days
  }

  private static func failed(_ viewpoint: Viewpoint, feeds: [String]) throws -> [Finding] {
    let log = try ImportLog.all(viewpoint.history)
    return feeds.compactMap { feed in
      guard let last = log.last(where: { $0.feed == feed }), let error = last.error else { return nil }
      return Finding(kind: .failedImport, subject: feed, day: last.fileDay, message: "its newest file, \(last.file), was refused: \(error)")
    }
  }

  private static func expiring(_ viewpoint: Viewpoint, today: Day) throws -> [Finding] {
    try OverridesReport(viewpoint, asOf: today, all: false).rows.filter { $0.state == .acting && $0.until <= today + 7 && $0.ended == nil }
      .map {
        Finding(
          kind: .override, subject: $0.account, day: $0.until,
          message: "override \($0.id) (\($0.kind.rawValue)) ends on \($0.until): \($0.note)")
      }
  }
}

extension CheckReport.Feed {
  /// Days looked back for the cadence.
  private static let lookback = 120
  private static let fewestGaps = 3

  /// `fileDays` are those of its files, where they have some: they tell when it comes, while facts may be of any day.
  init?(_ speech: Speech, fileDays: Set<Day>, by today: Day) {
    let lately = today - Self.lookback...today
    let ofFiles = fileDays.filter(lately.contains).sorted()
    let days = ofFiles.count > Self.fewestGaps ? ofFiles : Self.days(of: speech, in: lately)
    let spoken = speech.runs.filter { $0.lowerBound <= today }.map { min($0.upperBound, today) }.max()
    guard let last = [days.last, spoken].compactMap({ $0 }).max() else { return nil }
    let gaps = zip(days, days.dropFirst()).map { $1 - $0 }.sorted()
    // The gap that nine of ten do not exceed: a feed that pauses at weekends is not late on Sunday.
    let usual = gaps.count >= Self.fewestGaps ? gaps[min(gaps.count - 1, gaps.count * 9 / 10)] : nil
    self.init(feed: speech.feed, lastDay: last, every: usual)
  }

  private static func days(of speech: Speech, in lately: ClosedRange<Day>) -> [Day] {
    Silence(spoken: speech.runs).spoken.filter { $0.overlaps(lately) }.flatMap { run -> [Day] in
      let seen = run.clamped(to: lately)
      return (0...(seen.upperBound - seen.lowerBound)).map { seen.lowerBound + $0 }
    }
  }

  func late(today: Day, lag: Int) -> CheckReport.Finding? {
    guard let every, let days = Lateness.days(last: lastDay, every: every, today: today, lag: lag) else { return nil }
    return CheckReport.Finding(
      kind: .lateFeed, subject: feed, day: lastDay, found: Double(days), usual: Double(every),
      message: "told last of \(lastDay), \(days) days ago; usual is every \(every == 1 ? "day" : "\(every) days")")
  }
}

enum Lateness {
  /// The gap between days spoken of lately that nine of ten do not exceed; 1 where there is no telling.
  static func usualGap(_ spoken: [ClosedRange<Day>], by today: Day) -> Int {
    let lately = spoken.filter { $0.upperBound > today - 120 && $0.lowerBound <= today }
    // Within a run each day follows the one before.
    let whole = lately.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
    let gaps = zip(lately, lately.dropFirst()).map { $1.lowerBound - $0.upperBound }.sorted()
    let place = (whole + gaps.count) * 9 / 10 - whole
    return place < 0 || gaps.isEmpty ? 1 : gaps[min(place, gaps.count - 1)]
  }

  /// The days since something was told last, where that is longer than usual: the usual gap, the time that files take, and one day.
  static func days(last: Day, every: Int, today: Day, lag: Int) -> Int? {
    let days = today - last
    return days > every + lag + max(1, every / 7) ? days : nil
  }
}
