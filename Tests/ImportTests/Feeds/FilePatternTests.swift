import Health
import Testing

@testable import Import

/// File names: which feed's, and of which day.
struct FilePatternTests {
  @Test func globs() {
    func fits(_ pattern: String, _ name: String) -> Bool { FilePattern(glob: pattern).match(name) != nil }
    #expect(fits("support_tickets*.csv", "support_tickets_2026.csv") && fits("a?c", "abc") && fits("*", "") && fits("**a*", "xxa"))
    #expect(!fits("a*.csv", "b.csv") && !fits("a?c", "ac") && !fits("a", "A") && !fits("", "x") && fits("50%.csv", "50%.csv"))
    #expect(!fits(String(repeating: "*a", count: 60) + "b", String(repeating: "a", count: 200)))
  }

  @Test func days() {
    func day(_ pattern: String, _ name: String) -> String? { FilePattern(day: pattern)?.match(name)?.day?.description }
    #expect(day("accounts_%Y-%m-%d*", "accounts_2025-12-30.csv") == "2025-12-30" && day("*%Y%m%d.csv", "x_20251230.csv") == "2025-12-30")
    #expect(day("%d%b%y", "05Feb26") == "2026-02-05" && day("*_%m-%d-%Y_*", "a_b_02-05-2026_x") == "2026-02-05")
    #expect(
      day("a_%Y-%m-%d", "a_2025-02-30") == nil && day("a_%Y-%m-%d", "a_2025-13-01") == nil && day("a_%Y-%m-%d", "b_2025-01-01") == nil)
    // Digits before the day do not hide it: the star goes on where month or day would be impossible.
    #expect(day("*%Y%m%d*", "run9920251230.csv") == "2025-12-30")
    for bad in ["x", "%Y-%m", "%Y-%m-%d-%d", "%Y-%m-%b-%d", "%Y-%m-%d-%H", "%Y-%m-%d%"] { #expect(FilePattern(day: bad) == nil, "\(bad)") }
  }

  @Test func feedsKnowTheirFiles() throws {
    let text = "feed: f\nmatch: ['a_*.csv', 'b.csv']\nday: 'a_%Y-%m-%d.csv'\naccount: a\nname: n\n"
    let feed = try FeedFile.read(text: text, file: "f.yaml", catalogue: Catalogue([]))
    #expect(feed.matches("a_2026-01-01.csv") && feed.matches("b.csv") && feed.matches("b.csv.gz") && !feed.matches("c.csv"))
    #expect(feed.fileDay("a_2026-01-01.csv.gz") == Day("2026-01-01") && feed.fileDay("b.csv") == nil)
  }
}
