import Health

/// The demo's nightly files, night by night: what the systems of a made-up software house export after each day's end.
///
/// Pure and repeatable: the same bytes on every run and machine. Some rows come days late, some are corrected later.
package struct DemoNights: Sequence {
  /// A night's files, named for their day, in the order in which they are written.
  package typealias Night = (day: Day, files: [(name: String, content: [UInt8])])

  private let story: DemoStory

  /// The nights of a story.
  package init(_ story: DemoStory = DemoStory()) { self.story = story }

  /// How many nights there are.
  package var underestimatedCount: Int { DemoStory.lastDay - DemoStory.firstDay + 1 }

  /// Starts at the first night.
  package func makeIterator() -> Iterator { Iterator(story) }

  /// Writes one night after the other; each feed remembers what it still has to send.
  package struct Iterator: IteratorProtocol {
    private var day = DemoStory.firstDay
    private var feeds: [any DemoFeed]

    fileprivate init(_ story: DemoStory) {
      let invoices = DemoInvoices(story)
      feeds = [
        AccountsFeed(story, invoices), UsageFeed(story), TicketsFeed(story), CRMFeed(story), InvoicesFeed(story, invoices),
        PulsesFeed(story), OutcomesFeed(story), MarketingFeed(story), ReviewsFeed(story), VoicesFeed(story),
      ]
    }

    /// The next night's files.
    package mutating func next() -> Night? {
      guard day <= DemoStory.lastDay else { return nil }
      var files: [(name: String, content: [UInt8])] = []
      for number in feeds.indices {
        guard let content = feeds[number].file(day) else { continue }
        files.append(("\(feeds[number].name)_\(day).csv", content))
      }
      defer { day = day + 1 }
      return (day, files)
    }
  }
}

/// One nightly export. It is asked for every day in order.
protocol DemoFeed {
  var name: String { get }
  /// The file of a day, nil where this feed sends none.
  mutating func file(_ day: Day) -> [UInt8]?
}

/// Things to be written on a later night.
struct Later<Item> {
  private var nights: [Int32: [Item]] = [:]

  mutating func add(_ item: Item, on day: Day) { nights[day.number, default: []].append(item) }

  mutating func take(_ day: Day) -> [Item] { nights.removeValue(forKey: day.number) ?? [] }
}

extension Day {
  var isWeekend: Bool { weekday >= 5 }

  /// The day itself, or the Monday after it.
  var orNextWorkday: Day { isWeekend ? self + (7 - weekday) : self }
}
