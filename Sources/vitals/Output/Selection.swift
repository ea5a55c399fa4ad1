import Health

/// `--columns`
enum Selection {
  /// Where the wanted names stand among those there are; a name that is not there is an error that lists the valid ones.
  static func indices(of wanted: [String], among names: [String]) throws(Problem) -> [Int] {
    guard !wanted.isEmpty else {
      throw Problem("unknown-column", .usage, "--columns names no column", hint: "valid columns: \(names.joined(separator: ", "))")
    }
    var indices: [Int] = []
    for name in wanted {
      guard let index = names.firstIndex(of: name) ?? names.firstIndex(where: { $0.lowercased() == name.lowercased() }) else {
        throw Problem(
          "unknown-column", .usage, "there is no column \"\(name)\" here", hint: "valid columns: \(names.joined(separator: ", "))")
      }
      indices.append(index)
    }
    return indices
  }
}
