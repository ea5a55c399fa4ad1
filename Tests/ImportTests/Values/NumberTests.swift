import TestSupport
import Testing

@testable import Import

/// Numbers from cells.
struct NumberTests {
  private func parse(_ text: String, _ format: NumberFormat = NumberFormat()) throws(NumberFault) -> Double {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { cell in Result { () throws(NumberFault) in try NumberParser(format).parse(cell) } }
    return try result.get()
  }

  private func fault(_ text: String, _ format: NumberFormat = NumberFormat()) -> NumberFault? {
    do { _ = try parse(text, format) } catch { return error }
    return nil
  }

  @Test func plainNumbers() throws {
    let vectors: [(String, Double)] = [
      ("0", 0), ("5", 5), ("-5", -5), ("+5", 5), ("49.47", 49.47), (".5", 0.5), ("5.", 5), ("007", 7), ("1e3", 1000), ("1E-3", 0.001),
      (" 5\t", 5), ("0.1", 0.1), ("123456789012345678", 1.2345678901234568e17), ("9007199254740993", 9_007_199_254_740_992),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude), ("1e-999", 0),
      ("0.3000000000000000444", 0.30000000000000004), ("2.2250738585072014e-308", .leastNormalMagnitude), ("1e23", 1e23),
    ]
    for (text, number) in vectors { #expect(try parse(text).bitPattern == number.bitPattern, "\(text)") }
    for zero in ["-0", "-0.0", "-0e5", " -0"] { #expect(try parse(zero).bitPattern == 0, "\(zero)") }
  }

  @Test func whatIsNoNumberIsNamed() {
    let vectors: [(String, NumberFault)] = [
      ("", .notANumber), (" ", .notANumber), ("-", .notANumber), (".", .notANumber), ("1.2.3", .notANumber), ("1 2", .notANumber),
      ("0x10", .notANumber),
      ("1e", .notANumber), ("--1", .notANumber), ("1_000", .notANumber), ("$5", .notANumber), ("１", .notANumber), ("1\u{0}", .notANumber),
      ("1,077", .thousands), ("-1,234,567.5", .thousands), ("19.60%", .percent), ("19.6 %", .percent), ("1,5", .decimalComma),
      ("1.234,56", .decimalComma), ("NaN", .nan), ("-nan", .nan), ("inf", .infinity), ("-Infinity", .infinity), ("1e999", .tooLarge),
      ("1,07", .decimalComma), ("1,0777", .decimalComma), ("12,34,567", .notANumber),
    ]
    for (text, expected) in vectors { #expect(fault(text) == expected, "\(text)") }
  }

  @Test func thousandsAndPercentWhereTheFeedSaysSo() throws {
    let format = NumberFormat(thousands: 44, percent: true)
    let vectors: [(String, Double)] = [
      ("1,077", 1077), ("1,234,567.25", 1_234_567.25), ("-12,000", -12000), ("19.60%", 19.6), ("1,000 %", 1000), ("5", 5), ("1077", 1077),
    ]
    for (text, number) in vectors { #expect(try parse(text, format) == number, "\(text)") }
    for text in ["1,07", ",077", "1234,567", "1,077,", "1.077,5", "%", "5%%"] { #expect(fault(text, format) != nil, "\(text)") }
    #expect(try parse("1 077.5", NumberFormat(thousands: 32)) == 1077.5)
    #expect(fault("5%", NumberFormat(thousands: 44)) == .percent)
  }

  @Test func correctlyRoundedLikeTheStandardLibrary() throws {
    var random = Seeded(42)
    for _ in 0..<20_000 {
      let whole = String(UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0...63, using: &random))
      let digits = String(UInt64.random(in: 0...UInt64.max, using: &random)).prefix(Int.random(in: 0...19, using: &random))
      let exponent = Int.random(in: 0...9, using: &random) == 0 ? "e\(Int.random(in: -300...280, using: &random))" : ""
      let text = "\(Bool.random(using: &random) ? "-" : "")\(whole).\(digits)\(exponent)"
      #expect(try parse(text) == Double(text), "\(text)")
    }
  }

  @Test func wordsThatStandForNumbers() throws {
    func parse(_ text: String, _ words: [String: Double]) -> Double? {
      Array(text.utf8).withUnsafeBytes { try? CellNumbers(format: NumberFormat(), words: words).parse($0) }
    }
    #expect(parse("Yes", ["Yes": 1, "No": 0]) == 1 && parse("No", ["Yes": 1, "No": 0]) == 0 && parse("yes", ["Yes": 1]) == nil)
    #expect(parse("True", [:]) == 1 && parse("FALSE", [:]) == 0 && parse("truth", [:]) == nil)
    #expect(parse("true", ["true": 7]) == 7)
    #expect(parse("1", ["1": 10]) == 10 && parse("2", ["1": 10]) == 2)
  }

  @Test func wholeNumbersAsAccounts() {
    func whole(_ text: String) -> String? {
      Array(text.utf8).withUnsafeBytes { $0.wholeNumber.map { String(decoding: $0, as: UTF8.self) } }
    }
    #expect(whole("17850.0") == "17850" && whole("17850") == "17850" && whole(" 17850.00 ") == "17850" && whole("0.0") == "0")
    #expect(
      whole("007") == "7" && whole("17850.5") == nil && whole("1e4") == nil && whole("") == nil && whole(".0") == nil && whole("C1") == nil)
  }
}
