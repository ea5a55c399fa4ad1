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
    let folder = path.hasSuffix("/") ? path : path + "/"
    for name in names.sorted() where !name.hasPrefix(".") {
      let full = folder + name
      if FilePlan.isFolder(full) { continue }
      let matching = feeds.filter { $0.matches(name) }
      let isKnown = matching.contains { options.feed == nil || options.feed == $0.name }
      if isKnown { try add { try FilePlan.file(full, matching, options) } } else { unmatched.append(full) }
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func standardInput(_ feeds: [Feed], _ options: ImportOptions) throws -> ImportFile {
    guard let feed = try chosen(feeds, options) else {
      throw Problem("no-feed", .usage, "standard input has no name to find a feed by", hint: "name one with --feed")
    }
    let day = options.mends.map(\.fileDay) ?? options.at
    guard day != nil || !feed.needsFileDay else {
      let message = "the feed \(feed.name) takes its day from the file, and standard input has no name that gives one"
      throw Problem("no-file-day", .usage, message, hint: "give it with --at DAY")
    }
    return ImportFile(path: "-", feed: feed, fileDay: day, size: 0, modified: nil)
  }

  /// The feed that the options name, be it through the import whose rows are mended.
  private static func chosen(_ feeds: [Feed], _ options: ImportOptions) throws -> Feed? {
    guard let mended = options.mends else { return try options.feed.map { try named($0, feeds) } }
    if let feed = feeds.first(where: { $0.name == mended.feed }) { return feed }
    throw Problem(
      "unknown-feed", .usage, "import \(mended.id) is of the feed \(mended.feed), which is no longer there", hint: feedList(feeds))
  }

  private static func file(_ path: String, _ feeds: [Feed], _ options: ImportOptions) throws -> ImportFile {
    var status = stat()
    // A link to nowhere is a file as well, of which opening it will tell what is wrong.
    guard stat(path, &status) == 0 || lstat(path, &status) == 0 else {
      throw RefusedFile(path: path, problem: Problem("no-file", .missing, "there is no file \(path)", hint: "check the name"))
    }
    let name = ImportFile.name(of: path)
    let feed = try chosen(feeds, options) ?? matching(name, path, feeds)
    #if canImport(Darwin)
      let changed = status.st_mtimespec
    #else
      let changed = status.st_mtim
    #endif
    let modified = Int64(changed.tv_sec) * 1000 + Int64(changed.tv_nsec) / 1_000_000
    let day = options.mends.map(\.fileDay) ?? feed.fileDay(name) ?? options.at
    return try dated(ImportFile(path: path, feed: feed, fileDay: day, size: Int(status.st_size), modified: modified))
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
    if feeds.allSatisfy(\.isShipped) { return "there are no feeds yet: `vitals feeds new FILE` drafts one" }
    let all = feeds.filter { !$0.isShipped }.map { "\($0.name) (\($0.match.map(\.text).joined(separator: ", ")))" }.joined(separator: "; ")
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
