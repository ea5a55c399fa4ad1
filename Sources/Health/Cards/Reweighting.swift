import Yams

extension Card {
  /// The card's file under another name and with other weights, one for each input in their order; comments are lost. Inputs that weigh
  /// nothing are left out, and so are groups that have none left; a group weighs what its inputs do together.
  package func reweighted(named name: String, _ weights: [Double]) throws -> String {
    guard var root = try Yams.compose(yaml: text), let groups = root["groups"]?.mapping else {
      throw Problem("no-card-text", .failure, "the card \(self.name) has no file that other weights could stand in")
    }
    var (kept, place) = (Node.Mapping([]), 0)
    for (key, group) in groups {
      guard var group = group.mapping, let inputs = group["inputs"]?.sequence else { continue }
      let own = zip(inputs, weights[place..<(place + inputs.count)]).filter { $0.1 > 0 }
      place += inputs.count
      guard !own.isEmpty else { continue }
      group["weight"] = Card.weight(own.reduce(0) { $0 + $1.1 })
      group["inputs"] = .sequence(
        Node.Sequence(
          own.map { input, weight in
            var input = input
            input["weight"] = Card.weight(weight)
            return input
          }, Tag(.seq), inputs.style))
      kept[key] = .mapping(group)
    }
    root["card"] = Node(name)
    // A suggestion is a view: saved among the cards it must not begin to count by itself.
    if let whole = root.mapping {
      let left = whole.filter { !["outcome", "priority", "for"].contains($0.key.string ?? "") }.map { ($0.key, $0.value) }
      root = .mapping(Node.Mapping(left))
    }
    root["groups"] = .mapping(kept)
    return try Yams.serialize(node: root, width: 140, allowUnicode: true)
  }

  /// With one decimal, so that a person can read and change it.
  private static func weight(_ value: Double) -> Node {
    let tenths = Int((value * 10).rounded())
    return Node(tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)", Tag(.implicit))
  }
}
