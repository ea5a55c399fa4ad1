import Foundation
import Health
import Testing

@testable import vitals

/// Every card that ships, over the demo's last weeks and one account more, whose every point is worked out by hand.
@Suite("Shipped cards over the demo")
struct DemoCardsTests {
  /// Scored as of the demo's last day.
  private static let day = DemoStory.lastDay

  /// Enough of the demo's files for every window that a card looks at: half a minute of nights would be too long for a test.
  private static let nights: [DemoNights.Night] = DemoNights().map { night in
    let age = day - night.day
    let reach = ["accounts": 30, "usage": 185, "tickets": 185, "crm": 185, "pulses": 185, "voices": 370]
    return (
      night.day,
      night.files.filter { file in
        let feed = String(file.name.prefix { $0 != "_" })
        return age < reach[feed] ?? 730 || (feed == "accounts" && night.day.date.day == 1)
      }.map { HandMade.adding(to: $0, on: night.day) }
    )
  }

  @Test func scoreMostAccountsAndOneByHand() throws {
    let folder = try CommandFolder()
    let test = TestContext()
    try DemoCommand.show(folder.path + "/demo", Self.nights, Output(format: .table, context: test.context), test.context)
    let db = folder.path + "/demo/vitals.db"
    let segments = try HandMade.arrOfSegment(in: Self.nights.last?.files ?? [])
    for shipped in ShippedCard.all {
      // Until the engine has breadths, percentiles and trends in rules, cards that use them are refused by name.
      try withKnownIssue(isIntermittent: true) {
        let rows = try scores(folder, shipped.name, db)
        let known = rows.filter { $0["band"] as? String != "unknown" }
        #expect(rows.count > 140 && known.count * 10 >= rows.count * 8, "\(shipped.name): \(known.count) of \(rows.count)")
        let own = try #require(rows.first { $0["account"] as? String == HandMade.key })
        let score = try #require((own["raw"] as? NSNumber)?.doubleValue)
        let expected = try #require(HandMade.score(shipped.name, peers: segments))
        #expect(abs(score - expected) < 1e-9, "\(shipped.name): \(score), by hand \(expected)")
        #expect(own["coverage"] as? Double ?? 0 > 0.85, "\(shipped.name)")
      } matching: { issue in
        (issue.error as? Refused)?.text.contains("cannot be scored by this version") ?? false
      }
    }
  }

  private struct Refused: Error { let text: String }

  private func scores(_ folder: CommandFolder, _ card: String, _ db: String) throws -> [[String: Any]] {
    let done = folder.run("score", "--card", card, "--as-of", Self.day.description, "--json", "--db", db)
    guard done.code == 0 else { throw Refused(text: done.err) }
    return try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
  }
}

/// An account beside the demo's own: its rows in the demo's files, and its points under every curve, by hand.
///
/// As of 2026-10-31. A window of 30 days begins on 10-02, one of 90 on 08-03 (the 90 before that on 05-05), one of 180 on 05-05.
private enum HandMade {
  static let key = "handmade"

  // MARK: Its rows

  /// The file with the account's rows of that night added.
  static func adding(to file: (name: String, content: [UInt8]), on day: Day) -> (name: String, content: [UInt8]) {
    let feed = String(file.name.prefix { $0 != "_" })
    let rows = rows(feed, day)
    return (file.name, file.content + Array(rows.map { $0 + "\n" }.joined().utf8))
  }

  private static func rows(_ feed: String, _ day: Day) -> [String] {
    switch feed {
    case "accounts":
      // 50,000 up to the end of 2025, 64,000 since.
      let arr = day.date.year < 2026 ? 50_000 : 64_000
      return ["\(key),Hand Made,middle,finance,retention,business,dana,2023-01-02,\(arr),2027-01-29,100,20,intermediate,1"]
    case "usage": return [usage(day)]
    case "marketing": return [marketing(day)]
    case "reviews": return [reviews(day)]
    // This feed sends a file only when there is something to tell, so each of them says it again.
    case "outcomes": return day >= upsellDay ? ["O-H1,\(key),\(upsellDay),upsell,8000,More seats"] : []
    default: return events[feed]?[day.description] ?? []
    }
  }

  /// Every second day: 80 logins in the last 90 days, 100 before; 900 minutes in the last 30 days, 600 before. Their executives came
  /// twice, and of three features they used one lately, one until September, and one never.
  private static func usage(_ day: Day) -> String {
    let age = DemoStory.lastDay - day
    let isOn = day.number % 2 == 0
    let logins = isOn ? age < 90 ? 80 : 100 : 0
    let execs = ["2026-10-08", "2026-10-20"].contains(day.description) ? 1 : 0
    let exports = isOn && age >= 45 ? 5 : 0
    return "\(key),\(day),\(logins),\(execs),\(isOn ? age < 30 ? 900 : 600 : 0),50,10,\(isOn ? 10 : 0),\(exports),0,0,0,0"
  }

  private static func marketing(_ day: Day) -> String {
    switch day.description {
    case "2026-10-26": "\(key),26,4.0,50,3,1,0,1,5,1,1,1,6,1,4,1"
    case "2026-06-01": "\(key),26,4.0,50,0,0,0,0,0,0,0,0,4,0,0,0"
    default: "\(key),26,4.0,50,0,0,0,0,0,0,0,0,0,0,0,0"
    }
  }

  private static func reviews(_ day: Day) -> String {
    let demand = DemoStory.lastDay - day < 90 ? "6.0" : "5.0"
    let counts = day.description == "2026-10-26" ? "3,20,1,1" : "0,0,0,0"
    let cost = day.description == "2026-10-26" ? 8000 : 0
    return "\(key),45,5000,10000,\(counts),92,2.0,4,\(demand),\(cost),60000,57000,2026-01-29"
  }

  /// By feed and night.
  private static let events: [String: [String: [String]]] = [
    "invoices": [
      "2026-10-05": ["INV-H1,\(key),2026-06-15,2026-07-21,5000,6,36", "INV-H2,\(key),2026-08-17,2026-10-04,6000,18,48"]
    ],
    "tickets": [
      "2026-05-01": ["T-H0,\(key),2026-04-28 09:00,2026-05-01 09:00,p3,Old,2,3.0,60,3,3"],
      "2026-10-20": ["T-H1,\(key),2026-10-15 09:00,2026-10-20 09:00,p3,New,6,5.0,80,4,4"],
      "2026-10-25": ["T-H2,\(key),2026-10-25 09:00,,p3,Newer,,,,,"],
    ],
    "crm": [
      "2026-08-03": ["E-H1,\(key),2026-08-03,exec-meeting,,Lunch"], "2026-09-01": ["E-H2,\(key),2026-09-01,nps,8,Fine"],
      "2026-09-15": ["E-H3,\(key),2026-09-15,feedback,1,Well done"], "2026-10-08": ["E-H4,\(key),2026-10-08,call,,Hello"],
      "2026-10-26": ["E-H5,\(key),2026-10-26,meeting,,Hello again"],
    ],
    "pulses": [
      "2026-08-10": ["P-H1,\(key),2026-08-10,exec,4,,robin"],
      "2026-09-01": [
        "P-H2,\(key),2026-09-01,product,5,,product", "P-H3,\(key),2026-09-01,trust,4,,dana",
        "P-H4,\(key),2026-09-01,decision-maker,2,,dana",
      ],
      "2026-10-01": ["P-H5,\(key),2026-10-01,support,3,,support"], "2026-10-12": ["P-H6,\(key),2026-10-12,csm,5,,dana"],
    ],
    "voices": [
      "2026-09-08": [
        "V-H1,\(key),2026-09-02,walkthrough,1,", "V-H2,\(key),2026-09-03,decision-maker,77,", "V-H3,\(key),2026-09-04,interaction,,",
        "V-H4,\(key),2026-09-04,interaction,,", "V-H5,\(key),2026-09-04,mention,,", "V-H6,\(key),2026-09-04,advocacy,,",
        "V-H7,\(key),2026-09-04,behaviour,0,", "V-H8,\(key),2026-09-05,bundle,1,", "V-H9,\(key),2026-09-06,market,1,",
        "V-H10,\(key),2026-09-07,competitor,2,", "V-H11,\(key),2023-01-22,activated,20,",
      ]
    ],
  ]

  private static let upsellDay = DemoStory.lastDay - 180

  // MARK: Its points

  private static func line(_ x: Double, _ bad: Double, _ good: Double) -> Double { (x - bad) / (good - bad) * 100 }
  /// Half of it is 25 points less than standing still, half as much again 25 more.
  private static func growth(_ now: Double, from before: Double) -> Double { 50 + 50 * (now / before - 1) }

  private static let arrGrowth = growth(64_000, from: 50_000)
  private static let renewalOn = 70.0  // 90 days to go
  private static let daysToPay = line((36 + 48) / 2, 60, 30)
  private static let daysLate = line((6 + 18) / 2, 45, 0)
  private static let overdue = 85.0  // one
  private static let upsells = 80.0  // one
  private static let upsellAmount = 40 + 60 * (8000.0 / 64_000) / 0.2
  private static let revenueAdded = line(8000.0 / 64_000, -0.1, 0.25)
  private static let renewedOn = line(275, 400, 0)  // from January 29 to October 31
  private static let endStart = line(57.0 / 60, 0.8, 1.1)
  private static let cost = line(8000.0 / 64_000, 0.3, 0.05)
  private static let revenueGrowth = line(4, -20, 20)
  private static let transaction = growth(6000, from: 5000)
  private static let demand = growth(6, from: 5)
  private static let roi = line(2, 0.5, 3)
  private static let bundle = 100.0  // they asked
  private static let funding = 50.0  // none
  private static let activeUsers = line(50.0 / 100, 0.2, 0.8)
  private static let logins = line(15 * 80.0 / 100, 0, 20)
  private static let lastLogin = 100.0  // yesterday or today
  private static let usageTrend = growth(45 * 80, from: 45 * 100)
  private static let execLogins = 70.0  // two
  private static let activeDays = line(15, 2, 20)
  private static let minutes = growth(15 * 900, from: 15 * 600)
  private static let features = line(10.0 / 20, 0.1, 0.8)
  private static let featureUse = 50.0  // one of the two that they ever used
  private static let level = 67.0  // intermediate
  private static let activation = line(20, 60, 7)
  private static let units = line(0.5, 0.2, 0.8)
  private static let tickets = 100.0  // two for 100 people
  private static let open = 90.0  // one of ten
  private static let chatbot = line(20, 40, 10)
  private static let csat = line(80, 50, 95)
  private static let csatChange = 100.0  // 80 after 60
  private static let response = 80.0  // 6 hours
  private static let resolution = 80.0  // 5 days
  private static let quality = line(4, 2, 4.8)
  private static let supportFeedback = line(4, 2, 4.8)
  private static let sla = line(92, 80, 99)
  private static let bugs = line(1.0 / 2, 0.8, 0.1)
  private static let complaints = 60.0  // one
  private static let training = line(45, 0, 90)
  private static let selfServed = line(3.0 / (3 + 2), 0.2, 0.9)
  private static let touches = line(2, 0, 4)
  private static let lastTouch = 80.0  // five days ago
  private static let walkthrough = 100.0
  private static let nps = 80.0
  private static let decisionMaker = line(77, 50, 95)
  private static let execTouch = line(89, 180, 30)  // from August 3
  private static let replyRate = line(50, 20, 80)
  private static let openRate = line(26, 5, 40)
  private static let clickRate = line(4, 0, 8)
  private static let content = line(3, 0, 5)
  private static let unsubscribed = 50.0  // one
  private static let bounced = 100.0
  private static let attendance = 70.0  // one
  private static let social = line(3, 0, 5)
  private static let mentions = line(1, 0, 5)
  private static let community = line(5, 0, 10)
  private static let answers = line(1, 0, 3)
  private static let requests = line(1, 0, 2)
  private static let acts = 80.0  // one
  private static let referrals = 80.0  // one
  private static let offers = line(100.0 / 4, 0, 60)
  private static let leads = growth(6, from: 4)
  private static let leadsWon = line(1.0 / 6, 0, 0.4)
  private static let (csm, support, product, exec, trust, dm) = (80.0, 40.0, 80.0, 60.0, 60.0, 20.0)
  private static let feedback = line(1, -2, 2)
  private static let behaviour = 50.0
  private static let (market, competitor) = (75.0, 40.0)

  private static func mean(_ points: Double...) -> Double { points.reduce(0, +) / Double(points.count) }
  private static func mean(of groups: [Double]) -> Double { groups.reduce(0, +) / Double(groups.count) }

  /// The contract values of the customers of its segment, itself included, as the last night's file states them.
  static func arrOfSegment(in files: [(name: String, content: [UInt8])]) throws -> [Double] {
    let file = try #require(files.first { $0.name.hasPrefix("accounts") })
    let rows = String(decoding: file.content, as: UTF8.self).split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    return rows.filter { $0[2] == "middle" }.compactMap { Double($0[8]) }
  }

  /// The place among peers where the lowest is best.
  private static func place(of x: Double, among peers: [Double]) -> Double {
    let (below, equal) = (peers.filter { $0 < x }.count, peers.filter { $0 == x }.count)
    return 100 - 100 * (Double(below) + Double(equal) / 2) / Double(peers.count)
  }

  /// Its score under a card before rules, worked out from the points above.
  static func score(_ card: String, peers: [Double]) -> Double? {
    whole(card, peers) ?? stage(card) ?? part(card)
  }

  private static func whole(_ card: String, _ peers: [Double]) -> Double? {
    switch card {
    case "five-dimensions":
      let fading = line(-0.2, -0.5, 0) * 0.6  // 60 points where use stands still
      let financial = 0.25 * overdue + 0.15 * (daysLate + daysToPay + arrGrowth + upsellAmount + renewalOn)
      let used = 0.28 * activeUsers + 0.14 * logins + 0.08 * lastLogin
      let use = used + 0.18 * fading + 0.10 * execLogins + 0.13 * features + 0.09 * level
      let service = 0.20 * (open + csat) + 0.15 * (tickets + chatbot + csatChange + resolution)
      let relationship = 0.20 * (touches + nps) + 0.15 * (lastTouch + walkthrough + decisionMaker + execTouch)
      let human = 0.40 * csm + 0.10 * (support + product + exec + trust + dm + feedback)
      return 0.15 * financial + 0.30 * use + 0.15 * service + 0.15 * relationship + 0.25 * human
    case "ten-components":
      return mean(of: [
        mean(logins, activeUsers, execLogins, execLogins), tickets, mean(csat, nps),
        mean(openRate, clickRate, content, unsubscribed, bounced), mean(community, answers, requests), acts, mean(arrGrowth, upsells),
        selfServed, mean(daysLate, overdue), mean(exec, execTouch),
      ])
    case "stoplight":
      return mean(
        mean(revenueAdded, renewedOn, endStart, cost), mean(activeDays, minutes, features, units),
        mean(csat, quality, sla, bugs, complaints, training), mean(nps, touches, replyRate, clickRate), mean(market, competitor))
    case "customer-churn": return mean(clickRate, activeDays, minutes, features, cost, csat, nps, renewedOn)
    case "lead-generation": return mean(leads, leadsWon, upsells, demand, content)
    case "revenue-churn": return mean(endStart, units)
    case "success-score":
      return mean(
        mean(activeUsers, activeDays, features, usageTrend), mean(csm, csat, nps, feedback), mean(acts, referrals, nps),
        mean(touches, attendance, openRate, content, replyRate), mean(exec, trust, lastTouch, execTouch), mean(roi, units))
    case "upsell":
      return mean(
        mean(place(of: 64_000, among: peers), funding, bundle, upsells), mean(units, activeUsers, usageTrend), mean(csat, open),
        mean(offers, nps, decisionMaker), mean(csm, behaviour, product))
    default: return nil
    }
  }

  private static func stage(_ card: String) -> Double? {
    let outside = mean(market, competitor)
    switch card {
    case "initial-sale": return mean(mean(content, clickRate, attendance), mean(touches, lastTouch, replyRate), mean(csm, dm), outside)
    case "onboarding":
      return mean(
        mean(activation, activeUsers, logins), mean(training, tickets, quality), mean(touches, walkthrough, replyRate), csm, outside)
    case "adoption":
      return mean(
        mean(activeDays, minutes, features, units, execLogins, execLogins), mean(tickets, training, csat, selfServed),
        mean(touches, content), mean(csm, product), outside)
    case "retention":
      return mean(
        mean(arrGrowth, overdue, endStart), mean(usageTrend, activeUsers), mean(sla, quality, bugs, complaints, csat),
        mean(nps, execTouch, replyRate, lastTouch), mean(csm, exec), outside)
    case "expansion":
      return mean(
        mean(revenueAdded, upsells, cost), mean(units, usageTrend, features), mean(offers, leads, leadsWon, referrals, acts),
        mean(csm, behaviour), outside)
    default: return nil
    }
  }

  private static func part(_ card: String) -> Double? {
    switch card {
    case "product-adoption": 0.35 * features + 0.30 * logins + 0.25 * featureUse + 0.10 * level
    case "engagement": 0.30 * openRate + 0.30 * social + 0.40 * attendance
    case "satisfaction-index": 0.75 * csat + 0.25 * feedback
    case "financial-health": 0.40 * mean(revenueGrowth, arrGrowth) + 0.25 * transaction + 0.35 * mean(daysToPay, overdue)
    case "support-satisfaction": 0.30 * response + 0.35 * resolution + 0.35 * supportFeedback
    case "renewal-readiness": 0.20 * renewalOn + 0.50 * usageTrend + 0.30 * touches
    case "feature-adoption": 0.80 * mean(features, featureUse) + 0.20 * mean(supportFeedback, feedback)
    case "expansion-potential": 0.35 * units + 0.25 * activeUsers + 0.25 * offers + 0.15 * behaviour
    case "advocacy": 0.40 * nps + 0.25 * referrals + 0.15 * mentions + 0.20 * acts
    default: nil
    }
  }
}
