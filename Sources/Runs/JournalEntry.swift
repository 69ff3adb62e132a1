package import JSON

/// A line of the journal: what is about to be sent, or what became of it.
///
/// A decision whose first line has no second one is open: it was sent, or not, and only reading can
/// tell.
package enum JournalEntry: Sendable, Equatable {
  /// Written and synced before anything goes out.
  case sending(Decision, at: Timestamp)
  /// What became of it.
  case settled(Decision, Outcome, at: Timestamp)

  /// The line as JSON.
  package var json: JSONValue {
    switch self {
    case .sending(let decision, let moment):
      return .object(JournalEntry.record(decision, "sending", moment))
    case .settled(let decision, let outcome, let moment):
      var record = JournalEntry.record(decision, "settled", moment)
      let (word, detail) = outcome.record
      record["outcome"] = .string(word)
      record["detail"] = detail.map { .string($0) }
      record["latency_ms"] = .int(Int((moment - decision.madeAt).inMilliseconds))
      return .object(record)
    }
  }

  private static func record(
    _ decision: Decision,
    _ phase: String,
    _ moment: Timestamp
  ) -> JSONObject {
    var record: JSONObject = [
      "at": .string(moment.iso8601), "phase": .string(phase), "key": .string(decision.id.text),
      "verb": .string(decision.verb.word),
      "workflow_id": .string(decision.subject.run.workflow.text),
      "workflow_name": .string(decision.title),
      "run_id": .string(decision.subject.run.run.text),
      "decided_at": .string(decision.madeAt.iso8601),
    ]
    if case .task(let task) = decision.subject { record["task_id"] = .string(task.task.text) }
    if let seen = decision.seen {
      record["saw_status"] = (seen.status?.word).map { .string($0) }
      record["saw_event"] = seen.lastEvent.map { .int($0) }
      record["saw_payload"] = seen.payload.map { .string(Digest.of(.object($0))) }
    }
    if !decision.fields.isEmpty { record["fields"] = .object(decision.fields) }
    return record
  }
}

extension Outcome {
  /// The journal's word for an outcome, and a sentence where there is more to say.
  package var record: (word: String, detail: String?) {
    switch self {
    case .done(let confirmation): ("done", confirmation.status?.word)
    case .changed(let change): ("changed", change.sentence)
    case .refused(let refusal): ("refused", refusal.sentence)
    case .notSent(let fault): ("not sent", fault.sentence)
    case .unknown(let fault): ("unknown", fault.sentence)
    }
  }
}

extension Change {
  /// What changed, in one sentence without a time.
  package var sentence: String {
    switch self {
    case .status(let saw, let now):
      let before = saw.map { ", you saw it \($0.word)" } ?? ""
      let by = now.statusBy.map { " by \($0)" } ?? ""
      return "it is now \(now.status.word)\(by)\(before)"
    case .payload: return "the task asks something else now"
    case .answered(let by, _, let approved):
      let word = approved.map { $0 ? "approved" : "rejected" } ?? "answered"
      return by.map { "already \(word) by \($0)" } ?? "already \(word)"
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
