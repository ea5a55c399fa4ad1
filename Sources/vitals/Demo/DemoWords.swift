/// The demo's texts: short, varied, and about nobody.
enum DemoWords {
  static let industries: [(name: String, suffix: String)] = [
    ("logistics", "Logistics"), ("health", "Clinics"), ("retail", "Stores"), ("software", "Software"), ("food", "Foods"),
    ("energy", "Energy"), ("media", "Media"), ("finance", "Finance"), ("manufacturing", "Works"), ("education", "Academy"),
  ]

  /// The distinct first word of an account's name; the first two are those that documentation uses.
  static func stem(_ number: Int) -> String {
    switch number {
    case 0: "Acme"
    case 1: "Fernwood"
    default: onsets[number % onsets.count] + endings[number / onsets.count]
    }
  }

  private static let onsets = [
    "Al", "Bran", "Cor", "Dal", "El", "Far", "Gar", "Hol", "Ing", "Jor", "Kel", "Lum", "Mar", "Nor", "Or", "Pel", "Quin", "Ros", "Sel",
    "Tor",
  ]
  private static let endings = ["vora", "tec", "mont", "dale", "wick", "ston", "bury", "lane", "field", "haven"]

  static let ticketActions = [
    "Cannot open", "Slow to load:", "Question about", "Error when saving", "Wrong totals in", "Please enable", "How do we share",
    "Missing rows in", "\"Timeout\" from", "Access denied to",
  ]
  static let ticketThings = [
    "the monthly report", "exports, all of them", "single sign-on", "the dashboard", "user import", "the mobile app", "our webhooks",
    "invoices", "the calendar", "saved filters", "custom fields", "the audit log",
  ]

  static let touches: [String: [String]] = [
    "email": [
      "Sent the release notes", "Answered a question on limits", "Shared the rollout plan", "Follow-up with the minutes",
      "Reminder of the open survey", "Sent a guide for new users",
    ],
    "call": [
      "Short check-in", "Went through open tickets", "Talked about the new team", "Planned the training", "Asked about next quarter",
      "Walked through the dashboard",
    ],
    "meeting": ["Quarterly review", "Workshop on reporting", "Onboarding of a new department", "Roadmap session", "Training, second part"],
    "exec-meeting": ["Lunch of both directors", "Executive review", "Their CFO joined, so did ours", "Strategy session"],
  ]

  static let champions = [
    "Our champion left the company", "Our sponsor moved to another department", "The person who bought us has gone, successor unknown",
    "Our main contact went on long leave",
  ]

  /// What they say, by tone −2 … 2.
  static let feedback: [[String]] = [
    [
      "We do not see why we pay for this", "Third outage that hit our month end, this cannot go on", "Nobody answers us",
      "We are looking at others",
    ],
    ["The new screens slow us down", "Support takes too long", "Hard to explain to new colleagues", "We expected more from the reports"],
    ["It does what it should", "Fine so far, nothing special", "Some teams use it, some do not", "No opinion on the last release"],
    ["The last release helped", "Support was quick", "New colleagues learn it in a day", "The reports save us an hour a week"],
    [
      "Could not work without it", "Best decision of the year", "You may quote us", "Our director shows your dashboard to everyone",
    ],
  ]

  /// What the CSM notes, by rating 1 … 6.
  static let notes: [[String]] = [
    ["They told me that they are leaving", "Renewal lost unless a director steps in", "No answer for weeks, tickets angry"],
    ["Sponsor gone quiet", "Budget talk, and not a friendly one", "Only two people still log in"],
    ["Lukewarm, waits for the next release", "Complains about support, rightly", "Unsure who decides now"],
    ["Solid, no drama", "Some questions on price, nothing serious", "Works well for one team"],
    ["Good meeting, new team starts next month", "Happy with support", "Talks about us to others"],
    ["Would do a reference tomorrow", "Wants to extend to all sites", "Director is a fan"],
  ]

  static let championNotes = ["No successor for our champion yet", "The successor has other plans", "Champion gone, met the deputy"]
  static let supportNotes = ["Angry about open tickets", "Support takes too long for them", "Asked me to escalate, again"]
  static let usageNotes = ["Fewer people log in each month", "The team that used us was moved", "They keep a spreadsheet beside us"]
  static let priceNotes = ["Wants a discount, pays late", "Finance questions every invoice", "Budget under review"]

  static let nps: [[String]] = [
    ["Too slow for us", "Not worth the price", "Promised features never came"],
    ["Okay for the price", "Does the job", "Good, with rough edges"],
    ["Reliable", "Great support", "Recommended it to a partner already"],
  ]

  static let churnReasons = [
    "Moved to a competitor", "Budget was cut", "Project was stopped", "New management, new tools", "Missing integration",
    "Bought by a company that uses another tool",
  ]
  static let suddenReasons = ["Bought by a company that uses another tool", "Site was closed", "Went out of business"]
  static let renewals = [
    "Renewed for a year", "Renewed after a short talk", "Renewed, signed by the new director", "Renewed automatically",
  ]
  static let social = ["Asked us something in public", "Shared our post", "Praised the last release", "Answered our question of the week"]
  static let advocacy = ["Case study", "Talk at our conference", "Film about their rollout", "Testimonial for the website"]
  static let competitors = ["A cheaper plan", "A new module like ours", "A free migration offer"]
  static let plans = ["Wants to invest in reporting", "Plans a site abroad", "Puts money into automation"]
  /// How they took a walk-through: badly, neither, well.
  static let walkthroughs = ["Left early", "Took notes", "Wanted to start at once"]
  /// What they did: against growing with us, neither, for it.
  static let behaviour = ["Exports everything weekly", "Nothing new", "Tries every new feature"]
  static let upsells = ["More seats for a new team", "A second site", "The analytics module", "Upgrade of the plan", "More seats"]
}
