import ArgumentParser
import Foundation
import Health
import Reports

/// Which accounts a list shows, in what order, and what it says beside: the same options on every list.
struct ListOptions: ParsableArguments {
  @OptionGroup var filter: FilterOptions

  @Option(
    help: ArgumentHelp("Only accounts in this band, by its name or colour, on the last day; may be repeated.", valueName: "band"))
  var band: [String] = []

  @Option(help: ArgumentHelp("A column to sort by, or a name of --with; with :desc the greatest first.", valueName: "field"))
  var sort: String?

  @Option(help: ArgumentHelp("Only so many.", valueName: "n"))
  var top: Int?

  @Option(help: ArgumentHelp("Attributes, and last values of signals, as further columns.", valueName: "names"))
  var with: String?

  @Flag(help: "Accounts that have left, too.")
  var gone = false

  /// What all the options ask for together.
  func request() throws -> ListRequest {
    var request = ListRequest(filter: try filter.filter())
    request.bands = ListOptions.words(band)
    request.sort = sort
    if let top, top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
    request.top = top
    request.with = ListOptions.words(with.map { [$0] } ?? [])
    return request
  }

  private static func words(_ texts: [String]) -> [String] {
    texts.flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
