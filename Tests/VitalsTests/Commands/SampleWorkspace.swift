import Foundation
import Testing

@testable import vitals

/// A workspace of four accounts whose every score can be worked out by hand.
///
/// The card `desk` is 70 % product (the mean of people's points and logins' points) and 30 % service:
/// people 0…100 → 0…100 points, logins of 7 days 0…30 → 0…100, tickets of 7 days 0…4 → 100…0; a bad pulse caps at 40.
///
/// | as of 2026-03-20 | people | logins | product | tickets | service | raw | |
/// |---|---|---|---|---|---|---|---|
/// | acme | 80 | 19 | (80 + 190/3) / 2 = 215/3 | 1 | 75 | 218/3 | green |
/// | bolt | never told | 6 | 20 | 2 | 50 | 29 | red, coverage 0.65 |
/// | cedar | 90 | 30 | 95 | 0 | 100 | 96.5 | capped at 40: red |
/// | bolton | began on 2026-03-18: too young to say | | | | | – | unknown |
enum SampleWorkspace {
  /// When the files of February and those of March were imported.
  static let (february, march) = ("2026-02-19T06:00Z", "2026-03-21T06:00Z")

  /// The folder with settings, catalogue, feeds, the card and an empty database.
  static func empty() throws -> CommandFolder {
    let folder = try CommandFolder()
    for (path, text) in settings {
      let file = URL(fileURLWithPath: folder.path + "/" + path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let made = folder.run("init")
    #expect(made.code == 0, "\(made.err)")
    try FileManager.default.removeItem(atPath: folder.path + "/cards/five-dimensions.yaml")
    return folder
  }

  /// The same with all files imported: numbers 1 to 6 in February, 7 to 10 in March.
  static func filled() throws -> CommandFolder {
    let folder = try empty()
    for (name, text) in files { try folder.write(text, to: name) }
    for (month, now) in [("2026-02", february), ("2026-03", march)] {
      let paths = files.map(\.name).filter { $0.contains(month) }.map { folder.path + "/" + $0 }
      let taken = folder.run(arguments: ["import"] + paths + ["--now", now])
      #expect(taken.code == 0, "\(taken.err)")
    }
    return folder
  }

  /// Three more logins of acme on 2026-03-20 than were told at first: 22 in the week, which makes its raw score 457/6.
  static let correction = (name: "usage_2026-03-21.csv", text: "account,day,logins\nacme,2026-03-20,4\n")

  private static let settings = [
    "vitals.yaml": "zone: UTC\nheadline: desk\nrevenue: financial.arr\nknowledge_lag: 1d\n",
    "signals.yaml": """
    signals:
      financial.arr: {kind: gauge, unit: EUR, direction: up, expire: 400d, says: The contract's worth.}
      financial.renewal_on: {kind: date, unit: date, direction: none, expire: 400d, says: When the contract ends.}
      product.active_users: {kind: gauge, unit: people, direction: up, expire: 60d, says: People who use it.}
      product.logins: {kind: count, unit: logins, direction: up, dark_after: 60d, says: How often they come.}
      service.tickets: {kind: event, unit: tickets, direction: down, dark_after: 60d, says: A question to support.}
      human.csm_pulse: {kind: event, unit: rating 1-6, direction: up, expire: 90d, dark_after: 60d, says: What the CSM thinks.}

    """,
    "feeds/accounts.yaml": """
    feed: accounts
    match: ["accounts_*.csv"]
    day: "accounts_%Y-%m-%d*"
    at: file
    account: account
    name: name
    unknown_accounts: create
    attributes: {segment: segment, started: started}
    signals:
      financial.arr: {value: arr}
      financial.renewal_on: {value: renewal_on}
      product.active_users: {value: people}

    """,
    "feeds/usage.yaml": """
    feed: usage
    match: ["usage_*.csv"]
    after: [accounts]
    day: "usage_%Y-%m-%d*"
    account: account
    at: day
    signals:
      product.logins: {value: logins}

    """,
    "feeds/tickets.yaml": """
    feed: tickets
    match: ["tickets_*.csv"]
    after: [accounts]
    day: "tickets_%Y-%m-%d*"
    account: account
    at: opened
    signals:
      service.tickets: {event: ticket, value: 1, text: subject}

    """,
    "feeds/pulses.yaml": """
    feed: pulses
    match: ["pulses_*.csv"]
    after: [accounts]
    day: "pulses_%Y-%m-%d*"
    account: account
    at: day
    signals:
      human.csm_pulse: {event: pulse, value: rating, text: note, author: author}

    """,
    "cards/desk.yaml": """
    card: desk
    title: Is all well?
    outcome: renewal
    horizon: 90d
    coverage_floor: 50%
    bands:
      - {band: poor, color: red, from: 0, play: Call them}
      - {band: fair, color: yellow, from: 41}
      - {band: good, color: green, from: 61}
    groups:
      product:
        weight: 70
        inputs:
          - {signal: product.active_users, measure: last, points: {0: 0, 100: 100}, weight: 50, missing: skip, why: Breadth.}
          - {signal: product.logins, measure: sum 7d, points: {0: 0, 30: 100}, weight: 50, missing: skip, why: Habit.}
      service:
        weight: 30
        inputs:
          - {signal: service.tickets, measure: count 7d, points: {0: 100, 4: 0}, weight: 100, missing: skip, why: Peace.}
    rules:
      - when: [{signal: human.csm_pulse, to: 2}]
        cap: 40
        reason: A bad pulse

    """,
  ]

  private static let contracts = """
    account,name,segment,started,arr,renewal_on,people
    acme,Acme Inc,enterprise,2025-01-01,100000,2026-12-31,60
    bolt,Bolt Ltd,smb,2025-06-01,50000.5,,

    """

  /// The nightly files in the order of their import.
  static let files: [(name: String, text: String)] = [
    ("accounts_2026-02-01.csv", contracts),
    ("tickets_2026-02-01.csv", "ticket,account,opened,subject\nT0,acme,2026-02-01,Where is the manual?\n"),
    ("usage_2026-02-01.csv", "account,day,logins\nacme,2026-02-01,1\n"),
    ("accounts_2026-02-18.csv", contracts),
    ("tickets_2026-02-18.csv", "ticket,account,opened,subject\n"),
    (
      "usage_2026-02-18.csv",
      "account,day,logins\n" + (12...17).map { "acme,2026-02-\($0),4\n" }.joined() + "acme,2026-02-18,6\n"
    ),
    (
      "accounts_2026-03-20.csv",
      """
      account,name,segment,started,arr,renewal_on,people
      acme,Acme Inc,enterprise,2025-01-01,120000,2026-12-31,80
      bolt,Bolt Ltd,smb,2025-06-01,50000.5,,
      cedar,"Cedar, Sons & Co",smb,2026-03-01,30000,2026-06-30,90
      bolton,,,2026-03-18,,,

      """
    ),
    (
      "usage_2026-03-20.csv",
      "account,day,logins\n" + (14...19).map { "acme,2026-03-\($0),3\n" }.joined()
        + "acme,2026-03-20,1\nbolt,2026-03-15,6\ncedar,2026-03-14,15\ncedar,2026-03-20,15\n"
    ),
    (
      "tickets_2026-03-20.csv",
      "ticket,account,opened,subject\nT1,acme,2026-03-19,Login fails\nT2,bolt,2026-03-15,Slow\nT3,bolt,2026-03-16T08:30,Still slow\n"
    ),
    ("pulses_2026-03-20.csv", "pulse,account,day,rating,note,author\nP1,cedar,2026-03-18,2,\"Sponsor gone, budget cut\",dana\n"),
  ]
}
