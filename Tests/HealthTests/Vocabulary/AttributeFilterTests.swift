import Testing

@testable import Health

@Suite("--where")
struct AttributeFilterTests {
  private func matches(_ conditions: [String], _ attributes: [String: String]) throws -> Bool {
    var read: [AttributeFilter.Condition] = []
    for text in conditions { read.append(try AttributeFilter.Condition(text)) }
    return AttributeFilter(read).matches { attributes[$0] }
  }

  @Test(
    "one condition",
    arguments: [
      ("segment=enterprise", true), ("SEGMENT=Enterprise", true), ("segment=small,enterprise", true), ("segment=small", false),
      ("segment!=small", true), ("segment!=small,ENTERPRISE", false), (" segment = enterprise ", true), ("csm=dana", false),
      ("csm!=dana", true), ("csm=", true), ("csm!=", false), ("segment=", false), ("industry=oil\\, gas", true),
      ("industry=oil, gas", false),
      ("note=a=b", true), ("path=c:\\x", true),
    ])
  func vectors(condition: String, expected: Bool) throws {
    let attributes = ["segment": "Enterprise", "industry": "Oil, Gas", "note": "A=B", "path": "C:\\x"]
    #expect(try matches([condition], attributes) == expected)
  }

  @Test("all conditions must hold; none means everyone")
  func several() throws {
    let attributes = ["segment": "small", "csm": "dana"]
    #expect(try matches(["segment=small", "csm=dana"], attributes))
    #expect(try !matches(["segment=small", "csm!=dana"], attributes))
    #expect(try matches([], [:]))
  }

  @Test("words that are no condition", arguments: ["segment", "=x", "!=x", ""])
  func refused(text: String) {
    #expect { try AttributeFilter.Condition(text) } throws: { error in
      (error as? Problem)?.name == "bad-where" && (error as? Problem)?.category == .usage && (error as? Problem)?.hint != nil
    }
  }
}
