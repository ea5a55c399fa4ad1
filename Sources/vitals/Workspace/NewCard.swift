import Health

/// A copy of a card for the workspace's folder `cards/`.
struct NewCard {
  /// Where it goes.
  let path: String
  let name: String
  /// The text to write.
  private(set) var text: String
  /// Its priority, lowered where another card of the folder would otherwise apply to the same accounts.
  private(set) var priority = 0
  /// The card that it gives way to, if any.
  private(set) var givesWayTo: String?
  /// Signals that it speaks of and the workspace does not declare.
  private(set) var missingSignals: [String] = []
  /// What is wrong with the folder once it is there.
  private(set) var problems: [Problem] = []

  /// A copy of a card's text. `origin` says where that is from.
  init(of text: String, origin: String, named name: String, in workspace: Workspace) throws {
    (path, self.name) = (workspace.path(of: "cards/\(name).yaml"), name)
    self.text = "# From \(origin). Yours to change: what stands here is what counts.\n" + NewCard.set("card", to: name, in: text)
    let own = try workspace.cards().whole
    var file = try read(workspace.catalogue)
    priority = file.card.priority
    // A copy must change no score before somebody decides that it should.
    while let clash = NewCard.clash(of: file, with: own) {
      givesWayTo = givesWayTo ?? clash
      priority -= 1
      self.text = NewCard.set("priority", to: "\(priority)", in: self.text)
      file = try read(workspace.catalogue)
    }
    missingSignals = file.card.signals.filter { workspace.catalogue.signal($0) == nil }
    problems = CardLint.check(own + [file]).filter { $0.place?.file == path }
  }

  /// The copy as a card. What a workspace does not declare is no reason to refuse it: the signals that ship stand in.
  private func read(_ catalogue: Catalogue) throws -> CardFile {
    do {
      return try CardFile.read(text: text, file: path, catalogue: catalogue)
    } catch {
      guard let file = try? CardFile.read(text: text, file: path, catalogue: Shipped.catalogue()) else { throw error }
      return file
    }
  }

  /// Another candidate that could apply to the same accounts at the same priority.
  private static func clash(of file: CardFile, with own: [CardFile]) -> String? {
    own.first { other in CardLint.check([other, file]).contains { $0.name == "equal-priority" } }?.card.name
  }

  /// The text with a key at the left margin set to a value; a key that is not there comes after the card's name.
  private static func set(_ key: String, to value: String, in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let place = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
      lines[place] = "\(key): \(value)"
    } else {
      let name = lines.firstIndex { $0.hasPrefix("card:") } ?? -1
      lines.insert("\(key): \(value)", at: name + 1)
    }
    return lines.joined(separator: "\n")
  }
}
