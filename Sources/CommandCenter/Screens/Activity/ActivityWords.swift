internal import Cells
internal import JSON
internal import Runs

/// What the record of a decision is called on the screen.
struct ActivityWords {
  /// The verb, as short as a column takes it.
  var verb: String
  /// What became of it: a sign and words.
  var sign: Character
  var outcome: String
  var look: Look
  /// How long it took; empty where nobody knows.
  var took: String

  init(_ record: JournalRecord, _ glyphs: Glyphs) {
    verb =
      switch record.decision.verb {
      case .stop(.graceful): "drain"
      case let verb: verb.word
      }
    took = ActivityWords.latency(record).map(ActivityWords.took) ?? ""
    (sign, outcome, look) = ActivityWords.fate(record, glyphs)
  }

  private static func fate(
    _ record: JournalRecord,
    _ glyphs: Glyphs
  ) -> (Character, String, Look) {
    switch record.fate {
    case .held:
      return record.isLive
        ? (glyphs.queued, "in the undo window, not sent yet", .accent)
        : ("!", "never sent: the program ended inside the undo window", .warning)
    case .planned:
      return record.isLive
        ? (glyphs.queued, "to be sent with others", .accent)
        : ("!", "planned with others, never sent", .warning)
    case .open:
      return record.isLive
        ? (glyphs.running, "on its way", .accent)
        : ("?", "answer lost, not read back yet", .warning)
    case .withdrawn(let why, _): return ("-", why.isEmpty ? "taken back" : why, .secondary)
    case .settled(let word, let detail, _, _, let later):
      let more = detail.map { $0.isEmpty ? "" : ", \($0)" } ?? ""
      let after = later ? ", read back later" : ""
      switch word {
      case .done:
        return (glyphs.done, (detail == nil ? "accepted" : "confirmed") + more + after, .success)
      case .changed: return ("!", (detail ?? "changed meanwhile") + after, .warning)
      case .refused: return (glyphs.failed, "refused" + colon(detail) + after, .failure)
      case .notSent: return ("!", "not sent" + colon(detail) + after, .warning)
      case .unknown: return ("?", "outcome unknown" + colon(detail) + after, .warning)
      }
    }
  }

  private static func colon(_ detail: String?) -> String {
    detail.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
  }

  /// From the decision to its outcome.
  static func latency(_ record: JournalRecord) -> Duration? {
    if case .settled(_, _, _, let latency, _) = record.fate { latency } else { nil }
  }

  /// `212 ms`, `4.2 s`, `3m05s`.
  static func took(_ latency: Duration) -> String {
    let milliseconds = max(0, latency.inMilliseconds)
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    if milliseconds < 60_000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
    return Age.exact(latency)
  }

  /// Whether a word, in lower case, occurs in what an item shows.
  static func mentions(_ word: String, _ item: ActivityModel.Item) -> Bool {
    switch item {
    case .said(let said): return "said".contains(word) || occurs(word, said.text)
    case .decision(let record):
      let decision = record.decision
      let words = ActivityWords(record, .ascii)
      let texts = [
        decision.verb.word, words.verb, decision.title, decision.subject.run.run.text,
        words.outcome, record.place.profile, decision.id.text,
        decision.fields["comment"]?.string ?? "",
      ]
      return texts.contains { occurs(word, $0) }
    }
  }

  private static func occurs(_ word: String, _ text: String) -> Bool {
    text.lowercased().contains(word)
  }

  // MARK: Everything

  /// A line of the page about one decision.
  struct Fact: Equatable {
    var label: String
    var text: String
    var look = Look.text
  }

  /// All that the journal has of a decision, and what can be told from it.
  static func facts(_ record: JournalRecord, _ zone: Zone, _ glyphs: Glyphs) -> [Fact] {
    let decision = record.decision
    let words = ActivityWords(record, glyphs)
    let moment = { (at: Timestamp) in
      "\(zone.day(at)) \(zone.clock(at, milliseconds: true)) \(zone.name)"
    }
    var facts = [
      Fact(label: "outcome", text: "\(words.sign) \(words.outcome)", look: words.look),
      Fact(label: "decided", text: moment(record.at)),
    ]
    let add = { (label: String, text: String?, facts: inout [Fact]) in
      if let text, !text.isEmpty { facts.append(Fact(label: label, text: text)) }
    }
    add("at first", record.firstAt.map { "\(moment($0)), not sent then" }, &facts)
    add("sent", record.sentAt.map(moment), &facts)
    switch record.fate {
    case .settled(_, _, let at, let latency, _):
      let delay = latency.map { ", \(took($0)) after the decision" } ?? ""
      add("settled", moment(at) + delay, &facts)
    case .withdrawn(_, let at): add("taken back", moment(at), &facts)
    case .planned(let batch): add("batch", batch.text, &facts)
    case .held, .open: break
    }
    add("workflow", "\(decision.title)  \(decision.subject.run.workflow)", &facts)
    add("run", decision.subject.run.run.text, &facts)
    if case .task(let task) = decision.subject { add("task", task.task.text, &facts) }
    if let seen = decision.seen {
      var saw = [seen.status.map { "status \($0.word)" }, seen.lastEvent.map { "event \($0)" }]
      saw.append(seen.digest.map { "payload \($0)" })
      add("you saw", saw.compactMap { $0 }.joined(separator: ", "), &facts)
    }
    add("only if", conditions(decision.conditions), &facts)
    if decision.insists { add("insisted", "sent even if nothing could be read before", &facts) }
    for member in decision.fields.members.prefix(50) {
      add(
        decision.verb == .start ? "input" : "with",
        "\(member.key): \(Brief.field(member.value))",
        &facts
      )
    }
    if let digest = decision.fieldsDigest {
      add(decision.verb == .start ? "input" : "with", "too long to be kept: \(digest)", &facts)
    }
    add("profile", record.place.profile, &facts)
    let scope = [record.place.tenant, record.place.project].compactMap { $0 }.joined(separator: "/")
    add("server", "\(record.place.url)  \(scope)", &facts)
    add("key", decision.id.text, &facts)
    add("journal", record.file + (record.isLive ? ", being written" : ""), &facts)
    return facts
  }

  private static func conditions(_ conditions: Conditions) -> String? {
    let statuses = conditions.statuses.map { wanted in
      "status is \(wanted.map(\.word).sorted().joined(separator: " or "))"
    }
    let event = conditions.lastEvent.map { "the newest event is \($0)" }
    let parts = [statuses, event].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
