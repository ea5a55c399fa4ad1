import Health
import Mustache
import Reports

/// The report as one page of HTML that stands alone: no script, and nothing that is fetched.
struct PageHTML {
  /// A section of one account.
  private struct Section {
    var title: String
    var says: String
    var chart: PageChart?
    var events: PageTable?
  }
  /// What the template is given.
  private struct Values {
    var css: String
    var title: String
    var says: String
    var facts: [PageTable.Cell]
    var now: PageTable
    var trend: PageChart
    var parts: PageTable?
    var movement: PageTable
    var why: PageTable?
    var desks: PageTable?
    var book: PageTable
    var findings: PageTable?
    var allFindings: PageTable?
    var judged: PageJudging?
    var feeds: PageTable
    var accounts: [Section]
  }

  let report: PageReport

  /// The page's text.
  func text() throws -> String {
    let template = try MustacheTemplate(string: Self.text(PackageResources.page_mustache))
    let library = MustacheLibrary(templates: [
      "chart": try MustacheTemplate(string: Self.text(PackageResources.page_chart_mustache)),
      "table": try MustacheTemplate(string: Self.text(PackageResources.page_table_mustache)),
    ])
    return template.render(values, library: library)
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private var values: Values {
    let now = report.now
    let known = now.knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = now.filter.isEmpty ? "" : ", only \(now.filter)"
    let revenue = now.revenue.map { [PageTable.Cell(text: Human.money($0), kind: "revenue")] } ?? []
    return Values(
      css: Self.text(PackageResources.page_css), title: PageText.clean("Customer health, \(now.asOf)"),
      says: PageText.clean("Card \(now.card), from \(report.moved.lowerBound) to \(report.moved.upperBound)\(known)\(only)"),
      facts: [
        PageTable.Cell(text: Human.count(now.accounts), kind: "accounts"),
        PageTable.Cell(text: PageDrawing.number(now.mean), kind: "mean score"),
        PageTable.Cell(text: Human.count(now.unknown), kind: "unknown"),
      ] + revenue,
      now: standing, trend: PageDrawing.bands(report.trend), parts: report.parts.map(parts), movement: movement, why: why,
      desks: report.desks.isEmpty ? nil : desks, book: book,
      findings: report.check.findings.isEmpty ? nil : isLong ? findingsByKind : findings, allFindings: isLong ? findings : nil,
      judged: report.judged.map(PageJudging.init), feeds: feeds,
      accounts: report.accounts.enumerated().map { section($1, number: $0 + 1) })
  }

  private var standing: PageTable {
    let now = report.now
    let bands = now.bands.map { (name: $0.band, accounts: $0.accounts, revenue: $0.revenue) }
    return PageTable(
      "Accounts and revenue by band on \(now.asOf)", head: "band", columns: ["accounts", "share", "revenue"],
      rows: (bands + [(name: Card.unknownBand, accounts: now.unknown, revenue: nil)]).map { band in
        let share = now.accounts == 0 ? "–" : Human.percent(Double(band.accounts) / Double(now.accounts))
        return (band.name, [Human.count(band.accounts), share, band.revenue.map(Human.money) ?? "–"])
      })
  }

  private func parts(_ trend: TrendReport) -> PageTable {
    let groups = Dictionary(grouping: trend.rows) { $0.group ?? "" }
    var seen: Set<String> = []
    let names = trend.rows.map { $0.group ?? "" }.filter { seen.insert($0).inserted }
    let word = trend.by?.word ?? ""
    return PageTable(
      "By \(word): the first week with a mean, and the last", head: word,
      columns: ["accounts", "mean then", "mean now", "change", "course"],
      rows: names.map { name in
        let rows = groups[name] ?? []
        let (first, last) = (rows.first { $0.mean != nil }?.mean, rows.last?.mean)
        let change = first.flatMap { a in last.map { Human.change($0 - a, decimals: 1, style: Style()) } } ?? "–"
        return (
          name.isEmpty ? "–" : name,
          [
            Human.count(rows.last?.accounts ?? 0), PageDrawing.number(first), PageDrawing.number(last), change,
            Sparkline.draw(rows.map(\.mean), style: Style()),
          ]
        )
      })
  }

  private var movement: PageTable {
    let counts = Dictionary(uniqueKeysWithValues: report.moves.map { ([$0.from, $0.to], $0.accounts) })
    return PageTable(
      "Accounts by band on \(report.moved.lowerBound), down, and on \(report.moved.upperBound), across", head: "from",
      columns: report.standings.map { "to \($0)" },
      rows: report.standings.map { from in
        (from, report.standings.map { from == PageReport.notCounted && $0 == from ? "–" : Human.count(counts[[from, $0]] ?? 0) })
      })
  }

  private static let mostParts = 12

  /// The largest parts of the change of the mean, and what all others come to; nil where an end has no mean.
  private var why: PageTable? {
    guard let group = report.why.groups.first, let change = group.change else { return nil }
    func amount(_ value: Double) -> String { Human.change(value, decimals: 2, style: Style()) }
    let shown = group.parts.prefix(Self.mostParts)
    let rest = group.parts.dropFirst(Self.mostParts)
    let more = rest.isEmpty ? [] : [("\(Human.plural(rest.count, "smaller part"))", [amount(rest.reduce(0) { $0 + $1.amount }), "–"])]
    let (before, after) = (PageDrawing.number(group.before.mean), PageDrawing.number(group.after.mean))
    return PageTable(
      "Why the mean went from \(before) to \(after)", head: "what changed", columns: ["change", "accounts"],
      rows: shown.map { ($0.phrase(Style()), [amount($0.amount), Human.count($0.accounts)]) } + more + [("all", [amount(change), "–"])])
  }

  private var desks: PageTable {
    PageTable(
      "The book by CSM on \(report.book.asOf), the heaviest first", head: "csm",
      columns: ["accounts", "revenue", "mean score", "in the worst band", "renewals in 90 days", "rank in all"],
      rows: report.desks.map { desk in
        (
          desk.csm.isEmpty ? "–" : desk.csm,
          [
            Human.count(desk.accounts), Human.money(desk.revenue), PageDrawing.number(desk.mean), Human.count(desk.worst),
            Human.count(desk.renewals), Human.money(desk.rank),
          ]
        )
      })
  }

  private var book: PageTable {
    PageTable(
      "Revenue × risk × nearness of renewal on \(report.book.asOf): the first \(Human.count(report.book.rows.count)) accounts",
      head: "account",
      columns: ["csm", "rank", "revenue", "risk", "near", "score", "band", "renewal", "what to do"],
      rows: report.book.rows.map { row in
        let score = row.standing.shown.map { Human.count($0) } ?? "–"
        return (
          row.name,
          [
            row.csm ?? "–", Human.money(row.rank), (row.isRevenueKnown ? "" : "~") + Human.money(row.revenue),
            Human.number(row.risk, decimals: 2), Human.number(row.nearness, decimals: 2), score, row.standing.band,
            row.renewalOn?.description ?? "–", row.play ?? "",
          ]
        )
      })
  }

  private static let mostFindings = 10
  private var isLong: Bool { report.check.findings.count > Self.mostFindings }

  /// How many there are of each kind, and the first of them.
  private var findingsByKind: PageTable {
    let groups = Dictionary(grouping: report.check.findings, by: \.kind.rawValue).sorted { $0.key < $1.key }
    return PageTable(
      "To look at on \(report.check.asOf), by kind", head: "kind", columns: ["how many", "of"],
      rows: groups.map { kind, found in
        let names = found.prefix(4).map(\.subject).joined(separator: ", ")
        return (kind, [Human.count(found.count), names + (found.count > 4 ? ", …" : "")])
      })
  }

  private var findings: PageTable {
    PageTable(
      "To look at on \(report.check.asOf)", head: "of", columns: ["kind", "what"],
      rows: report.check.findings.map { ($0.subject, [$0.kind.rawValue, $0.message]) })
  }

  private var feeds: PageTable {
    PageTable(
      "Feeds", head: "feed", columns: ["last day", "days between"],
      rows: report.check.feeds.map { ($0.feed, [$0.lastDay.description, $0.every.map(Human.count) ?? "–"]) })
  }

  private func section(_ account: PageAccount, number: Int) -> Section {
    let last = account.points.last
    let score = last?.score.map { "Score \(Card.shown($0)), \(last?.band ?? "")" } ?? "No score on the last day"
    let more = account.leftOut > 0 ? "; \(Human.count(account.leftOut)) older events are left out" : ""
    let events = PageTable(
      "What happened", head: "when", columns: ["what", "value", "text", "author"],
      rows: account.events.reversed().map { event in
        (event.at, [event.signal, event.value.map(Human.measured) ?? "", event.text ?? "", event.author ?? ""])
      })
    return Section(
      title: PageText.clean(account.name == account.account ? account.account : "\(account.name) (\(account.account))"),
      says: PageText.clean("\(score), card \(account.card)\(more)."),
      chart: account.points.isEmpty ? nil : PageDrawing.account(account, number: number), events: account.events.isEmpty ? nil : events)
  }
}
