import Health
import Testing

@testable import Import

struct CatalogueAdditionTests {
  private let entries = [CatalogueEntry(key: "product.seats", kind: .gauge, unit: "people", says: "The column \"seats\".")]

  private func added(_ text: String) -> String? { CatalogueAddition.text(text, adding: entries, from: "usage.csv") }

  @Test func entriesStandAtTheEndOfTheSignals() throws {
    let text = """
      # mine
      signals:   # what is measured
          product.logins: {kind: count, unit: logins, direction: up,
            says: How often they come.}

      # more dimensions
      dimensions: [market]

      """
    let result = try #require(added(text))
    #expect(
      result == """
        # mine
        signals:   # what is measured
            product.logins: {kind: count, unit: logins, direction: up,
              says: How often they come.}
            # Drafted from usage.csv: CHECK the kind, and say which way is good and what it means.
            product.seats: {kind: gauge, unit: people, direction: none, says: "The column \\"seats\\"."}

        # more dimensions
        dimensions: [market]

        """)
    #expect(try CatalogueFile.read(text: result, file: "s").dimensions.last == "market")
    #expect(added("signals:\n  product.logins: {kind: count}")?.hasSuffix("seats\\\".\"}") == true)
    #expect(added("signals:\r\n  product.logins: {kind: count}\r\n")?.split(separator: "\r\n").count == 4)
    #expect(CatalogueAddition.text(text, adding: [], from: "x") == text)
  }

  @Test func whatCannotBeAddedToIsLeftAlone() {
    #expect(added("signals: {product.logins: {kind: count}}\n") == nil)
    #expect(added("dimensions: [market]\n") == nil)
    #expect(added("signals:\n  product.seats: {kind: gauge}\n") == nil)
  }
}
