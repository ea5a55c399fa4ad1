import ArgumentParser
import Foundation
import Health
import Reports
import Storage

/// What a shell proposes where a command takes an account, a card or an outcome. Wherever there is nothing to look into it is silent.
enum Completions {
  static let account = CompletionKind.custom { words, _, prefix in
    let keys = asked(words) { workspace in
      try workspace.read { history in try history.accounts(history.knowledge()).map(\.key) }
    }
    return matching(keys, prefix)
  }

  static let card = CompletionKind.custom { words, _, prefix in
    let own = asked(words) { try $0.cards().whole.map(\.card.name) }
    return matching(Set(own + ShippedCard.all.map(\.name)).sorted(), prefix)
  }

  static let outcome = CompletionKind.custom { words, _, prefix in
    let own = asked(words) { workspace in
      workspace.catalogue.signals.keys.filter { $0.hasPrefix("outcome.") }.map { String($0.dropFirst("outcome.".count)) }.sorted()
    }
    return matching(own, prefix)
  }

  /// A shell would take a word with a line break for two.
  private static func matching(_ words: [String], _ prefix: String) -> [String] {
    words.filter { $0.hasPrefix(prefix) && !$0.contains(where: \.isNewline) }.map { HarmlessText.line($0) }
  }

  /// What a workspace gives: that of `--db` on the command line so far, else of VITALS_DB, else of the folder.
  private static func asked(_ words: [String], _ body: (Workspace) throws -> [String]) -> [String] {
    var path = ProcessInfo.processInfo.environment["VITALS_DB"].flatMap { $0.isEmpty ? nil : $0 } ?? "vitals.db"
    for (place, word) in words.enumerated() {
      if word == "--db", place + 1 < words.count { path = words[place + 1] }
      if word.hasPrefix("--db=") { path = String(word.dropFirst("--db=".count)) }
    }
    // Whoever presses a key wants words or nothing, not an error in the middle of the line.
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return (try? body(Workspace(database: path))) ?? []
  }
}
