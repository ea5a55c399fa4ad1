import Health
import Reports
import Testing

struct EndedRuleTests {
  @Test func aRuleEndsWithALaterEventEvenWhenItsFeedHasGoneDark() throws {
    let sample = try SampleHistory()
    let first = day(1, 1)
    var rows: [(account: String, fact: SampleHistory.Fact)] = []
    for key in ["never", "before", "same", "after"] {
      rows += [
        (key, .attribute("started", from: first, "2025-01-01")),
        (key, .event("service.tickets", .event, on: Moment(day(2, 10)), 1, id: "t-\(key)")),
      ]
    }
    rows += [("before", day(2, 9)), ("same", day(2, 10)), ("after", day(2, 11))].map { key, day in
      (key, .event("human.note", .event, on: Moment(day), 3, id: "n-\(key)"))
    }
    try sample.take("crm", fileDay: first, at: night(after: day(2, 12)), rows)
    var card = sampleCard
    card.groups.removeFirst()
    card.rules = [
      Card.Rule(
        when: [Card.Condition(subject: .expression(Expression("service.tickets", .since)), tests: [.to(90)])], effect: .cap(10),
        until: "human.note")
    ]
    func capped(_ on: Day) throws -> [String] {
      let rows = try ScoreReport(sample.viewpoint(), .card(card), asOf: on).rows
      return rows.filter { !$0.standing.rules.isEmpty }.map(\.account).sorted()
    }
    #expect(try capped(day(2, 10)) == ["after", "before", "never", "same"])
    #expect(try capped(day(2, 11)) == ["before", "never", "same"])
    // The feed keeps speaking of tickets, and no longer of notes.
    try sample.take(
      "tickets", fileDay: day(2, 25), at: night(after: day(2, 25)),
      [("never", .event("service.tickets", .event, on: Moment(day(2, 25)), 1, id: "t9"))])
    #expect(try capped(day(2, 25)) == ["before", "never", "same"])
  }
}
