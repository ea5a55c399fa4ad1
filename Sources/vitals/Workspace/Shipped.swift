/// The files that ship inside the program, and where in a workspace they go.
package enum Shipped {
  /// A file of a workspace.
  package struct File: Sendable {
    /// Where it goes, from the workspace's folder.
    package let path: String
    /// What is in it.
    package let text: String

    fileprivate init(_ path: String, _ bytes: [UInt8]) {
      (self.path, text) = (path, String(decoding: bytes, as: UTF8.self))
    }
  }

  /// A workspace that shows how published data is taken in: settings, signals, feeds and a card.
  package struct Example: Sendable {
    /// The word after `--example`.
    package let name: String
    /// One sentence about the data.
    package let says: String
    /// All of its files.
    package let files: [File]
  }

  /// What every new workspace begins with.
  package static var workspace: [File] {
    [
      File("vitals.yaml", PackageResources.vitals_yaml),
      File("signals.yaml", PackageResources.signals_yaml),
      File("cards/five-dimensions.yaml", PackageResources.card_five_dimensions_yaml),
    ]
  }

  /// The demo's workspace: the usual one, and the feeds that read the demo's nightly files.
  package static var demo: [File] {
    workspace + [
      File("feeds/accounts.yaml", PackageResources.demo_feed_accounts_yaml),
      File("feeds/usage.yaml", PackageResources.demo_feed_usage_yaml),
      File("feeds/tickets.yaml", PackageResources.demo_feed_tickets_yaml),
      File("feeds/crm.yaml", PackageResources.demo_feed_crm_yaml),
      File("feeds/invoices.yaml", PackageResources.demo_feed_invoices_yaml),
      File("feeds/pulses.yaml", PackageResources.demo_feed_pulses_yaml),
      File("feeds/outcomes.yaml", PackageResources.demo_feed_outcomes_yaml),
    ]
  }

  /// The examples, in the order in which they are listed.
  package static var examples: [Example] { [ravenstack, onlineRetail] }

  /// The example of this name.
  package static func example(_ name: String) -> Example? { examples.first { $0.name == name } }

  /// Settings with another zone than UTC, for `init --zone`.
  package static func settings(_ file: File, zone: String) -> File {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { $0.hasPrefix("zone:") ? "zone: \(zone)" : String($0) }.joined(separator: "\n")
    return File(file.path, Array(text.utf8))
  }

  private static var ravenstack: Example {
    Example(
      name: "ravenstack", says: "subscriptions, use and support of a software house, five tables loaded as history",
      files: [
        File("vitals.yaml", PackageResources.ravenstack_vitals_yaml),
        File("signals.yaml", PackageResources.ravenstack_signals_yaml),
        File("feeds/accounts.yaml", PackageResources.ravenstack_feed_accounts_yaml),
        File("feeds/subscriptions.yaml", PackageResources.ravenstack_feed_subscriptions_yaml),
        File("feeds/feature_usage.yaml", PackageResources.ravenstack_feed_feature_usage_yaml),
        File("feeds/support_tickets.yaml", PackageResources.ravenstack_feed_support_tickets_yaml),
        File("feeds/churn_events.yaml", PackageResources.ravenstack_feed_churn_events_yaml),
        File("cards/subscription-health.yaml", PackageResources.ravenstack_card_subscription_health_yaml),
      ])
  }

  private static var onlineRetail: Example {
    Example(
      name: "online-retail", says: "order lines of a wholesaler, one file a day",
      files: [
        File("vitals.yaml", PackageResources.retail_vitals_yaml),
        File("signals.yaml", PackageResources.retail_signals_yaml),
        File("feeds/orders.yaml", PackageResources.retail_feed_orders_yaml),
        File("cards/next-order.yaml", PackageResources.retail_card_next_order_yaml),
      ])
  }
}
