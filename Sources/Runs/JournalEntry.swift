package import JSON

/// Whose decisions a journal's lines are: the server that was asked, and as whom.
package struct JournalPlace: Sendable, Hashable {
  /// The profile's name; it may be another one later for the same server.
  package var profile: String
  /// The root of the server's API, or another text that names the same server at every start.
  package var url: String
  package var tenant: String?
  package var project: String?

  /// A place.
  package init(profile: String, url: String, tenant: String? = nil, project: String? = nil) {
    self.profile = profile
    self.url = url
    self.tenant = tenant
    self.project = project
  }

  /// Whether decisions made there can be read back here: the same server, tenant and project,
  /// whatever the profile is called.
  package func isSameServer(as other: JournalPlace) -> Bool {
    url == other.url && tenant == other.tenant && project == other.project
  }
}

/// What the journal takes: what is about to be sent, what became of it, what never was sent.
///
/// A decision whose last entry is ``sending(_:at:)`` is open: it was sent, or not, and only reading
/// can tell.
package enum JournalEntry: Sendable, Equatable {
  /// Written and synced before anything goes out.
  case sending(Decision, at: Timestamp)
  /// What became of it; `later` when another program read it back after the one that sent it ended.
  case settled(Decision, Outcome, later: Bool = false, at: Timestamp)
  /// Decided, and still to be taken back: it is sent after the profile's undo window.
  case held(Decision, at: Timestamp)
  /// Decided, and taken back before it was sent; the words say why.
  case withdrawn(Decision, why: String, at: Timestamp)
  /// Decided together, to be sent one by one from now on.
  case planned(BatchID, [Decision], at: Timestamp)

  /// The lines as JSON, one for each decision.
  package func lines(in place: JournalPlace) -> [JSONValue] {
    switch self {
    case .sending(let decision, let moment):
      return [.object(JournalEntry.line("sending", moment, decision, place))]
    case .settled(let decision, let outcome, let later, let moment):
      var line = JournalEntry.line("settled", moment, decision, place)
      let (word, detail) = outcome.record
      line["outcome"] = .string(word.rawValue)
      line["detail"] = detail.map { .string($0) }
      if later {
        line["later"] = true
      } else {
        line["latency_ms"] = .int(Int((moment - decision.madeAt).inMilliseconds))
      }
      return [.object(line)]
    case .held(let decision, let moment):
      return [.object(JournalEntry.line("held", moment, decision, place))]
    case .withdrawn(let decision, let why, let moment):
      var line = JournalEntry.line("withdrawn", moment, decision, place)
      line["detail"] = .string(why)
      return [.object(line)]
    case .planned(let batch, let decisions, let moment):
      return decisions.map { decision in
        var line = JournalEntry.line("planned", moment, decision, place)
        line["batch"] = .string(batch.text)
        return .object(line)
      }
    }
  }

  private static func line(
    _ phase: String,
    _ moment: Timestamp,
    _ decision: Decision,
    _ place: JournalPlace
  ) -> JSONObject {
    let run = decision.subject.run
    var line: JSONObject = [
      "at": .string(moment.iso8601), "phase": .string(phase), "key": .string(decision.id.text),
      "verb": .string(decision.verb.word), "workflow_id": .string(run.workflow.text),
      "workflow_name": .string(decision.title), "run_id": .string(run.run.text),
      "decided_at": .string(decision.madeAt.iso8601), "profile": .string(place.profile),
      "url": .string(place.url),
    ]
    line["tenant"] = place.tenant.map { .string($0) }
    line["project"] = place.project.map { .string($0) }
    if case .task(let task) = decision.subject { line["task_id"] = .string(task.task.text) }
    if let seen = decision.seen {
      line["saw_status"] = (seen.status?.word).map { .string($0) }
      line["saw_event"] = seen.lastEvent.map { .int($0) }
      let digest = seen.payload.map { Digest.of(.object($0)) } ?? seen.digest
      line["saw_payload"] = digest.map { .string($0) }
    }
    let conditions = decision.conditions
    line["if_status"] = conditions.statuses.map {
      .array($0.map(\.word).sorted().map { .string($0) })
    }
    line["if_seq"] = conditions.lastEvent.map { .int($0) }
    if decision.insists { line["insists"] = true }
    if JournalEntry.keeps(decision.fields) {
      if !decision.fields.isEmpty { line["fields"] = .object(decision.fields) }
      line["fields_digest"] = decision.fieldsDigest.map { .string($0) }
    } else {
      line["fields_digest"] = .string(Digest.of(.object(decision.fields)))
    }
    return line
  }

  /// The longest text of fields that a line holds, in bytes; of longer ones it has the digest.
  package static let fieldsBound = 1 << 20

  private static func keeps(_ fields: JSONObject) -> Bool {
    fields.isEmpty || JSONWriter.bytes(.object(fields)).count <= fieldsBound
  }
}

/// What became of a decision, in the journal's word.
package enum OutcomeWord: String, Sendable, Hashable, CaseIterable {
  case done
  case changed
  case refused
  case notSent = "not sent"
  case unknown
}

extension Outcome {
  /// The journal's word for an outcome, and a sentence where there is more to say.
  package var record: (word: OutcomeWord, detail: String?) {
    switch self {
    case .done(let confirmation): (.done, confirmation.status?.word)
    case .changed(let change): (.changed, change.sentence)
    case .refused(let refusal): (.refused, refusal.sentence)
    case .notSent(let fault): (.notSent, fault.sentence)
    case .unknown(let fault): (.unknown, fault.sentence)
    }
  }
}

extension Change {
  /// What changed, in one sentence without a time.
  package var sentence: String { sentence { _ in nil } }

  /// What changed, in one sentence; `ago` says how long a moment is past: `20s ago`.
  package func sentence(ago: (Timestamp) -> String?) -> String {
    switch self {
    case .status(let saw, let now):
      let before = saw.map { ", you saw it \($0.word)" } ?? ""
      let by = now.statusBy.map { " by \($0)" } ?? ""
      let when = now.statusAt.flatMap(ago).map { " \($0)" } ?? ""
      return "it is now \(now.status.word)\(by)\(by.isEmpty ? "" : when)\(before)"
    case .payload: return "the task asks something else now"
    case .answered(let by, let moment, let approved):
      let word = approved.map { $0 ? "approved" : "rejected" } ?? "answered"
      let who = by.map { " by \($0)" } ?? ""
      let when = moment.flatMap(ago).map { " \($0)" } ?? ""
      return "already \(word)\(who)\(when)"
    case .events(let wanted, let newest):
      return "its newest event is \(newest) now, not \(wanted)"
    case .gone: return "it is no longer there"
    }
  }
}

/// A short name for a value: equal values have equal digests, whatever the order of their keys.
package enum Digest {
  /// 64-bit FNV-1a over the canonical text, in hexadecimal.
  ///
  /// It names; it does not protect.
  package static func of(_ value: JSONValue) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in JSONWriter.text(value, .canonical).utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
