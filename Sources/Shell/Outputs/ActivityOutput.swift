internal import Cells
internal import CommandCenter
package import JSON
package import Runs

/// Which decisions of this machine's journal are wanted.
package struct ActivityWanted: Sendable, Equatable {
  /// Decided from then on.
  package var since: Since?
  /// Of this verb, by its first word: `stop` is both stops.
  package var verb: String?
  /// Only those of which it is not known what became of them.
  package var onlyOpen: Bool
  /// Only those of this profile.
  package var profile: String?

  /// All decisions, or some.
  package init(
    since: Since? = nil,
    verb: String? = nil,
    onlyOpen: Bool = false,
    profile: String? = nil
  ) {
    self.since = since
    self.verb = verb
    self.onlyOpen = onlyOpen
    self.profile = profile
  }

  /// The verbs by their first words.
  package static let verbs = ["approve", "reject", "start", "pause", "resume", "stop"]

  /// Those that are wanted, in their order.
  package func picked(of records: [JournalRecord], at now: Timestamp) -> [JournalRecord] {
    let start = since?.moment(at: now)
    return records.filter { record in
      if let start, record.at < start { return false }
      if let verb, record.decision.verb.word.split(separator: " ").first ?? "" != verb {
        return false
      }
      if let profile, record.place.profile != profile { return false }
      return !onlyOpen || record.isUnknown
    }
  }
}

/// Decisions of this machine's journal as the shell writes them.
package enum ActivityOutput {
  /// The decisions as JSON lines with all that the journal has of them: the export.
  package static func lines(_ records: [JournalRecord]) -> String {
    JSONOutput.text(records.map(json), .jsonl)
  }

  static func text(_ records: [JournalRecord], _ context: ShellContext) -> String {
    Sheet.text(records, context, fields: fields, json: json) { records in
      let hasPlaces = Set(records.map(\.place.profile)).count > 1
      var columns: [Table.Column] = [
        .init(title: "DECIDED"), .init(title: "VERB"), .init(title: "WORKFLOW", gives: true),
        .init(title: "RUN"), .init(title: "OUTCOME"), .init(title: "TOOK", isRight: true),
        .init(title: "DETAIL", gives: true),
      ]
      if hasPlaces { columns.insert(.init(title: "PROFILE", gives: true), at: 1) }
      var table = Table(columns: columns)
      table.rows = records.map { record in
        let run = record.decision.subject.run.run
        var row = [
          context.width == nil ? record.at.iso8601 : day(record.at, context),
          record.decision.verb.word, record.decision.title,
          context.width == nil ? run.text : run.short, record.word,
          record.latency.map(Age.took) ?? "", record.detail ?? "",
        ]
        if hasPlaces { row.insert(record.place.profile, at: 1) }
        return row
      }
      return table
    }
  }

  private static func day(_ moment: Timestamp, _ context: ShellContext) -> String {
    let date = CalendarTime(moment, offset: context.zone.offset).date
    return "\(date.dropFirst(5)) \(context.zone.clock(moment))"
  }

  /// All that the journal has of a decision, with the names of its lines.
  package static func json(_ record: JournalRecord) -> JSONValue {
    let decision = record.decision
    var object: JSONObject = [
      "key": .string(decision.id.text), "decided_at": .string(record.at.iso8601),
      "verb": .string(decision.verb.word), "outcome": .string(record.word),
    ]
    object["detail"] = record.detail.map { .string($0) }
    object["first_decided_at"] = record.firstAt.map { .string($0.iso8601) }
    object["sent_at"] = record.sentAt.map { .string($0.iso8601) }
    object["settled_at"] = record.endedAt.map { .string($0.iso8601) }
    object["latency_ms"] = record.latency.map { .int(Int($0.inMilliseconds)) }
    if case .settled(_, _, _, _, true) = record.fate { object["later"] = true }
    if case .planned(let batch) = record.fate { object["batch"] = .string(batch.text) }
    object["workflow_id"] = .string(decision.subject.run.workflow.text)
    object["workflow_name"] = .string(decision.title)
    object["run_id"] = .string(decision.subject.run.run.text)
    if case .task(let task) = decision.subject { object["task_id"] = .string(task.task.text) }
    if let seen = decision.seen {
      object["saw_status"] = (seen.status?.word).map { .string($0) }
      object["saw_event"] = seen.lastEvent.map { .int($0) }
      object["saw_payload"] = seen.digest.map { .string($0) }
    }
    if let statuses = decision.conditions.statuses {
      object["if_status"] = .array(statuses.map(\.word).sorted().map { .string($0) })
    }
    object["if_seq"] = decision.conditions.lastEvent.map { .int($0) }
    if decision.insists { object["insists"] = true }
    if !decision.fields.isEmpty { object["fields"] = .object(decision.fields) }
    object["fields_digest"] = decision.fieldsDigest.map { .string($0) }
    object["profile"] = .string(record.place.profile)
    object["url"] = .string(record.place.url)
    object["tenant"] = record.place.tenant.map { .string($0) }
    object["project"] = record.place.project.map { .string($0) }
    object["journal"] = .string(record.file)
    object["live"] = .bool(record.isLive)
    return .object(object)
  }

  private static var fields: [Field<JournalRecord>] {
    [
      Field("decided_at") { $0.at.iso8601 }, Field("verb") { $0.decision.verb.word },
      Field("outcome") { $0.word }, Field("workflow_name") { $0.decision.title },
      Field("workflow_id") { $0.decision.subject.run.workflow.text },
      Field("run_id") { $0.decision.subject.run.run.text },
      Field("task_id") {
        if case .task(let task) = $0.decision.subject { task.task.text } else { nil }
      },
      Field("latency_ms") { ($0.latency?.inMilliseconds).map { String($0) } },
      Field("profile") { $0.place.profile }, Field("key") { $0.id.text },
      Field("detail") { $0.detail },
    ]
  }
}

extension JournalRecord {
  /// What became of it in a word.
  package var word: String {
    switch fate {
    case .held: "held"
    case .planned: "planned"
    case .open: isLive ? "on the way" : "open"
    case .settled(let word, _, _, _, _): word.rawValue
    case .withdrawn: "withdrawn"
    }
  }

  /// What there is to say about it, beside the word.
  package var detail: String? {
    switch fate {
    case .held:
      isLive
        ? "in the undo window, not sent yet"
        : "never sent: the program ended inside the undo window"
    case .planned: isLive ? "to be sent with others" : "planned with others, never sent"
    case .open: isLive ? nil : "only reading tells what became of it"
    case .settled(_, let detail, _, _, _): detail
    case .withdrawn(let why, _): why
    }
  }

  /// When it was settled or withdrawn.
  package var endedAt: Timestamp? {
    switch fate {
    case .held, .planned, .open: nil
    case .settled(_, _, let moment, _, _), .withdrawn(_, let moment): moment
    }
  }

  /// From the decision to its outcome.
  package var latency: Duration? {
    if case .settled(_, _, _, let latency, _) = fate { latency } else { nil }
  }

  /// Whether it is not known what became of it.
  package var isUnknown: Bool {
    switch fate {
    case .held, .planned, .open, .settled(.unknown, _, _, _, _): true
    case .settled, .withdrawn: false
    }
  }
}
