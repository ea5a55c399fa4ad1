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
      File("feeds/marketing.yaml", PackageResources.demo_feed_marketing_yaml),
      File("feeds/reviews.yaml", PackageResources.demo_feed_reviews_yaml),
      File("feeds/voices.yaml", PackageResources.demo_feed_voices_yaml),
    ]
  }

  /// The feeds that take in what `vitals export` wrote, as CSV and as JSON Lines; used without a copy in the workspace.
  package static var exportFeeds: [File] {
    let files = [
      File("feeds/vitals-accounts.yaml", PackageResources.export_feed_accounts_yaml),
      File("feeds/vitals-attributes.yaml", PackageResources.export_feed_attributes_yaml),
      File("feeds/vitals-readings.yaml", PackageResources.export_feed_readings_yaml),
      File("feeds/vitals-events.yaml", PackageResources.export_feed_events_yaml),
    ]
    return files + files.map(asJSONLines)
  }

  private static func asJSONLines(_ file: File) -> File {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).map { line -> String in
      if line.hasPrefix("feed:") { return line + "-jsonl" }
      if line.hasPrefix("match:") { return line.replacing(".csv", with: ".jsonl") }
      if line.hasPrefix("after:") { return line.replacing(",", with: "-jsonl,").replacing("]", with: "-jsonl]") }
      return line == "format: csv" ? "format: jsonl" : line
    }
    return File(file.path.replacing(".yaml", with: "-jsonl.yaml"), Array(lines.joined(separator: "\n").utf8))
  }

  /// What the page of `vitals report` is made of: no file of a workspace, so each is named as it is here.
  package static var page: [File] {
    [
      File("page.mustache", PackageResources.page_mustache),
      File("page_chart.mustache", PackageResources.page_chart_mustache),
      File("page_table.mustache", PackageResources.page_table_mustache),
      File("page.css", PackageResources.page_css),
    ]
  }

  /// The cards that can be read by name without a file, each in the place that a copy of it takes: the headline first, then those
  /// for the whole of an account, those of a stage of its life, and those for one side of it.
  package static var cards: [File] { wholeCards + stageCards + partCards }

  private static var wholeCards: [File] {
    [
      File("cards/five-dimensions.yaml", PackageResources.card_five_dimensions_yaml),
      File("cards/ten-components.yaml", PackageResources.card_ten_components_yaml),
      File("cards/stoplight.yaml", PackageResources.card_stoplight_yaml),
      File("cards/customer-churn.yaml", PackageResources.card_customer_churn_yaml),
      File("cards/lead-generation.yaml", PackageResources.card_lead_generation_yaml),
      File("cards/revenue-churn.yaml", PackageResources.card_revenue_churn_yaml),
      File("cards/success-score.yaml", PackageResources.card_success_score_yaml),
      File("cards/upsell.yaml", PackageResources.card_upsell_yaml),
    ]
  }

  private static var stageCards: [File] {
    [
      File("cards/initial-sale.yaml", PackageResources.card_initial_sale_yaml),
      File("cards/onboarding.yaml", PackageResources.card_onboarding_yaml),
      File("cards/adoption.yaml", PackageResources.card_adoption_yaml),
      File("cards/retention.yaml", PackageResources.card_retention_yaml),
      File("cards/expansion.yaml", PackageResources.card_expansion_yaml),
    ]
  }

  private static var partCards: [File] {
    [
      File("cards/product-adoption.yaml", PackageResources.card_product_adoption_yaml),
      File("cards/engagement.yaml", PackageResources.card_engagement_yaml),
      File("cards/satisfaction-index.yaml", PackageResources.card_satisfaction_index_yaml),
      File("cards/financial-health.yaml", PackageResources.card_financial_health_yaml),
      File("cards/support-satisfaction.yaml", PackageResources.card_support_satisfaction_yaml),
      File("cards/renewal-readiness.yaml", PackageResources.card_renewal_readiness_yaml),
      File("cards/feature-adoption.yaml", PackageResources.card_feature_adoption_yaml),
      File("cards/expansion-potential.yaml", PackageResources.card_expansion_potential_yaml),
      File("cards/advocacy.yaml", PackageResources.card_advocacy_yaml),
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
