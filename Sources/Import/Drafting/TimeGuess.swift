import Health

/// Finds the time formats that fit every value of a column.
enum TimeGuess {
  /// In which order a format tells day, month and year.
  enum Order: CaseIterable { case iso, yearFirst, dayFirst, monthFirst }

  /// Formats that fit all values, the strictest for each order of day, month and year. Two or more: the values do not tell which.
  static func formats(_ values: [String]) -> [TimeFormat] {
    guard let first = values.first, values.allSatisfy({ (6...40).contains($0.utf8.count) && $0.utf8.contains { (48...57).contains($0) } })
    else { return [] }
    if let epoch = epoch(values) { return [epoch] }
    if !fits(.iso, [first]), first.utf8.allSatisfy({ (48...57).contains($0) }) { return compact(values) }
    if fits(.iso, values) { return [.iso] }
    return Order.allCases.compactMap { order in
      patterns(order).lazy.compactMap { try? TimeFormat($0) }.first { fits($0, [first]) && fits($0, values) }
    }
  }

  /// Whether the values are digits and nothing else but a decimal point at the end: seconds, or `20261120`.
  static func isDigits(_ formats: [TimeFormat], _ values: [String]) -> Bool {
    [.epoch, .epochMilliseconds].contains(formats.first) || values.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
  }

  static func fits(_ format: TimeFormat, _ values: [String]) -> Bool {
    var parser = TimeParser(format: format, feedZone: .utc, workspaceZone: .utc)
    return values.allSatisfy { value in Array(value.utf8).withUnsafeBytes { (try? parser.parse($0)) != nil } }
  }

  /// The last day that the values of a column name in a format.
  static func lastDay(_ format: TimeFormat, _ values: [String]) -> Day? {
    var parser = TimeParser(format: format, feedZone: .utc, workspaceZone: .utc)
    return values.compactMap { value in Array(value.utf8).withUnsafeBytes { (try? parser.parse($0))?.day } }.max()
  }

  /// Numbers that count from 1970 and come to a time between 2001 and 2100.
  private static func epoch(_ values: [String]) -> TimeFormat? {
    let whole = values.compactMap { value in value.wholeMatch(of: /([0-9]{10,13})(\.[0-9]+)?/).flatMap { Double($0.output.1) } }
    guard whole.count == values.count else { return nil }
    let range = 1e9...4.1e9
    if whole.allSatisfy({ range.contains($0) }) { return fits(.epoch, values) ? .epoch : nil }
    if whole.allSatisfy({ range.contains($0 / 1000) }) { return fits(.epochMilliseconds, values) ? .epochMilliseconds : nil }
    return nil
  }

  /// `20261120`: digits that are days all of them, of a time in which there were computers.
  private static func compact(_ values: [String]) -> [TimeFormat] {
    guard let format = try? TimeFormat("yyyyMMdd"), values.allSatisfy({ $0.utf8.count == 8 }), fits(format, values),
      let year = lastDay(format, values)?.date.year, (1990...2100).contains(year)
    else { return [] }
    return [format]
  }

  private static func patterns(_ order: Order) -> [String] {
    let days: [String]
    switch order {
    case .iso: return []
    case .yearFirst: days = ["yyyy/MM/dd", "yyyy.MM.dd", "yyyy/M/d", "yyyy-M-d", "yyyy.M.d", "yy/MM/dd", "yy-MM-dd", "yy.MM.dd"]
    case .dayFirst:
      days = [
        "dd/MM/yyyy", "d/M/yyyy", "dd.MM.yyyy", "d.M.yyyy", "dd-MM-yyyy", "d-M-yyyy", "dd/MM/yy", "d/M/yy", "dd.MM.yy", "d.M.yy",
        "dd-MM-yy", "dd MMM yyyy", "d MMM yyyy", "dd-MMM-yyyy", "d-MMM-yyyy", "dd-MMM-yy", "d-MMM-yy", "EEE, dd MMM yyyy",
      ]
    case .monthFirst:
      days = [
        "MM/dd/yyyy", "M/d/yyyy", "MM-dd-yyyy", "M-d-yyyy", "MM.dd.yyyy", "M.d.yyyy", "MM/dd/yy", "M/d/yy", "MM-dd-yy", "MM.dd.yy",
        "MMM d, yyyy", "MMM d yyyy",
      ]
    }
    let times = ["", " HH:mm", " HH:mm:ss", " H:mm", " H:mm:ss", " h:mm a", " h:mm:ss a", ", HH:mm", "'T'HH:mm:ss", " HH:mm:ss.SSS"]
    return days.flatMap { day in times.map { day + $0 } }
  }
}
