internal import JSON
package import Runs
internal import RuntimeAPI

/// Carries one decision out: reads again, has it journalled, sends it once, reads what became of it.
///
/// It does nothing itself: it takes answers and the time, and gives ``Move``s. Whatever happens, the
/// command leaves at most once.
package struct CommandJob: Sendable {
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
    case pausing(until: Timestamp)
    case finished
  }

  /// The decision.
  package let decision: Decision
  /// What was learnt about the server on the way.
  package private(set) var learnt: Knowledge
  /// Whether the journal has the line that precedes sending; nil when none was needed.
  package private(set) var wasRecorded: Bool?

  private let backend: any Backend
  private var state = State.idle
  /// What the server answered to the command.
  private var verdict: Verdict?
  private var reads = 0
  /// The last reading after the command.
  private var standing: Standing?
  private var offset = 0

  /// A decision about to be carried out.
  /// - Parameters:
  ///   - decision: What was decided.
  ///   - backend: How the server is spoken to.
  ///   - knowledge: What is known of it.
  package init(
    _ decision: Decision,
    backend: any Backend,
    knowledge: Knowledge = Knowledge()
  ) {
    self.decision = decision
    self.backend = backend
    learnt = knowledge
  }

  /// The first moves.
  ///
  /// A start is bound to nothing that was seen, so nothing is read before it.
  package mutating func begin(now: Timestamp) -> [Move] {
    if let refusal = Guard.refusal(decision.verb, backend.capabilities) {
      return finish(.refused(refusal))
    }
    if decision.verb == .start { return record(now) }
    var job = backend.standing(decision, knowledge: learnt)
    let asks = numbered(job.begin())
    state = .guarding(job)
    return [.stage(.readingAgain)] + asks + settleGuard(now)
  }

  /// Takes the answer to a call.
  package mutating func receive(_ answer: Answer, for number: Int) -> [Move] {
    switch state {
    case .guarding(var job):
      let asks = numbered(job.receive(answer, for: number - offset))
      state = .guarding(job)
      return asks + settleGuard(answer.receivedAt)
    case .sending where number == offset:
      let verdict = backend.verdict(answer, on: decision)
      self.verdict = verdict
      return act(on: verdict)
    case .reading(var job):
      let asks = numbered(job.receive(answer, for: number - offset))
      state = .reading(job)
      return asks + settleReading(answer.receivedAt)
    case .idle, .recording, .sending, .pausing, .finished: return []
    }
  }

  /// Takes what the journal said of the line.
  package mutating func recorded(_ fault: Fault?, now: Timestamp) -> [Move] {
    guard case .recording = state else { return [] }
    wasRecorded = fault == nil
    if let fault, !decision.allowsUnrecorded { return finish(.notSent(fault)) }
    state = .sending
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
      // What cannot be read cannot show what was made a condition.
      guard decision.insists, decision.conditions.isEmpty else { return finish(.notSent(fault)) }
      return record(now)
    case .success(let standing):
      if let outcome = Guard.objection(to: decision, standing) { return finish(outcome) }
      return record(now)
    }
  }

  private mutating func record(_ now: Timestamp) -> [Move] {
    state = .recording
    return [.stage(.recording), .record(.sending(decision, at: now))]
  }

  // MARK: What became of it

  private mutating func act(on verdict: Verdict) -> [Move] {
    switch verdict {
    case .refused(let refusal): return finish(.refused(refusal))
    case .notSent(let fault): return finish(.notSent(fault))
    case .accepted, .conflict, .missing, .broken, .lost:
      return [.stage(.confirming)] + readBack(nil)
    }
  }

  private mutating func readBack(_ now: Timestamp?) -> [Move] {
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
    if case .success(let standing) = result { self.standing = standing }
    let reading = Aftermath(decision: decision, verdict: verdict, standing: standing)
    if let outcome = reading.settled { return finish(outcome) }
    guard reads <= CommandJob.confirmPauses.count else { return finish(reading.givenUp) }
    let until = now + CommandJob.confirmPauses[reads - 1]
    state = .pausing(until: until)
    return [.wait(until: until)]
  }

  private mutating func finish(_ outcome: Outcome) -> [Move] {
    state = .finished
    return [.finish(outcome)]
  }

  /// Each reading numbers its calls from one; together they must not collide, since an answer may
  /// come late.
  private static let numbersPerRead = 1000

  private func numbered(_ asks: [Ask]) -> [Move] {
    asks.map { .ask(Ask($0.number + offset, $0.call, etag: $0.etag)) }
  }
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
}
