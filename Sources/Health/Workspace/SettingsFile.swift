/// Reads `vitals.yaml`: what a workspace decides once.
public enum SettingsFile {
  /// The settings of a file; what it does not say has the default. With a catalogue, the revenue signal is looked up in it.
  /// Throws every problem of the file, with its place.
  public static func read(text: String, file: String, catalogue: Catalogue? = nil) throws(Problems) -> Settings {
    try YAMLFile.read(text, file: file, empty: Settings(text: text)) { root in
      guard let map = root.map(allowed: keys) else { return nil }
      var settings = Settings(text: text)
      if let zone = map["zone"] { settings.zone = self.zone(zone) ?? settings.zone }
      if let headline = map["headline"] { settings.headline = self.headline(headline) ?? settings.headline }
      if let revenue = map["revenue"] { settings.revenue = self.revenue(revenue, catalogue) ?? settings.revenue }
      if let lag = map["knowledge_lag"] { settings.knowledgeLag = lag.days(least: 0) ?? settings.knowledgeLag }
      if let exclude = map["exclude"] { settings.exclude = AttributeConditions.read(exclude) }
      return settings
    }
  }

  private static let keys = ["zone", "headline", "revenue", "knowledge_lag", "exclude"]

  /// Where the value of a key stands, for what only the rest of the workspace shows to be wrong with it; the file as a whole where
  /// the key is not there.
  package static func place(of key: String, in text: String, file: String) -> Place {
    let found = try? YAMLFile.read(text, file: file, empty: Place?.none) { root in .some(root.map(allowed: keys)?[key]?.place) }
    return (found ?? nil) ?? Place(file: file)
  }

  private static func zone(_ value: YAMLValue) -> String? {
    guard let name = value.text("the name of a time zone") else { return nil }
    do {
      return try CalendarZone(name).name
    } catch {
      let problem = error as? Problem
      value.fail(problem?.name ?? "unknown-zone", problem?.message ?? "\(error)", hint: problem?.hint)
      return nil
    }
  }

  private static func headline(_ value: YAMLValue) -> Settings.Headline? {
    guard value.isMap else { return value.text("a card's name").map { .card($0) } }
    guard let map = value.map(allowed: ["outcome"]) else { return nil }
    return map.required("outcome")?.text("the name of an outcome").map { .outcome($0) }
  }

  private static func revenue(_ value: YAMLValue, _ catalogue: Catalogue?) -> String? {
    guard let key = value.text("a signal") else { return nil }
    guard let catalogue else { return key }
    guard let signal = catalogue.signal(key) else {
      value.failUnknownSignal(key, catalogue)
      return nil
    }
    guard !signal.isPattern, signal.kind == .gauge || signal.kind == .balance else {
      let what = signal.isPattern ? "pattern" : signal.kind.rawValue
      value.fail(
        "revenue-kind", "revenue must be a gauge or a balance, and \(key) is a \(what)", hint: "name a signal that holds from day to day")
      return nil
    }
    return key
  }
}

extension YAMLValue {
  /// Reports a signal that the catalogue does not declare, with the nearest one and the line that would declare it.
  package func failUnknownSignal(_ key: String, _ catalogue: Catalogue) {
    let near = catalogue.nearest(to: key).map { "did you mean \($0)? Otherwise " } ?? ""
    fail(
      "unknown-signal", "unknown signal \"\(key)\"", hint: "\(near)add to signals.yaml: \(key): {kind: …, unit: …, direction: …, says: …}")
  }
}
