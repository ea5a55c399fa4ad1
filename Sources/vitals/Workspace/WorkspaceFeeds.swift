import Foundation
import Health
import Import
import Storage

extension Workspace {
  /// All feeds, checked each by itself and together; throws what is wrong with any of them.
  func feeds() throws -> [Feed] {
    var feeds: [Feed] = []
    var problems: [Problem] = []
    for path in try WorkspaceFile.yaml(in: path(of: "feeds")) {
      do {
        feeds.append(try FeedFile.read(text: WorkspaceFile.required(path), file: path, catalogue: catalogue))
      } catch let found as Problems {
        problems += found.all
      }
    }
    if problems.isEmpty { problems = FeedOrder.check(feeds) }
    if !problems.isEmpty { throw Problems(problems) }
    return feeds
  }

  /// The workspace's feeds, and those that take in what `vitals export` wrote unless it has some of their names.
  func feedsForImport() throws -> [Feed] {
    let own = try feeds()
    let shipped = try Shipped.exportFeeds.map { file in
      var feed = try FeedFile.read(text: file.text, file: "shipped \(file.path)", catalogue: catalogue)
      feed.isShipped = true
      return feed
    }
    return own + shipped.filter { feed in !own.contains { $0.name == feed.name } }
  }

  /// Whether a path is one of the workspace's own files: its settings, its catalogue, its database and what lies beside that.
  func isOwn(_ path: String) -> Bool {
    let file = URL(fileURLWithPath: path).standardizedFileURL
    let database = URL(fileURLWithPath: database).standardizedFileURL
    guard file.deletingLastPathComponent() == database.deletingLastPathComponent() else { return false }
    let name = file.lastPathComponent
    return name == "vitals.yaml" || name == "signals.yaml" || name.hasPrefix(database.lastPathComponent)
  }

  /// The history for a command that writes; an older database is brought up to date first, and said so.
  func writer(at now: Int64, output: Output) throws -> History {
    let (history, outcome) = try openWriter(at: now)
    if !outcome.applied.isEmpty {
      let copy = outcome.backup.map { "; the copy from before is \($0)" } ?? ""
      output.message("brought the database from schema \(outcome.from) to \(outcome.to)\(copy)")
    }
    return history
  }
}
