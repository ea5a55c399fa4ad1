import Health

/// How large a customer is; decides contract, billing and how often people talk.
enum DemoSegment: String, CaseIterable {
  case small, middle, enterprise
}

/// What becomes of an account during the two years.
enum DemoFate: CaseIterable {
  /// Leaves at its renewal after months of visible decline.
  case declining
  /// Leaves at its renewal without a warning in the data.
  case sudden
  /// Declines and is won back.
  case rescued
  /// Use fades slowly and still does on the last day.
  case fading
  /// The champion left in the last weeks.
  case orphaned
  /// Uses little, complains a little, and stays.
  case struggling
  /// Pays later and later, and stays.
  case latePaying
  /// A month of support floods, solved in the end.
  case flooded
  /// Uses more and buys more.
  case growing
  case steady
}

/// A customer of the demo: who they are, and how each side of them goes.
struct DemoAccount {
  var key: String
  var name: String
  var segment: DemoSegment
  var industry: String
  var plan: String
  var csm: String
  /// Who takes over, and when, if anybody does.
  var handover: (day: Day, csm: String)?
  var fate: DemoFate
  var started: Day
  /// The day of an anniversary on which they did not renew.
  var left: Day?
  /// What the contract is worth in a year from each day on, earliest first, never empty.
  var contract: [(day: Day, arr: Int)] = []
  var upsells: [(day: Day, amount: Int)] = []
  var championLeft: Day?
  var flood: (from: Day, to: Day)?
  var product: Course
  var service: Course
  var relationship: Course
  var payment: Course
  /// What the CSM believes, which follows the facts with a delay.
  var mood: Course

  /// A customer on this day.
  func isCustomer(_ day: Day) -> Bool { started <= day && (left.map { day < $0 } ?? true) }

  func arr(_ day: Day) -> Int {
    var arr = contract[0].arr
    for step in contract where step.day <= day { arr = step.arr }
    return arr
  }

  /// People who may use the product, by what the plan costs a head.
  func seats(_ day: Day) -> Int { max(4, arr(day) / (segment == .enterprise ? 720 : segment == .middle ? 640 : 560)) }

  var features: Int {
    switch plan {
    case "starter": 10
    case "team": 16
    case "business": 22
    default: 30
    }
  }

  func csm(_ day: Day) -> String {
    guard let handover, day >= handover.day else { return csm }
    return handover.csm
  }

  /// The first anniversary of the start after this day: the end of the running contract.
  func renewal(after day: Day) -> Day {
    let (year, month, dayOfMonth) = started.date
    var next = max(year + 1, day.date.year)
    while let anniversary = Day(year: next, month: month, day: dayOfMonth), anniversary <= day { next += 1 }
    return Day(year: next, month: month, day: dayOfMonth) ?? day + 365
  }

  func stage(_ day: Day) -> String { day - started < 90 ? "onboarding" : day - started < 270 ? "adoption" : "retention" }

  func isFlooded(_ day: Day) -> Bool { flood.map { $0.from <= day && day <= $0.to } ?? false }
}
