import ArgumentParser
import Foundation
import Health
import Reports
import Storage

/// Takes in what a person types about an account: each is an import of its own, with author and time.
struct TypingDesk {
  let workspace: Workspace
  let history: History
  let viewpoint: Viewpoint
  let output: Output
  let author: String
  let now: Int64
  let today: Day

  /// Opens the workspace for writing; whoever does closes `history.connection`.
  init(_ global: GlobalOptions, _ author: AuthorOptions, in context: Context) throws {
    output = try global.output(in: context)
    workspace = try Workspace(global, in: context)
    (now, today) = (context.clock.now(in: workspace.zone), context.clock.today(in: workspace.zone))
    self.author = author.author(in: context)
    history = try workspace.writer(at: now, output: output)
    do {
      viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
    } catch {
      history.connection.close()
      throw error
    }
  }

  func account(_ word: String) throws -> Account { try AccountFinder(viewpoint, asOf: today).find(word) }

  /// The as-of day when nobody names one; nil where nothing was imported yet.
  func defaultDay() throws -> Day? {
    do { return try viewpoint.defaultDay(today: today) } catch let problem as Problem where problem.category == .missing { return nil }
  }

  /// When something holds that is said of a day: that day, or this moment where no day is named. Throws `future-day`.
  func moment(on day: DayExpression?) throws -> Moment {
    guard let day else { return workspace.zone.moment(of: now) }
    let last = try day.last(today: today)
    guard last <= today else {
      throw Problem("future-day", .usage, "\(last) is later than today, \(today)", hint: "say what happened, on the day on which it did")
    }
    return Moment(last)
  }

  /// Takes in one event and tells of it.
  func take(
    _ event: TypedEvent, feed: String, words: [String], of account: Account, at moment: Moment
  ) throws {
    let typed = TypedImport(feed: feed, words: TypedWords.joined(words), author: author, at: now)
    let taken = try typed.take(into: history) { session in
      guard let signal = try session.signal(event.signal.key, kind: event.signal.kind) else {
        throw Problem("too-many-signals", .failure, "the database has its 1,024 signals", hint: "use one that is there already")
      }
      let line = try session.line(signal: signal, name: "1")
      try session.addEvent(
        StatedEvent(
          line: line, ref: "\(session.importID)", account: account.id, moment: moment, value: event.value,
          words: EventWords(text: event.text, author: author, reason: event.reason)),
        row: 0)
    }
    try history.connection.finish()
    try output.write(
      TypedReport(
        account: account.key, signal: event.signal.key, value: event.value, reason: event.reason, text: event.text, author: author,
        importID: taken.id, countsFrom: moment.day, asOf: try defaultDay()))
  }
}

/// One event that a person types.
struct TypedEvent {
  var signal: Signal
  var value: Double?
  var text: String?
  var reason: String?
}
