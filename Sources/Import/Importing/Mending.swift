import Health
import Storage

/// What an import whose refused rows are mended means for the file that brings them.
struct Mending {
  private let mended: ImportRecord
  private let history: History

  init(_ mended: ImportRecord, _ history: History) { (self.mended, self.history) = (mended, history) }

  /// The import must be of a file, and its feed must still read files as it did: its refused rows were written out as they stood.
  func requireSameForm(_ feed: Feed) throws {
    guard let then = try ImportLog.header(mended.id, history), !feed.header().isRead(like: then) else { return }
    throw Problem(
      "other-form", .badInput, "the feed \(feed.name) reads files otherwise than when import \(mended.id) was made",
      place: Place(file: feed.file), hint: "mend the whole file, and import it without --mends")
  }

  /// What to know where the rows that were right are not in force.
  var remarks: [String] {
    if mended.error != nil {
      return ["import \(mended.id) failed, so only the mended rows are in, not those that were right; import the whole file for these"]
    }
    return mended.isLive ? [] : ["import \(mended.id) is reverted: only the mended rows count; `vitals imports restore \(mended.id)`"]
  }

  /// A file that says everything about its day hides rows that were mended for an earlier version of it.
  static func coveredRemarks(_ head: ImportHead, before id: Int, _ history: History) throws -> [String] {
    try ImportLog.liveMends(feed: head.feed, fileDay: head.fileDay, before: id, history).map { mend in
      "it covers the rows that import \(mend.id) (\(mend.file)) had mended; if they are refused again, mend them again with --mends \(id)"
    }
  }
}
