package import Runs

extension Client {
  // MARK: What is decided

  /// Carries a decision out; decisions about one run go one after the other.
  ///
  /// One that was not sent, or of which nobody knows what became, may be given again: it keeps its
  /// key, and where it was sent it is read back first and not sent when it shows.
  package func carryOut(_ decision: Decision, now: Timestamp) {
    let isKnown =
      dispatcher.holds(decision.id)
      || flights.values.contains { $0.decision?.id == decision.id }
    guard !isKnown else { return }
    self.now = now
    dispatcher.take(decision)
    startQueued()
  }

  /// Reads back what programs that ended too early left open in their journals, without sending
  /// anything; ``ClientEvent/unfinished(_:)`` tells, in any case.
  ///
  /// Journals of programs that live, and what others are settling this moment, are left alone.
  package func settleUnfinished(now: Timestamp) {
    self.now = now
    send(nil) { [journal] in
      var (claim, contents) = journal.folder.claim(for: journal.place)
      let unsent = contents.records.filter(\.isLeftHeld).map { record in
        JournalEntry.withdrawn(record.decision, why: JournalRecord.endedInWindow, at: now)
      }
      do throws(Fault) {
        try journal.append(unsent)
      } catch {
        contents.remarks.append(error.sentence)
      }
      return ErrandResult(content: .claimed(claim, contents))
    }
  }

  /// Takes a decision back that waits its turn, or never came here, and has that on record.
  ///
  /// One that has begun goes on: only its outcome tells what became of it. One that was sent before
  /// and waits to be tried again stays on record as it is, for the next start to read back.
  package func withdraw(_ decision: Decision, why: String, now: Timestamp) {
    guard !isUnderWay(decision.id) else {
      self.now = now
      events.append(.underWay(decision))
      return
    }
    dispatcher.drop(decision.id)
    guard !dispatcher.doubts(decision.id) else {
      self.now = now
      let fault = Fault(.local, "it was not tried again; whether it was done before is not known")
      events.append(.outcome(decision, .unknown(fault), recorded: true))
      return
    }
    note(.withdrawn(decision, why: why, at: now), now: now)
    events.append(.withdrawn(decision))
  }

  /// Has it on record that a decision is made and waits in the undo window; sending it or taking it
  /// back completes the record.
  ///
  /// Should that fail, ``ClientEvent/journal(_:)`` tells; when it succeeds, nothing does.
  package func hold(_ decision: Decision, now: Timestamp) {
    note(.held(decision, at: now), now: now)
  }

  /// Has it on record that decisions are about to be sent one by one, so that a start after a crash
  /// knows which were not.
  package func plan(_ batch: BatchID, _ decisions: [Decision], now: Timestamp) {
    note(.planned(batch, decisions, at: now), now: now)
  }

  /// Finds out whether the journal can be written; ``ClientEvent/journal(_:)`` tells.
  package func probeJournal(now: Timestamp) {
    self.now = now
    record(of: nil) { [journal] () throws(Fault) in try journal.probe() }
  }

  // MARK: On the way

  func write(_ entry: JournalEntry, of id: Int) {
    record(of: id) { [journal] () throws(Fault) in try journal.append(entry) }
  }

  /// Writes what waits for nothing, and nothing waits for.
  private func note(_ entry: JournalEntry, now: Timestamp) {
    self.now = now
    notes.append(entry)
  }

  private func isUnderWay(_ id: DecisionID) -> Bool {
    flights.values.contains { $0.decision?.id == id }
  }

  func record(
    of id: Int?,
    isTold: Bool = true,
    _ work: @escaping @Sendable () throws(Fault) -> Void
  ) {
    send(id, isRecord: true) {
      do throws(Fault) {
        try work()
        return ErrandResult(content: isTold ? .recorded(nil) : .noted)
      } catch {
        return ErrandResult(content: .recorded(error))
      }
    }
  }

  func recorded(_ fault: Fault?, of id: Int) {
    guard case .command(var job) = flights[id]?.work else { return }
    if let outcome = flights[id]?.outcome {
      let isRecorded = fault == nil && job.wasRecorded ?? true
      over(id, job) { $0.ended(job, outcome, recorded: isRecorded) }
      return
    }
    let moves = job.recorded(fault, now: now)
    flights[id]?.work = .command(job)
    perform(moves, of: id)
  }

  /// Takes a decision out of flight and tells what is to be told of it.
  func over(
    _ id: Int,
    _ job: CommandJob,
    _ end: (inout Dispatcher) -> ClientEvent?
  ) {
    knowledge.merge(job.learnt)
    flights[id] = nil
    tell(end(&dispatcher))
    startQueued()
  }

  func tell(_ event: ClientEvent?) {
    if let event { events.append(event) }
  }

  /// Begins what may begin: one decision a run, few of a bulk, and what was decided singly first.
  func startQueued() {
    let underWay = flights.values.compactMap(\.decision)
    let room = BatchID.atOnce - underWay.count { $0.batch != nil }
    for order in dispatcher.next(busy: Set(underWay.map(\.subject.run)), roomForBulk: room) {
      let job = CommandJob(
        order.decision,
        for: order.purpose,
        backend: backend,
        knowledge: knowledge
      )
      launch(.command(job))
    }
  }
}
