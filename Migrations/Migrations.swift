/// One step of the schema: the SQL that leads from the version before to this one.
///
/// Once shipped a migration is never edited, since databases that ran the old text would differ from those that run the new one;
/// the checksum that each database keeps makes an edit visible.
package struct Migration: Sendable {
  /// The file's name without its ending, such as `m0001_history`.
  package let name: String
  /// The statements, run in one transaction.
  package let sql: String

  /// A migration of this name.
  package init(name: String, sql: String) {
    (self.name, self.sql) = (name, sql)
  }

  /// FNV-1a (64 bits) of the SQL, in hexadecimal. It guards against an edit made by mistake, not against an attacker.
  package var checksum: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Every schema version in order; the first leads to version 1. The names that the compiler makes of the files in `sql`
  /// cannot be enumerated, hence this list; a test compares it with the folder.
  package static let shipped: [Migration] = [
    Migration("m0001_history", PackageResources.m0001_history_sql),
    Migration("m0002_accounts", PackageResources.m0002_accounts_sql),
    Migration("m0003_header", PackageResources.m0003_header_sql),
    Migration("m0004_people", PackageResources.m0004_people_sql),
    Migration("m0005_speech", PackageResources.m0005_speech_sql),
  ]

  private init(_ name: String, _ bytes: [UInt8]) {
    self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
  }
}
