internal import JSON
package import Runs
internal import RuntimeAPI

/// Carries one decision out: reads again, has it journalled, sends it once, reads what became of it.
///
/// It does nothing itself: it takes answers and the time, and gives ``Move``s. Whatever happens, the
/// command leaves at most once.
package struct CommandJob: Sendable {
  /// What is to be done about a decision.
  package enum Purpose: Sendable, Equatable {
    /// It was never sent: it is, when things are as they were seen.
    case send
    /// It was sent at this moment, and nobody knows what became of it: it is sent again, under the
    /// same key, only where reading shows that it was not done.
    case again(sentAt: Timestamp)
    /// It was sent at about this moment and is not again: what became of it is read. `later` when
    /// another program sent it.
    case readBack(sentAt: Timestamp, later: Bool)
  }

  /// The pauses before reading again what a command has led to.
  package static let confirmPauses: [Duration] = [
    .milliseconds(300), .milliseconds(700), .milliseconds(1500),
  ]

  /// The longest of them.
  package static var longestPause: Duration { confirmPauses.max() ?? .zero }

  private enum State: Sendable {
    case idle
    /// The guard: what was decided on is read again.
    case guarding(any Job<Standing>)
    case recording
    case sending
    /// What became of it is read.
    case reading(any Job<Standing>)
    /// Runs that a start may have made are looked for; then the start is sent, or given up.
    case seeking(any Job<Listed>, thenSend: Bool)
    case pausing(until: Timestamp)
    case finished
  }

  /// The decision.
  package let decision: Decision
  /// What is done about it.
  package let purpose: Purpose
  /// What was learnt about the server on the way.
  package private(set) var learnt: Knowledge
  /// Whether the journal has the line that precedes sending; nil when none was needed.
  package private(set) var wasRecorded: Bool?
  /// When it was sent, by this job or before it; nil when it was not.
  package private(set) var sentAt: Timestamp?
  /// Whether what became of it was read at least once.
  package var isRead: Bool { standing != nil || candidates != nil }

  private let backend: any Backend
  private var state = State.idle
  /// What the server answered to the command.
  private var verdict: Verdict?
  private var reads = 0
  /// The last reading after the command, and why the last try brought none.
  private var standing: Standing?
  private var fault: Fault?
  /// Runs that a start of which nothing is known may have made; nil when none were looked for.
  private var candidates: [Run]?
  /// The server's clock less ours.
  private var skew = Duration.zero
  private var offset = 0

  /// A decision about to be carried out.
  /// - Parameters:
  ///   - decision: What was decided.
  ///   - purpose: What is to be done about it.
  ///   - backend: How the server is spoken to.
  ///   - knowledge: What is known of it.
  package init(
    _ decision: Decision,
    for purpose: Purpose = .send,
    backend: any Backend,
    knowledge: Knowledge = Knowledge()
  ) {
    self.decision = decision
    self.purpose = purpose
    self.backend = backend
    learnt = knowledge
  }

  /// The first moves.
  ///
  /// A start is bound to nothing that was seen, so nothing is read before the first one.
  package mutating func begin(now: Timestamp) -> [Move] {
    switch purpose {
    case .readBack(let sentAt, _):
      self.sentAt = sentAt
      verdict = .lost(CommandJob.silence)
      return readBack(now)
    case .again(let sentAt): self.sentAt = sentAt
    case .send: break
    }
    if let refusal = Guard.refusal(decision.verb, backend.capabilities) {
      return finish(.refused(refusal))
    }
    if decision.verb == .start {
      if purpose == .send { return record(now) }
      if !backend.capabilities.takesRunID { return seek(thenSend: true) }
    }
    var job = backend.standing(decision, knowledge: learnt)
    let asks = numbered(job.begin())
    state = .guarding(job)
    return [.stage(.readingAgain)] + asks + settleGuard(now)
  }

  /// Takes the answer to a call.
  package mutating func receive(_ answer: Answer, for number: Int) -> [Move] {
    skew = answer.clockSkew ?? skew
    switch state {
    case .guarding(var job):
      let asks = numbered(job.receive(answer, for: number - offset))
      state = .guarding(job)
      return asks + settleGuard(answer.receivedAt)
    case .sending where number == offset:
      let verdict = backend.verdict(answer, on: decision)
      self.verdict = verdict
      return act(on: verdict, answer.receivedAt)
    case .reading(var job):
      let asks = numbered(job.receive(answer, for: number - offset))
      state = .reading(job)
      return asks + settleReading(answer.receivedAt)
    case .seeking(var job, let thenSend):
      let asks = numbered(job.receive(answer, for: number - offset))
      state = .seeking(job, thenSend: thenSend)
      return asks + settleSeeking(answer.receivedAt)
    case .idle, .recording, .sending, .pausing, .finished: return []
    }
  }

  /// Takes what the journal said of the line.
  package mutating func recorded(_ fault: Fault?, now: Timestamp) -> [Move] {
    guard case .recording = state else { return [] }
    wasRecorded = fault == nil
    if let fault, !decision.allowsUnrecorded { return finish(unsent(fault)) }
    state = .sending
    sentAt = now
    offset += CommandJob.numbersPerRead
    return [.stage(.sending), .ask(Ask(offset, backend.command(decision)))]
  }

  /// Goes on after a pause that is over.
  package mutating func wake(now: Timestamp) -> [Move] {
    guard case .pausing(let until) = state, now >= until else { return [] }
    return readBack(now)
  }

  // MARK: The guard

  private mutating func settleGuard(_ now: Timestamp) -> [Move] {
    guard case .guarding(let job) = state, let result = job.result else { return [] }
    learnt.merge(job.learnt)
    switch result {
    case .failure(let fault):
      // Neither what is made a condition nor what came of it before can be told without reading.
      guard decision.insists, decision.conditions.isEmpty, purpose == .send else {
        return finish(unsent(fault))
      }
      return record(now)
    case .success(let standing):
      if purpose != .send {
        let look = aftermath(.lost(CommandJob.silence), standing)
        if let outcome = look.settled { return finish(outcome) }
        guard look.evidence == .notShown else { return finish(look.givenUp) }
        // A server that takes no id of ours may have given the run another one.
        if decision.verb == .start { return seek(thenSend: true) }
      }
      if let outcome = Guard.objection(to: decision, standing) { return finish(outcome) }
      return record(now)
    }
  }

  private mutating func record(_ now: Timestamp) -> [Move] {
    state = .recording
    return [.stage(.recording), .record(.sending(decision, at: now))]
  }

  /// What is said when nothing is sent now: of a decision that was sent before, that is not all.
  private func unsent(_ fault: Fault) -> Outcome {
    guard purpose == .send else {
      return .unknown(Fault(fault.kind, "it was not sent again: \(fault.sentence)"))
    }
    return .notSent(fault)
  }

  // MARK: What became of it

  private mutating func act(on verdict: Verdict, _ now: Timestamp) -> [Move] {
    switch verdict {
    case .refused(let refusal): return finish(.refused(refusal))
    case .notSent(let fault): return finish(unsent(fault))
    case .accepted, .conflict, .missing, .broken, .lost:
      if decision.verb == .start, !backend.capabilities.takesRunID, !verdict.namesRun {
        // There is nothing to read by: what runs there are is looked at once it can be seen.
        return [.stage(.confirming)] + pause(CommandJob.longestPause, now)
      }
      return [.stage(.confirming)] + readBack(nil)
    }
  }

  private mutating func pause(_ length: Duration, _ now: Timestamp) -> [Move] {
    let until = now + length
    state = .pausing(until: until)
    return [.wait(until: until)]
  }

  private mutating func readBack(_ now: Timestamp?) -> [Move] {
    if decision.verb == .start, !backend.capabilities.takesRunID, verdict?.namesRun != true {
      return seek(thenSend: false)
    }
    reads += 1
    offset += CommandJob.numbersPerRead
    var job = backend.standing(decision.confirming(verdict), knowledge: learnt)
    let asks = numbered(job.begin())
    state = .reading(job)
    guard let now else { return asks }
    return asks + settleReading(now)
  }

  private mutating func settleReading(_ now: Timestamp) -> [Move] {
    guard case .reading(let job) = state, let result = job.result, let verdict else { return [] }
    learnt.merge(job.learnt)
    switch result {
    case .success(let standing): self.standing = standing
    case .failure(let fault): self.fault = fault
    }
    let look = aftermath(verdict, standing)
    if let outcome = look.settled { return finish(outcome) }
    if reads <= CommandJob.confirmPauses.count, mayComeYet(now) {
      return pause(CommandJob.confirmPauses[reads - 1], now)
    }
    if look.mayBeAnotherRun { return seek(thenSend: false) }
    return giveUp(look)
  }

  /// Whether a command that was sent may still be on its way, or at work.
  private func mayComeYet(_ now: Timestamp) -> Bool {
    guard case .readBack(let sentAt, _) = purpose else { return true }
    let age = now - sentAt
    return age >= .zero && age < Aftermath.patience
  }

  /// What is said when reading has not told; what could not be read at all stays open.
  private mutating func giveUp(_ look: Aftermath) -> [Move] {
    if case .readBack = purpose, !isRead {
      state = .finished
      return [.leave(fault ?? CommandJob.silence)]
    }
    return finish(look.givenUp)
  }

  // MARK: Runs that a start may have made

  private mutating func seek(thenSend: Bool) -> [Move] {
    offset += CommandJob.numbersPerRead
    var job = backend.list(.runs(workflow: decision.subject.run.workflow))
    let asks = numbered(job.begin())
    state = .seeking(job, thenSend: thenSend)
    return asks
  }

  private mutating func settleSeeking(_ now: Timestamp) -> [Move] {
    guard case .seeking(let job, let thenSend) = state, let result = job.result else { return [] }
    switch result {
    case .success(let listed):
      if case .runs(let runs) = listed.items {
        candidates = decision.candidates(among: runs, sentAt: sentAt ?? now, skew: skew)
      }
    case .failure(let fault):
      self.fault = fault
      if thenSend { return finish(unsent(fault)) }
    }
    let look = aftermath(verdict ?? .lost(CommandJob.silence), standing)
    if thenSend, candidates?.isEmpty == true { return record(now) }
    return giveUp(look)
  }

  private func aftermath(_ verdict: Verdict, _ standing: Standing?) -> Aftermath {
    Aftermath(
      decision: decision,
      verdict: verdict,
      standing: standing,
      sentAt: purpose == .send ? nil : sentAt,
      skew: skew,
      candidates: candidates
    )
  }

  private mutating func finish(_ outcome: Outcome) -> [Move] {
    state = .finished
    return [.finish(outcome)]
  }

  /// What is known of a command whose sender is gone.
  private static let silence = Fault(.unreachable, "no answer to it came")

  /// Each reading numbers its calls from one; together they must not collide, since an answer may
  /// come late.
  private static let numbersPerRead = 1000

  private func numbered(_ asks: [Ask]) -> [Move] {
    asks.map { .ask(Ask($0.number + offset, $0.call, etag: $0.etag)) }
  }
}

extension Verdict {
  /// Whether the server has named the run of a start.
  fileprivate var namesRun: Bool { if case .accepted(_?) = self { true } else { false } }
}

extension Decision {
  /// The decision as it is to be looked for after the answer: a server may have named a start's run
  /// otherwise.
  fileprivate func confirming(_ verdict: Verdict?) -> Decision {
    guard case .start(let run) = subject, case .accepted(let id?) = verdict else { return self }
    var decision = self
    decision.subject = .start(RunReference(workflow: run.workflow, run: id))
    return decision
  }

  /// The runs that a start may have made under another name: of its workflow, begun when it was
  /// sent or shortly after, with its input where the server tells it.
  fileprivate func candidates(
    among runs: [Run],
    sentAt: Timestamp,
    skew: Duration
  ) -> [Run] {
    runs.filter { run in
      guard run.id != subject.run.run, run.workflow ?? subject.run.workflow == subject.run.workflow,
        let began = run.createdAt ?? run.startedAt,
        Aftermath.isWithin(began, of: sentAt, skew: skew)
      else { return false }
      return run.input.map { input in
        fieldsDigest.map { $0 == Digest.of(input) } ?? (input == .object(fields))
      } ?? true
    }
  }
}
