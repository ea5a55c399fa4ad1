import ArgumentParser
import Health

/// `--where`, on every list and report.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only accounts whose attribute has (or, with !=, has not) one of the values; may be repeated.", valueName: "attribute=a,b"))
  var conditions: [String] = []

  /// The filter that all the options make together.
  func filter() throws(Problem) -> AttributeFilter {
    var read: [AttributeFilter.Condition] = []
    for text in conditions { read.append(try AttributeFilter.Condition(text)) }
    return AttributeFilter(read)
  }
}
