import Health

/// The readings in force of accounts that others are merged into, of which the shards of all of them are read.
struct MergedReadings {
  /// What one moment comes to.
  struct Reading {
    var day: Day
    var time: UInt32
    var value: Double
  }
  private struct Statement {
    var day: Day
    var time: UInt32
    var stated: MergedMoment.Statement
  }
  /// Where the readings of an account that is read go.
  private struct Place {
    var root: Int
    var member: Int
  }

  private let knowledge: Knowledge
  /// By account and signal, ascending by moment.
  private var readings: [Int: [Int: [Reading]]] = [:]
  private var statements: [Int: [Int: [Statement]]] = [:]

  /// Reads the groups of some accounts, of each signal from a day on, all up to `last`.
  init(
    _ connection: Connection, knowledge: Knowledge, roots: [Int], from firstDays: [Int: Day], through last: Day, isAmount: (Int) -> Bool
  ) throws {
    self.knowledge = knowledge
    var places: [Int: [Int: Place]] = [:]  // by shard and slot
    for root in roots {
      for (member, account) in knowledge.merges.group(of: root).enumerated() {
        places[Layout.shard(of: account), default: [:]][Layout.slot(of: account)] = Place(root: root, member: member)
      }
      readings[root] = [:]
    }
    for (shard, slots) in places.sorted(by: { $0.key < $1.key }) {
      gather(try ShardReadings(connection, knowledge: knowledge, shard: shard, from: firstDays, through: last), slots)
    }
    for (root, signals) in statements {
      for (signal, stated) in signals { readings[root]?[signal] = MergedReadings.inForce(stated, isAmount: isAmount(signal)) }
    }
    statements = [:]
  }

  /// Whether the accounts that are merged into this one were read.
  func has(_ root: Int) -> Bool { readings[root] != nil }

  /// The readings of an account; empty where nothing was said of the signal.
  func of(_ root: Int, _ signal: Int) -> [Reading] { readings[root]?[signal] ?? [] }

  mutating func add(_ others: MergedReadings) { readings.merge(others.readings) { old, _ in old } }

  /// Columns come before slivers, so that of one import's statements the later stands last.
  private mutating func gather(_ shard: ShardReadings, _ slots: [Int: Place]) {
    for (signal, found) in shard.signals {
      for item in found.columns {
        for (slot, place) in slots {
          for index in item.column.indices(ofSlot: slot) {
            add(place, signal, item.day, item.column.time(index), item.rank, item.column.value(index))
          }
        }
      }
      for item in found.late {
        guard let place = slots[item.slot] else { continue }
        add(place, signal, item.day, item.time, item.rank, item.value)
      }
    }
  }

  private mutating func add(_ place: Place, _ signal: Int, _ day: Day, _ time: UInt32, _ rank: UInt32, _ value: Double) {
    let stated = MergedMoment.Statement(member: place.member, rank: rank, origin: knowledge.origin(ofRank: rank), value: value)
    statements[place.root, default: [:]][signal, default: []].append(Statement(day: day, time: time, stated: stated))
  }

  private static func inForce(_ statements: [Statement], isAmount: Bool) -> [Reading] {
    let sorted = statements.enumerated().sorted {
      ($0.element.day, $0.element.time, $0.offset) < ($1.element.day, $1.element.time, $1.offset)
    }.map(\.element)
    var readings: [Reading] = []
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].day == sorted[start].day, sorted[end].time == sorted[start].time { end += 1 }
      let moment = sorted[start..<end].map(\.stated)
      let value = MergedMoment.inForce(moment, isAmount: isAmount).reduce(0.0) { $0 + moment[$1].value }
      readings.append(Reading(day: sorted[start].day, time: sorted[start].time, value: value))
      start = end
    }
    return readings
  }
}
