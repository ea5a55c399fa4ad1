import Health
import Storage

/// The days on which an account went into another band, or came under another card.
struct BandChanges {
  /// One of them.
  struct Change {
    var day: Day
    /// Whether it is the card that is another one; its band may be too.
    var isCard: Bool
    var card: String
    var shown: Int?
    /// `neutral to unhealthy`, or `renewal to adoption`.
    var text: String
  }

  private struct Standing: Equatable {
    var card: Int
    var band: String
    var shown: Int?
  }

  /// Those of some days, the first of which has nothing before it to differ from. Days on which it is not counted have no band.
  static func all(_ viewpoint: Viewpoint, _ selection: CardSelection, account: Account, days: ClosedRange<Day>) throws -> [Change] {
    let book = try AttributeBook(selection.attributes, viewpoint)
    let scores = try selection.cards.map { card in
      try Portfolio(viewpoint).engine(card, days: days).score(account.id..<account.id + 1)
    }
    var (before, changes): (Standing?, [Change]) = (nil, [])
    for row in 0...(days.upperBound - days.lowerBound) {
      let day = days.lowerBound + row
      guard let place = selection.card(for: book.values(of: account.id, on: day))?.place, scores[place].counted[row, 0] > 0 else {
        before = nil
        continue
      }
      let final = scores[place].final[row, 0]
      let now = Standing(
        card: place, band: scores[place].band(selection.cards[place], row, 0)?.name ?? Card.unknownBand,
        shown: final.isNaN ? nil : Card.shown(final))
      if let before, before.card != now.card || before.band != now.band {
        let isCard = before.card != now.card
        let (old, new) = isCard ? (selection.cards[before.card].name, selection.cards[now.card].name) : (before.band, now.band)
        changes.append(
          Change(day: day, isCard: isCard, card: selection.cards[place].name, shown: now.shown, text: "\(old) to \(new)"))
      }
      before = now
    }
    return changes
  }
}
