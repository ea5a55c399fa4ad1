import Health
import Import
import Storage
import TestSupport
import Testing

/// Files that come in any order, and the whole folder once more, end in the same state.
struct OrderPropertyTests {
  @Test(arguments: seeds(12))
  func filesInAnyOrderAndTheFolderOnceMore(_ seed: Int) throws {
    let world = try RandomWorld(seed, feeds: 3)
    // One file a day: of one day the later to come wins, whatever its name.
    // Which of two rows of one id is refused may depend on which accounts are known, and what was once let in stays.
    let files = RandomWorld.days.dropFirst().map { world.file(day: $0).withDistinctRows }
    // A feed that may introduce accounts takes an alias that it does not know yet for a key, so accounts come first where there is one.
    let knowsAccounts = world.feeds.contains(where: \.creates)
    let late = try RandomWorld(like: world, knowsAccounts: knowsAccounts)
    for file in files { try world.take(file) }
    try world.again(files)
    let arrivals = (knowsAccounts ? [] : [RandomWorld.accounts]) + files
    for file in arrivals.shuffled(using: &world.dice) { try late.take(file) }
    try late.again([RandomWorld.accounts] + files)
    expectSame(try late.bench.face(), try world.bench.face(), "\(late.story)")
    try late.expectNothing(from: files)
    // What is in force is what the model has, which took the files in twice in their order.
    expectSame(try world.bench.facts(), world.model.state(), "\(world.story)")
  }
}
