import Foundation

/// Numbers as people read them. Machines get full precision from the records instead.
enum Human {
  /// `1,234,567`
  static func count(_ number: Int) -> String { grouped(String(number.magnitude), isNegative: number < 0) }

  /// A number with so many decimals, `1,234.5`; rounded half away from zero.
  static func number(_ number: Double, decimals: Int = 0) -> String {
    guard number.isFinite else { return "–" }
    let text = fixed(number.magnitude, decimals: decimals)
    let isZero = text.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) ?? text.endIndex
    return grouped(String(text[..<point]), isNegative: number < 0 && !isZero) + text[point...]
  }

  /// A measured number: as many decimals, up to three, as it has and its size asks for: `12,345`, `87.5`, `0.123`.
  static func measured(_ number: Double) -> String {
    let decimals = number.magnitude >= 1000 ? 0 : number.magnitude >= 100 ? 1 : number.magnitude >= 1 ? 2 : 3
    let text = self.number(number, decimals: decimals)
    guard decimals > 0, text.utf8.contains(UInt8(ascii: ".")) else { return text }
    var digits = text.utf8[...]
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits.last == UInt8(ascii: ".") { digits.removeLast() }
    return String(text[..<digits.endIndex])
  }

  /// A shown score, or the mark of absence.
  static func score(_ shown: Int?, style: Style) -> String { shown.map(String.init) ?? style.absent }

  /// A change with its sign: `+3`, `−12`, `0`.
  static func change(_ number: Double, decimals: Int = 0, style: Style) -> String {
    let text = self.number(number.magnitude, decimals: decimals)
    if text.allSatisfy({ $0 == "0" || $0 == "." }) { return text }
    return (number < 0 ? style.minus : "+") + text
  }

  /// A share of one as per cent: `87 %`.
  static func percent(_ share: Double, decimals: Int = 0) -> String { number(share * 100, decimals: decimals) + " %" }

  /// An amount in three digits or so: `950`, `1.2k`, `56k`, `1.25M`, `3B`.
  static func money(_ amount: Double) -> String {
    guard amount.isFinite else { return "–" }
    for (unit, size) in [("B", 1e9), ("M", 1e6), ("k", 1e3)] where (amount.magnitude / (size / 1e3)).rounded() >= 1000 {
      let scaled = amount / size
      return measured(rounded(scaled, toDigits: 3)) + unit
    }
    return number(amount)
  }

  /// `512 B`, `27.1 MB`
  static func bytes(_ count: Int64) -> String {
    for (unit, size) in [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where Double(count) >= size {
      return number(Double(count) / size, decimals: 1) + " " + unit
    }
    return "\(count) B"
  }

  /// `0.04 s`, `12.3 s`, `2 min 5 s`
  static func duration(seconds: Double) -> String {
    if seconds < 10 { return number(seconds, decimals: 2) + " s" }
    if seconds < 60 { return number(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    return "\(count(whole / 60)) min \(whole % 60) s"
  }

  /// A number of things, with the word in the singular for one: `1 account`, `1,204 accounts`.
  static func plural(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? singular : plural ?? singular + "s")"
  }

  private static func grouped(_ digits: String, isNegative: Bool) -> String {
    var result = isNegative ? "-" : ""
    if digits.utf8.count <= 3 { return result + digits }
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  private static func rounded(_ number: Double, toDigits digits: Int) -> Double {
    guard number != 0 else { return 0 }
    let scale = pow(10, Double(digits - 1) - log10(number.magnitude).rounded(.down))
    return (number * scale).rounded() / scale
  }

  private static func fixed(_ number: Double, decimals: Int) -> String {
    // A half as it was written goes up: 0.125 has a binary twin, 2.675 lies just below its own.
    let scale = pow(10, Double(decimals))
    let scaled = (number * scale).rounded()
    if scaled < 1e15 {
      // The digits of a whole number, which costs a tenth of what formatting does.
      let digits = String(Int64(scaled))
      guard decimals > 0 else { return digits }
      let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
    let nudged = scaled / scale
    return String(format: "%.\(decimals)f", nudged.isFinite ? nudged : number)
  }
}
