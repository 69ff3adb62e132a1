package import Runs

/// Sentences about what programs that ended too early had decided.
package enum UnfinishedWords {
  /// How many decisions are named in one notice.
  private static let named = 3

  /// A decision and what became of it, one sentence.
  package static func sentence(
    _ settled: Unfinished.Settled,
    zone: Zone,
    at now: Timestamp
  ) -> String {
    "\(name(settled.record, zone: zone, at: now)): \(fate(settled.outcome, at: now))"
  }

  /// What was decided, and when: `approve refund 9b1d6a02, decided 14:03`.
  private static func name(_ record: JournalRecord, zone: Zone, at now: Timestamp) -> String {
    let decision = record.decision
    let subject = "\(decision.title) \(decision.subject.run.run.short)"
    let when = moment(decision.madeAt, zone: zone, at: now)
    return "\(decision.verb.word) \(subject), decided \(when)"
  }

  /// That decisions were never sent, one sentence; nil when there are none.
  package static func unsent(
    _ records: [JournalRecord],
    zone: Zone,
    at now: Timestamp
  ) -> String? {
    guard !records.isEmpty else { return nil }
    let told = records.suffix(named).map { name($0, zone: zone, at: now) }
    let rest = records.count - told.count
    let more = rest > 0 ? "; \(rest) more \(rest == 1 ? "is" : "are") in the journal" : ""
    return "not sent, since the program ended inside the undo window: "
      + "\(told.joined(separator: "; "))\(more)"
  }

  /// All of it in one notice.
  /// - Parameters:
  ///   - unfinished: What was found.
  ///   - offer: What there is to do about decisions that were never sent.
  ///   - zone: The operator's.
  ///   - now: The present.
  /// - Returns: The notice; nil when there is nothing to tell.
  static func notice(
    _ unfinished: Unfinished,
    offer: String?,
    zone: Zone,
    at now: Timestamp
  ) -> Notice? {
    // What can be done about it comes first: a small screen cuts the end.
    var parts = offer.map { [$0] } ?? []
    if let unsent = unsent(unfinished.unsent, zone: zone, at: now) { parts.append(unsent) }
    let settled = unfinished.settled
    if !settled.isEmpty {
      let told = settled.suffix(named).map { sentence($0, zone: zone, at: now) }
      let rest = settled.count - told.count
      let more = rest > 0 ? "; \(rest) more \(rest == 1 ? "is" : "are") in the journal" : ""
      parts.append(
        "found open, since the program ended: \(told.joined(separator: "; "))\(more)"
      )
    }
    parts += unfinished.remarks
    guard !parts.isEmpty else { return nil }
    return Notice(text: parts.joined(separator: "; "), tone: tone(unfinished))
  }

  private static func tone(_ unfinished: Unfinished) -> Notice.Tone {
    let isAllDone = unfinished.settled.allSatisfy { settled in
      if case .success(.done) = settled.outcome { true } else { false }
    }
    let isAllSent = unfinished.planned.isEmpty && unfinished.unsent.isEmpty
    return isAllDone && isAllSent && unfinished.remarks.isEmpty ? .good : .bad
  }

  private static func fate(_ outcome: Result<Outcome, Fault>, at now: Timestamp) -> String {
    switch outcome {
    case .success(.done(let confirmation)):
      let by = confirmation.by.map { ", by \($0)" } ?? ""
      let status = confirmation.status.map { "; the run is \($0.word)" } ?? ""
      return "done, as the server shows\(by)\(status)"
    case .success(.changed(let change)): return "not done: \(change.sentence(at: now))"
    case .success(.refused(let refusal)): return "refused: \(refusal.sentence)"
    case .success(.notSent(let fault)): return "not sent: \(fault.sentence)"
    case .success(.unknown(let fault)): return "nobody knows: \(fault.sentence)"
    case .failure(let fault): return "still open, it could not be read back: \(fault.sentence)"
    }
  }

  /// The time of day, behind the day when that is another one.
  private static func moment(_ moment: Timestamp, zone: Zone, at now: Timestamp) -> String {
    let then = CalendarTime(moment, offset: zone.offset)
    let clock = then.clock().prefix(5)
    return then.date == CalendarTime(now, offset: zone.offset).date
      ? "\(clock)" : "\(then.date) \(clock)"
  }
}
