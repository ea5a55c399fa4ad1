import Foundation
import Health
import Import
import Storage

extension Workspace {
  /// A feed of the workspace, or what is wrong with its file.
  struct FeedState {
    let file: String
    let feed: Feed?
    let problems: [Problem]
  }

  /// The files in feeds/, or those named, each read by itself.
  func feedStates(_ files: [String] = []) throws -> [FeedState] {
    let paths = files.isEmpty ? try WorkspaceFile.yaml(in: path(of: "feeds")) : files
    return try paths.map { path in
      guard let text = try WorkspaceFile.text(path) else {
        throw Problem("no-file", .missing, "there is no file \(path)", hint: "check the name; the feeds are in \(self.path(of: "feeds"))/")
      }
      do throws(Problems) {
        return FeedState(file: path, feed: try FeedFile.read(text: text, file: path, catalogue: catalogue), problems: [])
      } catch {
        return FeedState(file: path, feed: nil, problems: error.all)
      }
    }
  }

  /// Drafts a feed from a file. An account counts as known by its key or by an alias.
  func draft(_ file: String, name: String?, today: Day) throws -> FeedDraft {
    let sample = try FileSample.read(file)
    return try read { history in
      let knowledge = try history.knowledge()
      return try FeedDraft(sample, name: name, catalogue: catalogue, today: today) { account in
        try history.account(key: account, knowledge) != nil || history.account(alias: account, knowledge) != nil
      }
    }
  }

  /// Reads a draft as the import would, so that nothing is written that does not load.
  func check(_ draft: FeedDraft, file: String) throws {
    _ = try FeedFile.read(text: draft.text, file: file, catalogue: draft.extended(catalogue))
  }
}
