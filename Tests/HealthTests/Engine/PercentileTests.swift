import Health
import Testing

struct PercentileTests {
  private let today = LanguageSamples.today

  /// One account for each value.
  private func history(_ values: [Double]) -> MemoryHistory {
    let history = LanguageSamples.history()
    history.accounts = values.count
    for (account, value) in values.enumerated() { history.add("product.usage", account: account, .init(day: today - 1, value: value)) }
    return history
  }

  private func points(
    _ history: MemoryHistory, _ attribute: String? = nil, _ direction: Direction = .up, leastPeers: Int = TileEngine.leastPeers
  ) throws -> [Double?] {
    let card = LanguageSamples.card(
      LanguageSamples.input(Expression("product.usage"), .percentile(attribute: attribute, direction: direction)))
    let scores = try history.score(
      card, LanguageSamples.catalogue, days: today...today, accounts: 0..<history.accounts, leastPeers: leastPeers)
    return (0..<history.accounts).map { scores.raw[0, $0].isNaN ? nil : scores.raw[0, $0] }
  }

  /// The vectors of the design, without the check of the size.
  @Test func theShareBelowAndHalfOfTheEqual() throws {
    #expect(try points(history([1, 2, 2, 3]), leastPeers: 1) == [12.5, 50, 50, 87.5])
    #expect(try points(history([1, 2, 2, 3]), nil, .down, leastPeers: 1) == [87.5, 50, 50, 12.5])
  }

  @Test func fewerThanTenSayNothing() throws {
    #expect(try points(history((0..<9).map(Double.init))).allSatisfy { $0 == nil })
    #expect(try points(history((0..<10).map(Double.init))) == (0..<10).map { Double($0) * 10 + 5 })
  }

  @Test func onlyCountedAccountsAreAmongThePeers() throws {
    let history = history((0..<12).map(Double.init))
    history.members[0] = Membership(start: Day(today + 1))
    history.members[1] = Membership(start: Day(0), churns: [Day(today)])
    history.facts["product.usage"]?[11] = [.init(day: today + 1, value: 11)]
    // Nine are left, then ten; the others are placed among them without being counted.
    #expect(try points(history).allSatisfy { $0 == nil })
    history.members[1] = Membership(start: Day(0), churns: [Day(today + 1)])
    #expect(try points(history) == [0] + (0..<10).map { Double($0) * 10 + 5 } + [nil])
  }

  @Test func peersShareTheAttributeOfTheDay() throws {
    let history = history((0..<24).map(Double.init))
    for account in 0..<23 {
      history.attributes["segment", default: [:]][account] = [(Day(10), account % 2 == 0 ? "big" : "small")]
    }
    history.attributes["segment"]?[0] = [(Day(10), "Big"), (Day(today + 1), "small")]
    history.attributes["segment"]?[1] = [(Day(10), "small"), (Day(today), "BIG")]
    // big: 0, 1, 2, 4 … 22; small: 3, 5 … 21 are ten; 23 has no segment.
    let found = try points(history, "segment")
    #expect(found[0] == 100 * 0.5 / 13 && found[1] == 100 * 1.5 / 13 && found[22] == 100 * 12.5 / 13)
    #expect(found[3] == 5 && found[21] == 95 && found[23] == nil)
  }

  @Test func whatIsExpiredIsNoValue() throws {
    let history = history((0..<10).map(Double.init))
    var input = LanguageSamples.input(Expression("product.usage", .mean, window: 30), .percentile(attribute: nil, direction: .up))
    input.expire = 5
    func known(on day: Int) throws -> Int {
      let scores = try history.score(LanguageSamples.card(input), LanguageSamples.catalogue, days: day...day, accounts: 0..<10)
      return (0..<10).filter { !scores.raw[0, $0].isNaN }.count
    }
    #expect(try known(on: today + 4) == 10)
    history.facts["product.usage"]?[3] = [.init(day: today - 2, value: 3)]
    #expect(try known(on: today + 3) == 10)
    #expect(try known(on: today + 4) == 0)
  }

  /// More accounts than a tile holds.
  @Test func theWholePortfolioIsRanked() throws {
    let values = (0..<300).map { Double(($0 * 37) % 300) }
    let expected: [Double?] = values.map { 100 * ($0 + 0.5) / 300 }
    #expect(try points(history(values)) == expected)
  }
}
