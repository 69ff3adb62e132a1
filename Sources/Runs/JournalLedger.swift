internal import JSON

/// Puts the lines of journals together, in whatever order the files come.
///
/// Within a file lines stand as they were written; between files clocks do not count, since they may
/// have been set.
package struct JournalLedger: Sendable {
  /// What the lines about one decision come to.
  private struct Lines: Sendable {
    var decision: Decision
    var place: JournalPlace
    /// The file of the first line by a program that made or sent the decision.
    var file: String
    var sentAt: Timestamp?
    /// When it was decided, as lines of its programs say: more than once where it was decided again.
    var firstAt: Timestamp
    var lastAt: Timestamp
    /// The last word of each file.
    var last: [String: JournalRecord.Fate] = [:]
    /// What later programs read back, by their files.
    var later: [String: JournalRecord.Fate] = [:]
  }

  private var byKey: [DecisionID: Lines] = [:]
  private var order: [DecisionID] = []
  private var live: Set<String> = []
  /// Lines that are no entries of a journal.
  package private(set) var unreadable = 0

  /// A ledger without lines.
  package init() {}

  /// Says that the program that writes a file lives.
  package mutating func keep(live file: String) { live.insert(file) }

  /// Takes a line of a file, without its end; lines of one file come in their order.
  package mutating func take(_ line: [UInt8], of file: String) {
    guard let value = try? JSONValue(parsing: line), let entry = JournalLine(value) else {
      unreadable += 1
      return
    }
    let key = entry.decision.id
    if byKey[key] == nil { order.append(key) }
    let decidedAt = entry.decision.madeAt
    var lines =
      byKey[key]
      ?? Lines(
        decision: entry.decision,
        place: entry.place,
        file: file,
        firstAt: decidedAt,
        lastAt: decidedAt
      )
    if entry.isLater {
      lines.later[file] = entry.fate
    } else {
      if lines.last.isEmpty {
        (lines.decision, lines.place, lines.file) = (entry.decision, entry.place, file)
      }
      lines.last[file] = entry.fate
      lines.firstAt = min(lines.firstAt, decidedAt)
      lines.lastAt = max(lines.lastAt, decidedAt)
      if entry.fate == .open { lines.sentAt = max(lines.sentAt ?? entry.at, entry.at) }
    }
    byKey[key] = lines
  }

  /// The decisions, in the order in which they were made.
  package var records: [JournalRecord] {
    order.compactMap { key in byKey[key].map(record) }
      .enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private func record(_ lines: Lines) -> JournalRecord {
    let (fate, file) = JournalLedger.fate(lines)
    var decision = lines.decision
    decision.madeAt = lines.lastAt
    return JournalRecord(
      decision: decision,
      place: lines.place,
      fate: fate,
      sentAt: lines.sentAt,
      firstAt: lines.firstAt < lines.lastAt ? lines.firstAt : nil,
      file: file,
      isLive: live.contains(file)
    )
  }

  /// What became of a decision, and the file that says so.
  private static func fate(_ lines: Lines) -> (JournalRecord.Fate, String) {
    // Who sent it and said nothing more has it open, unless another one has read it back since.
    for (file, fate) in lines.last where fate == .open {
      if !lines.later.contains(where: { $0.key != file }) { return (.open, file) }
    }
    let told = Array(lines.last) + Array(lines.later)
    let newest = told.compactMap { file, fate in fate.settledAt.map { (fate, file, $0) } }
      .max { ($0.2, $0.1) < ($1.2, $1.1) }
    if let newest { return (newest.0, newest.1) }
    let withdrawn = told.first { if case .withdrawn = $0.value { true } else { false } }
    if let withdrawn { return (withdrawn.value, withdrawn.key) }
    return (lines.last[lines.file] ?? .open, lines.file)
  }
}

extension JournalRecord.Fate {
  /// When it was settled; nil where it is not.
  fileprivate var settledAt: Timestamp? {
    if case .settled(_, _, let moment, _, _) = self { moment } else { nil }
  }
}

/// One line of a journal as it is read.
struct JournalLine {
  var decision: Decision
  var place: JournalPlace
  var at: Timestamp
  var fate: JournalRecord.Fate
  /// Whether another program than the one that sent it wrote this.
  var isLater: Bool

  /// Reads a line; nil for JSON that is no entry of a journal.
  init?(_ line: JSONValue) {
    let text = { (key: String) in line[key]?.string }
    let moment = { (key: String) in text(key).flatMap { Timestamp(iso8601: $0) } }
    guard let key = text("key"), !key.isEmpty, let verb = text("verb").flatMap(Verb.init(word:)),
      let workflow = text("workflow_id"), let run = text("run_id"), let at = moment("at"),
      let phase = text("phase")
    else { return nil }
    let reference = RunReference(workflow: WorkflowID(workflow), run: RunID(run))
    let subject: Subject
    switch (verb, text("task_id")) {
    case (.start, _): subject = .start(reference)
    case (_, let task?): subject = .task(TaskReference(run: reference, task: TaskID(task)))
    case (.approve, nil), (.reject, nil): return nil
    default: subject = .run(reference)
    }
    let madeAt = moment("decided_at") ?? at
    decision = Decision(
      id: DecisionID(key),
      verb: verb,
      subject: subject,
      title: text("workflow_name") ?? workflow,
      seen: Seen(line),
      fields: line["fields"]?.object ?? [:],
      madeAt: madeAt,
      conditions: Conditions(
        statuses: (line["if_status"]?.array).map {
          Set($0.compactMap(\.string).map(RunStatus.init))
        },
        lastEvent: line["if_seq"]?.int
      ),
      insists: line["insists"]?.bool ?? false
    )
    decision.fieldsDigest = text("fields_digest")
    place = JournalPlace(
      profile: text("profile") ?? "",
      url: text("url") ?? "",
      tenant: text("tenant"),
      project: text("project")
    )
    self.at = at
    isLater = line["later"]?.bool ?? false
    switch phase {
    case "sending": fate = .open
    case "held": fate = .held
    case "planned": fate = .planned(BatchID(text("batch") ?? ""))
    case "withdrawn": fate = .withdrawn(why: text("detail") ?? "", at: at)
    case "settled":
      guard let word = text("outcome").flatMap(OutcomeWord.init(rawValue:)) else { return nil }
      fate = .settled(
        word,
        detail: text("detail"),
        at: at,
        latency: (line["latency_ms"]?.int).map { .milliseconds($0) },
        later: isLater
      )
    default: return nil
    }
  }
}

extension Seen {
  /// What a line says was seen; nil when it says nothing of it.
  fileprivate init?(_ line: JSONValue) {
    let status = (line["saw_status"]?.string).map { RunStatus($0) }
    let digest = line["saw_payload"]?.string
    let event = line["saw_event"]?.int
    guard status != nil || digest != nil || event != nil else { return nil }
    self.init(status: status, digest: digest, lastEvent: event)
  }
}
