import Health
import Reports

/// The values of the page, for machines, and in short for a terminal.
struct PageOutput: Report {
  let report: PageReport

  var title: String { "\(report.now.card) from \(report.moved.lowerBound) to \(report.moved.upperBound)" }

  func blocks(_ style: Style) -> [Block] { trend.blocks(style) }

  /// The rows of the trend.
  var records: Records { trend.records }

  var json: JSONValue {
    .object([
      "card": report.now.card, "as_of": report.now.asOf, "from": report.moved.lowerBound, "accounts": report.now.accounts,
      "unknown": report.now.unknown, "mean": report.now.mean, "revenue": report.now.revenue, "trend": trend.json,
      "parts": report.parts.map { TrendOutput(report: $0).json },
      "movement": report.moves.map { JSONValue.object(["from": $0.from, "to": $0.to, "accounts": $0.accounts]) },
      "why": report.why.groups.first.map { Records($0.parts, fields: WhyPart.fields(decimals: 2)).objects },
      "desks": report.desks.map {
        JSONValue.object([
          "csm": $0.csm, "accounts": $0.accounts, "revenue": $0.revenue, "mean": $0.mean, "worst": $0.worst, "renewals": $0.renewals,
          "rank": $0.rank,
        ])
      },
      "book": report.book.records.objects,
      "findings": report.check.findings.map {
        JSONValue.object(["kind": $0.kind.rawValue, "subject": $0.subject, "day": $0.day, "message": $0.message])
      },
      "judged": report.judged.map { BacktestOutput(report: $0).json },
      "chosen": report.accounts.map(json),
    ])
  }

  private var trend: TrendOutput { TrendOutput(report: report.trend) }

  private func json(_ account: PageAccount) -> JSONValue {
    let points = account.points.map { point -> JSONValue in
      let parts = zip(account.dimensions, point.dimensions).map { JSONValue.Member(key: $0, value: $1.json) }
      return .object(["day": point.day, "score": point.score, "band": point.band, "dimensions": JSONValue.object(parts)])
    }
    let events = account.events.map {
      JSONValue.object(["at": $0.at, "signal": $0.signal, "value": $0.value, "text": $0.text, "author": $0.author])
    }
    return .object([
      "account": account.account, "name": account.name, "card": account.card, "days": points, "events": events,
      "left_out": account.leftOut,
    ])
  }
}
