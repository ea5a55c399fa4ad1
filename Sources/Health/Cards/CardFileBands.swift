extension CardReader {
  /// The bands, worst to best: together they hold every shown score from 0 to 100 exactly once.
  func bands(_ value: YAMLValue) -> [Card.Band] {
    guard let items = value.list(of: "bands") else { return Card.defaultBands }
    guard !items.isEmpty else {
      value.fail("no-bands", "no bands", hint: "name at least one band, or leave the key out for unhealthy, neutral and healthy")
      return Card.defaultBands
    }
    var bands: [Card.Band] = []
    var isWhole = true
    for item in items {
      guard let read = band(item) else {
        isWhole = false
        continue
      }
      if bands.contains(where: { $0.name == read.thing.name }) {
        item.fail("duplicate-band", "there is a band \(read.thing.name) already", hint: "give each band its own name")
      }
      if isWhole { checkOrder(of: read.thing, at: read.place, after: bands.last) }
      bands.append(read.thing)
    }
    return bands
  }

  private func band(_ value: YAMLValue) -> Found<Card.Band, YAMLValue>? {
    guard let map = value.map(allowed: ["band", "color", "from", "above", "play"]) else { return nil }
    let name = map.required("band", hint: "name the band")?.text("the band's name")
    let color = map.required("color", hint: "red, orange, yellow, green or another colour")?.text("a colour")
    let play = map["play"]?.text()
    if name == "unknown" {
      map["band"]?.fail("reserved-band", "unknown is the band of accounts with too little data", hint: "choose another name")
    }
    if let from = map["from"], let above = map["above"] {
      from.fail("two-starts", "a band has from or above, not both", hint: "from is ≥, above is >")
      _ = above.number()
      return nil
    }
    guard let start = map["from"] ?? map["above"] else {
      map.fail("missing-key", "the band does not say where it begins", hint: "write from: 41 (≥) or above: 40 (>)")
      return nil
    }
    guard let number = start.number(), let name, let color else { return nil }
    let band = Card.Band(name: name, color: color, start: number, includesStart: map["from"] != nil, play: play)
    return Found(thing: band, place: start)
  }

  /// Shown scores are whole, so a band begins at a whole score whichever way its start is written.
  private func firstShownScore(_ band: Card.Band) -> Double {
    band.includesStart ? band.start.rounded(.up) : band.start.rounded(.down) + 1
  }

  private func checkOrder(of band: Card.Band, at place: YAMLValue, after last: Card.Band?) {
    let first = firstShownScore(band)
    if first > 100 {
      place.fail("band-out-of-range", "no score reaches the band \(band.name)", hint: "scores run from 0 to 100")
    }
    guard let last else {
      if first > 0 {
        place.fail("band-gap", "scores below \(Int(min(first, 101))) have no band", hint: "the first band begins with from: 0")
      }
      return
    }
    let before = firstShownScore(last)
    if first == before {
      place.fail("band-overlap", "the bands \(last.name) and \(band.name) begin at the same score", hint: "from is ≥, above is >")
    } else if first < before {
      place.fail("band-order", "the band \(band.name) begins below \(last.name)", hint: "write the bands from worst to best")
    }
  }
}
