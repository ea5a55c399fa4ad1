import TestSupport
import Testing

@testable import vitals

@Suite("Text on a terminal")
struct TextTests {
  @Test(
    "widths",
    arguments: [
      ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("東京", 4), ("한국", 4), ("ｆ", 2), ("👍", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1),
      ("–…│", 3), ("▁█·", 3), ("שלום", 4), ("a\u{200B}b", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ｶ", 1),
    ])
  func widths(text: String, width: Int) { #expect(TextWidth.of(text) == width) }

  @Test("shortened text never takes more columns than it may, and is left alone where it fits")
  func shortened() {
    #expect(TextWidth.shortened("abcdef", to: 4, mark: "…") == "abc…")
    #expect(TextWidth.shortened("abcd", to: 4, mark: "…") == "abcd")
    #expect(TextWidth.shortened("東京都", to: 4, mark: "…") == "東…")
    #expect(TextWidth.shortened("ab cdef", to: 4, mark: "…") == "ab…")
    #expect(TextWidth.shortened("abcdef", to: 2, mark: "...") == "ab")
    var random = Seeded(3)
    let letters = Array("a é東👍\u{301} ")
    for _ in 0..<500 {
      let text = String((0..<12).map { _ in letters.randomElement(using: &random) ?? "a" })
      for columns in 0..<12 { #expect(TextWidth.of(TextWidth.shortened(text, to: columns, mark: "…")) <= columns) }
    }
  }

  @Test("wrapping")
  func wrapped() {
    #expect(TextWidth.wrapped("one two three four", to: 9) == ["one two", "three", "four"])
    #expect(TextWidth.wrapped("incomprehensibilities in", to: 9) == ["incomprehensibilities", "in"])
    #expect(TextWidth.wrapped("", to: 9) == [""])
  }

  @Test("what a terminal would act on is shown instead")
  func harmless() {
    #expect(HarmlessText.line("a\u{1B}[2Jb\u{7}") == "a␛[2Jb␇")
    #expect(HarmlessText.line("a\nb\tc\rd\u{7F}") == "a↵b c␍d␡")
    #expect(HarmlessText.line("a\u{9B}31m\u{202E}x") == "a\\u{9B}31m\\u{202E}x")
    #expect(HarmlessText.line("a\u{1B}\n", isASCII: true) == "a\\u{1B}\\n")
    #expect(HarmlessText.cell("a\r\nb\nc\td\re\u{1B}") == "a\r\nb\nc\td␍e␛")
    for value in UInt32(0)..<0x3000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for text in [HarmlessText.line("x\(scalar)"), HarmlessText.line("x\(scalar)", isASCII: true)] {
        #expect(!text.unicodeScalars.contains(where: HarmlessText.isHarmful))
      }
    }
  }

  @Test("sparklines")
  func sparklines() {
    let plain = Style()
    #expect(Sparkline.draw([0, 12.4, 12.5, 50, 99, 100], within: 0...100, style: plain) == "▁▁▂▅██")
    #expect(Sparkline.draw([-5, 105, nil, .nan], within: 0...100, style: plain) == "▁█··")
    #expect(Sparkline.draw([1, 2, 3], style: plain) == "▁▅█")
    #expect(Sparkline.draw([7, nil, 7], style: plain) == "▄·▄")
    #expect(Sparkline.draw([nil, nil], style: plain) == "··")
    #expect(Sparkline.draw([], style: plain) == "")
    #expect(Sparkline.draw([0, nil, 100], within: 0...100, style: Style(isASCII: true)) == "_.#")
    #expect(Sparkline.gathered([1, 3, nil, nil, 5, nil], to: 3) == [2, nil, 5])
    #expect(Sparkline.gathered([1, 2], to: 5) == [1, 2])
  }

  @Test("numbers for people")
  func human() {
    let style = Style()
    #expect([0, 999, 1000, -1_234_567].map(Human.count) == ["0", "999", "1,000", "-1,234,567"])
    #expect(Human.number(1234.56, decimals: 1) == "1,234.6")
    #expect(Human.number(0.5) == "1")
    #expect(Human.number(-0.2) == "0")
    #expect(Human.number(.nan) == "–")
    #expect([12_345.6, 123.45, 87.5, 3, 0.12345, 0].map(Human.measured) == ["12,346", "123.5", "87.5", "3", "0.123", "0"])
    #expect(
      [0, 950, 999.6, 1234, 56_000, 999_999, 1_254_000, 3e9, -1500].map(Human.money) == [
        "0", "950", "1k", "1.23k", "56k", "1M", "1.25M", "3B", "-1.5k",
      ])
    #expect([12.0, -12, 0.2, -0.2].map { Human.change($0, style: style) } == ["+12", "−12", "0", "0"])
    #expect(Human.change(-3.14, decimals: 1, style: Style(isASCII: true)) == "-3.1")
    #expect(Human.percent(0.874) == "87 %")
    #expect([512, 27_100_000, 1500].map(Human.bytes) == ["512 B", "27.1 MB", "1.5 kB"])
    #expect([0.04, 12.34, 125].map(Human.duration) == ["0.04 s", "12.3 s", "2 min 5 s"])
    #expect(Human.plural(1, "account") == "1 account")
    #expect(Human.plural(1204, "account") == "1,204 accounts")
    #expect(Human.score(nil, style: style) == "–")
  }

  @Test("colour is off unless it is wanted, and unknown colour words are plain")
  func style() {
    #expect(Style().paint("x", .red) == "x")
    #expect(Style(hasColor: true).paint("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    #expect(Style(hasColor: true).paint("x", .plain) == "x")
    #expect(Ink(colorWord: "Orange") == .orange)
    #expect(Ink(colorWord: "mauve") == .plain)
  }
}
