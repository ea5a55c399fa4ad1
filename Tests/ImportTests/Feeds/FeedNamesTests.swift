import Health
import TestSupport
import Testing

@testable import Import

struct FeedNamesTests {
  private func shared(_ a: String, _ b: String) -> String? { FilePattern(glob: a).sharedName(with: FilePattern(glob: b)) }

  @Test func patternsThatShareAName() throws {
    #expect(shared("usage_*.csv", "usage_eu_*.csv") == "usage_eu_.csv")
    #expect(shared("usage_*.csv", "tickets_*.csv") == nil)
    #expect(shared("a*", "*b") == "ab" && shared("a?c", "abc") == "abc" && shared("", "*") == "" && shared("??", "?") == nil)
    let day = try #require(FilePattern(day: "usage_%Y-%m-%d*"))
    #expect(FilePattern(glob: "usage_*.csv").sharedName(with: day) != nil && FilePattern(glob: "use_*.csv").sharedName(with: day) == nil)
    #expect(FilePattern(glob: "usage_x*").sharedName(with: day) == nil)
  }

  /// The shared name fits both; and where a random name fits both, one is found.
  @Test func sharedNamesFitBoth() {
    var random = Seeded(7)
    func word(_ letters: [Character], upTo most: Int) -> String {
      String((0..<Int.random(in: 0...most, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }
    for _ in 0..<3000 {
      let (a, b) = (FilePattern(glob: word(["a", "b", "*", "?"], upTo: 6)), FilePattern(glob: word(["a", "b", "*", "?"], upTo: 6)))
      let found = a.sharedName(with: b)
      if let found { #expect(a.match(found) != nil && b.match(found) != nil, "\(a.text) and \(b.text): \(found)") }
      let name = word(["a", "b"], upTo: 6)
      if a.match(name) != nil, b.match(name) != nil {
        #expect(found != nil && (found?.count ?? 0) <= name.count, "\(a.text) and \(b.text)")
      }
    }
  }
}
