import Health

/// Fills the daily grid of one signal for some slots of a shard from its chunks and slivers.
struct DailyBuilder {
  /// One reading of a day that several sources speak of.
  private struct Candidate {
    var slot: Int32
    var time: UInt32
    var rank: UInt32
    var order: Int32
    var value: Double
  }

  private let slots: Range<Int>
  private var daily: Daily
  private let scratch: UnsafeMutablePointer<Double>
  private var candidates: [Candidate] = []
  private var dayRow: UnsafeMutablePointer<Double>

  /// `scratch` has room for 512 + slots.count Doubles.
  private init(first: Day, rows: Int, slots: Range<Int>, scratch: UnsafeMutablePointer<Double>) {
    self.slots = slots
    self.scratch = scratch
    dayRow = scratch + Layout.shardSize
    daily = Daily(first: first, rows: rows, width: slots.count)
  }

  /// The days `first … last` of some slots; earlier readings go into the openings. What `instead` has of a slot, ascending by moment,
  /// takes the place of what the shard says of it.
  static func build(
    _ readings: ShardReadings.SignalReadings, first: Day, last: Day, slots: Range<Int>, instead: [Int: [MergedReadings.Reading]] = [:]
  ) -> Daily {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Layout.shardSize + slots.count) { scratch in
      // Invariant: not empty, so there is a base address; the two parts are used as `init` says.
      var builder = DailyBuilder(first: first, rows: last - first + 1, slots: slots, scratch: scratch.baseAddress!)
      builder.read(readings)
      if !instead.isEmpty { builder.replace(instead) }
      return builder.daily
    }
  }

  private mutating func read(_ readings: ShardReadings.SignalReadings) {
    let (columns, late) = (readings.columns, readings.late)
    var (nextColumn, nextLate) = (0, 0)
    while nextColumn < columns.count || nextLate < late.count {
      let day = min(
        nextColumn < columns.count ? columns[nextColumn].day : Day.range.upperBound,
        nextLate < late.count ? late[nextLate].day : Day.range.upperBound)
      let (firstColumn, firstLate) = (nextColumn, nextLate)
      while nextColumn < columns.count, columns[nextColumn].day == day { nextColumn += 1 }
      while nextLate < late.count, late[nextLate].day == day { nextLate += 1 }
      read(day, columns[firstColumn..<nextColumn], late[firstLate..<nextLate])
    }
  }

  private mutating func read(_ day: Day, _ columns: ArraySlice<ShardReadings.ColumnRef>, _ late: ArraySlice<ShardReadings.LateRef>) {
    let row = day - daily.first
    let isBefore = row < 0
    guard row < daily.value.rows else { return }
    if isPlain(columns, late) {
      let target = isBefore ? dayRow : daily.value.row(row)
      if isBefore { target.update(repeating: .nan, count: slots.count) }
      // Ascending rank, so that the highest writes last.
      for column in columns { column.column.scatter(slots, to: target, scratch: scratch) }
      for reading in late where slots.contains(reading.slot) { write(reading, columns, to: target) }
      if isBefore { open(day, target) }
    } else {
      resolve(day, row, columns, late)
    }
  }

  /// Whether all sources of the day speak of one time of day, so that the highest rank simply wins.
  private func isPlain(_ columns: ArraySlice<ShardReadings.ColumnRef>, _ late: ArraySlice<ShardReadings.LateRef>) -> Bool {
    guard let time = columns.first?.column.time ?? late.first?.time else { return false }
    return columns.allSatisfy { $0.column.isPlain && $0.column.time == time } && late.allSatisfy { $0.time == time }
  }

  /// A late reading wins over columns of lower rank; over one of higher rank only where that has no reading.
  private func write(
    _ reading: ShardReadings.LateRef, _ columns: ArraySlice<ShardReadings.ColumnRef>, to target: UnsafeMutablePointer<Double>
  ) {
    for column in columns where column.rank > reading.rank && !column.column.indices(ofSlot: reading.slot).isEmpty { return }
    target[reading.slot - slots.lowerBound] = reading.value
  }

  private mutating func open(_ day: Day, _ values: UnsafeMutablePointer<Double>) {
    for place in 0..<slots.count where values[place] == values[place] {
      open(day, place, last: values[place], sum: values[place], isNonzero: values[place] != 0)
    }
  }

  private mutating func open(_ day: Day, _ place: Int, last: Double, sum: Double, isNonzero: Bool) {
    daily.openingValue[place] = last
    daily.openingDay[place] = Double(day.number)
    daily.openingSum[place] += sum
    if isNonzero { daily.openingNonzeroDay[place] = Double(day.number) }
  }

  /// A day with several times of day: each moment's highest rank wins, and moments are put together in order.
  private mutating func resolve(
    _ day: Day, _ row: Int, _ columns: ArraySlice<ShardReadings.ColumnRef>, _ late: ArraySlice<ShardReadings.LateRef>
  ) {
    candidates.removeAll(keepingCapacity: true)
    for column in columns {
      column.column.forEach(in: slots) { slot, index in
        add(slot, column.column.time(index), column.rank, column.column.value(index))
      }
    }
    for reading in late where slots.contains(reading.slot) { add(reading.slot, reading.time, reading.rank, reading.value) }
    candidates.sort { ($0.slot, $0.time, $0.rank, $0.order) < ($1.slot, $1.time, $1.rank, $1.order) }
    var start = 0
    while start < candidates.count {
      var end = start
      while end < candidates.count, candidates[end].slot == candidates[start].slot { end += 1 }
      combine(day, row, candidates[start..<end])
      start = end
    }
  }

  private mutating func replace(_ instead: [Int: [MergedReadings.Reading]]) {
    daily.busy.removeAll { instead[$0.cell % slots.count + slots.lowerBound] != nil }
    for (slot, readings) in instead where slots.contains(slot) {
      clear(slot - slots.lowerBound)
      var start = 0
      while start < readings.count, readings[start].day - daily.first < daily.value.rows {
        var end = start
        while end < readings.count, readings[end].day == readings[start].day { end += 1 }
        candidates = readings[start..<end].map { Candidate(slot: Int32(slot), time: $0.time, rank: 0, order: 0, value: $0.value) }
        combine(readings[start].day, readings[start].day - daily.first, candidates[...])
        start = end
      }
    }
  }

  private mutating func clear(_ place: Int) {
    for row in 0..<daily.value.rows { daily.value.row(row)[place] = .nan }
    (daily.openingValue[place], daily.openingDay[place], daily.openingNonzeroDay[place]) = (.nan, .nan, .nan)
    daily.openingSum[place] = 0
  }

  private mutating func add(_ slot: Int, _ time: UInt32, _ rank: UInt32, _ value: Double) {
    candidates.append(Candidate(slot: Int32(slot), time: time, rank: rank, order: Int32(candidates.count), value: value))
  }

  private mutating func combine(_ day: Day, _ row: Int, _ readings: ArraySlice<Candidate>) {
    var values: [Double] = []
    for (index, reading) in zip(readings.indices, readings) where index + 1 == readings.endIndex || readings[index + 1].time != reading.time
    {
      values.append(reading.value)
    }
    guard let last = values.last, let slot = readings.first?.slot else { return }
    let place = Int(slot) - slots.lowerBound
    let sum = values.reduce(0, +)
    let nonzero = values.filter { $0 != 0 }.count
    if row < 0 {
      open(day, place, last: last, sum: sum, isNonzero: nonzero > 0)
      return
    }
    daily.value.row(row)[place] = last
    guard values.count > 1 else { return }
    daily.busy.append(
      Daily.Busy(
        cell: row * slots.count + place, count: Double(values.count), valued: Double(values.count), nonzero: Double(nonzero), sum: sum,
        min: values.min() ?? last, max: values.max() ?? last))
  }
}
