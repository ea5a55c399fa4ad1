import Foundation
import Health

/// A file that cannot be imported at all.
package struct RefusedFile: Error, Sendable {
  /// The path as the person gave it.
  package var path: String
  /// Nil where none could be found.
  package var feed: Feed?
  package var problem: Problem
}

/// Which files of a command line are read by which feeds, in which order.
package struct FilePlan {
  /// In the order in which they have to be read.
  package var files: [ImportFile] = []
  /// Files that cannot be imported at all, in the order in which they were named.
  package var refused: [RefusedFile] = []
  /// Files of a folder that no feed matches.
  package var unmatched: [String] = []

  /// Finds the feed of each file. Folders give their files, without hidden ones and subfolders.
  package init(paths: [String], feeds: [Feed], options: ImportOptions) throws {
    for path in paths {
      if path == "-" {
        try add { try FilePlan.standardInput(feeds, options) }
      } else if FilePlan.isFolder(path) {
        try addFolder(path, feeds, options)
      } else {
        try add { try FilePlan.file(path, feeds, options) }
      }
    }
    sort(FeedOrder.ranks(feeds))
  }

  /// Adds a file, or why it is refused. What is wrong with the command itself is thrown.
  private mutating func add(_ find: () throws -> ImportFile) throws {
    do { files.append(try find()) } catch let file as RefusedFile { refused.append(file) }
  }

  /// Files without a file day first, then by file day; within, by `after`, then by name.
  private mutating func sort(_ ranks: [String: Int]) {
    func key(_ file: ImportFile) -> (Int32, Int, String, String) {
      (file.fileDay?.number ?? Int32.min, ranks[file.feed.name] ?? 0, file.name, file.path)
    }
    files.sort { key($0) < key($1) }
  }

  private mutating func addFolder(_ path: String, _ feeds: [Feed], _ options: ImportOptions) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw Problem("unreadable-folder", .missing, "\(path) cannot be read", hint: "check its permissions")
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let full = (path as NSString).appendingPathComponent(name)
      if FilePlan.isFolder(full) { continue }
      let isKnown = feeds.contains { feed in feed.matches(name) && (options.feed == nil || options.feed == feed.name) }
      if isKnown { try add { try FilePlan.file(full, feeds, options) } } else { unmatched.append(full) }
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func standardInput(_ feeds: [Feed], _ options: ImportOptions) throws -> ImportFile {
    guard let name = options.feed else {
      throw Problem("no-feed", .usage, "standard input has no name to find a feed by", hint: "name one with --feed")
    }
    return try dated(ImportFile(path: "-", feed: try named(name, feeds), fileDay: options.at, size: 0, modified: nil))
  }

  private static func file(_ path: String, _ feeds: [Feed], _ options: ImportOptions) throws -> ImportFile {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
      throw RefusedFile(path: path, problem: Problem("no-file", .missing, "there is no file \(path)", hint: "check the name"))
    }
    let name = (path as NSString).lastPathComponent
    let feed = try options.feed.map { try named($0, feeds) } ?? matching(name, path, feeds)
    let modified = (attributes[.modificationDate] as? Date).map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
    let file = ImportFile(
      path: path, feed: feed, fileDay: feed.fileDay(name) ?? options.at, size: (attributes[.size] as? NSNumber)?.intValue ?? 0,
      modified: modified)
    return try dated(file)
  }

  /// Refuses a file whose facts need the file's day where nothing gives one.
  private static func dated(_ file: ImportFile) throws -> ImportFile {
    guard file.fileDay == nil, file.feed.needsFileDay else { return file }
    let message = "the feed \(file.feed.name) takes its day from the file, and the name \(file.name) does not give one"
    throw RefusedFile(
      path: file.path, feed: file.feed,
      problem: Problem(
        "no-file-day", .badInput, message, place: Place(file: file.path), hint: "give it with --at DAY, or mend `day:` in the feed"))
  }

  private static func named(_ name: String, _ feeds: [Feed]) throws -> Feed {
    if let feed = feeds.first(where: { $0.name == name }) { return feed }
    let near = Nearest.match(to: name, among: feeds.map(\.name)).map { "did you mean \($0)?" }
    throw Problem("unknown-feed", .usage, "there is no feed \"\(name)\"", hint: near ?? feedList(feeds))
  }

  private static func matching(_ name: String, _ path: String, _ feeds: [Feed]) throws -> Feed {
    let found = feeds.filter { $0.matches(name) }
    if found.count == 1 { return found[0] }
    if found.isEmpty {
      let problem = Problem("no-feed", .badInput, "no feed matches the file \(name)", place: Place(file: path), hint: feedList(feeds))
      throw RefusedFile(path: path, problem: problem)
    }
    let names = found.map(\.name).joined(separator: ", ")
    throw RefusedFile(
      path: path,
      problem: Problem(
        "several-feeds", .badInput, "several feeds match the file \(name): \(names)", place: Place(file: path),
        hint: "name one with --feed"))
  }

  private static func feedList(_ feeds: [Feed]) -> String {
    if feeds.isEmpty { return "there are no feeds yet: `vitals feeds new FILE` drafts one" }
    let all = feeds.map { "\($0.name) (\($0.match.map(\.text).joined(separator: ", ")))" }.joined(separator: "; ")
    return "the feeds are: \(all)"
  }
}

extension Feed {
  /// Whether facts take their day from the file.
  package var needsFileDay: Bool {
    lines.contains { $0.at == .file } || attributesAt == .file
      || (attributesAt == nil && at == .file && (!attributes.isEmpty || accountName != nil))
  }
}
