import JSON
import Runs
import Synchronization

/// A run that has not ended: its state, its attempts in flight, and the mailbox that all that happens
/// to it goes through, one thing at a time.
///
/// Each thing is decided on a copy of the state, made durable, and only then believed, acted on and
/// answered. So nothing is ever acknowledged, or begun, that a crash could take back.
actor LiveRun {
  /// Something that is to happen to the run.
  typealias Transition = @Sendable (inout RunMachine) throws(Rejection) -> Void
  /// Makes the record of the answer from the state that the transition led to.
  typealias Receipt = @Sendable (RunState) -> StoredAnswer

  private struct Message: Sendable {
    var transition: Transition
    var receipt: Receipt?
    /// Nil for what happens by itself: such a thing cannot be refused, only tried again.
    var reply: CheckedContinuation<Result<RunState, Rejection>?, Never>?
  }

  /// What all runs share.
  struct Surroundings: Sendable {
    var store: Store
    var clock: RuntimeClock
    var rules: RunMachine.Rules
    var executors: [String: any StepExecutor]
    var permits: Permits
    /// Takes sentences that nobody asked for, such as that the disk is full.
    var report: @Sendable (String) -> Void
  }

  private var state: RunState
  private let surroundings: Surroundings
  private var isNew: Bool
  private var flights: [String: Task<Void, Never>] = [:]
  private var alarm: (at: Timestamp, task: Task<Void, Never>)?
  private let isAbandoned = Atomic(false)
  private let inbox: AsyncStream<Message>
  private nonisolated let mailbox: AsyncStream<Message>.Continuation

  /// A run that is not looked after yet; ``live()`` does that.
  init(_ state: RunState, isNew: Bool, surroundings: Surroundings) {
    self.state = state
    self.isNew = isNew
    self.surroundings = surroundings
    (inbox, mailbox) = AsyncStream.makeStream()
  }

  /// Lets something happen by itself.
  nonisolated func post(_ transition: @escaping Transition) {
    mailbox.yield(Message(transition: transition, receipt: nil, reply: nil))
  }

  /// Lets something happen that somebody asked for, once it is durable.
  /// - Returns: The state that it led to; nil when the run has ended before it could be looked at.
  nonisolated func perform(
    receipt: Receipt? = nil,
    _ transition: @escaping Transition
  ) async throws(Rejection) -> RunState? {
    let outcome = await withCheckedContinuation { reply in
      let message = Message(transition: transition, receipt: receipt, reply: reply)
      if case .terminated = mailbox.yield(message) { reply.resume(returning: nil) }
    }
    return try outcome?.get()
  }

  /// Looks after the run until it has ended or the runtime shuts down.
  func live() async {
    for await message in inbox {
      await handle(message)
      if state.run.status.isTerminal { mailbox.finish() }
    }
    alarm?.task.cancel()
    for flight in flights.values { flight.cancel() }
    for flight in flights.values { await flight.value }
  }

  /// Ends the looking after, leaving the run as it is on the disk; attempts in flight are ended.
  nonisolated func abandon() {
    isAbandoned.store(true, ordering: .sequentiallyConsistent)
    mailbox.finish()
  }

  // MARK: One thing at a time

  private func handle(_ message: Message) async {
    while true {
      var machine = RunMachine(
        state,
        rules: surroundings.rules,
        now: surroundings.clock.now(),
        newID: surroundings.clock.newID
      )
      do throws(Rejection) {
        try message.transition(&machine)
      } catch {
        message.reply?.resume(returning: .failure(error))
        return
      }
      let (next, change) = machine.finish()
      do throws(StoreMistake) {
        try await write(next, change, message.receipt)
      } catch {
        if let reply = message.reply {
          reply.resume(returning: .failure(.unwritable(error)))
          return
        }
        // It has happened, whether it can be written or not: wait until it can.
        surroundings.report(error.sentence)
        guard (try? await surroundings.clock.sleep(.seconds(1))) != nil,
          !isAbandoned.load(ordering: .sequentiallyConsistent)
        else { return }
        continue
      }
      state = next
      for action in change.actions { carryOut(action) }
      setAlarm()
      message.reply?.resume(returning: .success(next))
      return
    }
  }

  private func write(
    _ next: RunState,
    _ change: RunChange,
    _ receipt: Receipt?
  ) async throws(StoreMistake) {
    guard !change.isEmpty || receipt != nil else { return }
    var write = RunWrite(run: next.run)
    write.isNew = isNew
    write.excluded = next.excluded
    write.events = change.events
    write.steps = next.steps.filter { change.steps.contains($0.key) }
    write.tasks = next.tasks.filter { change.tasks.contains($0.key) }.map(\.value)
    write.answer = receipt?(next)
    try await surroundings.store.save(write)
    isNew = false
  }

  private func carryOut(_ action: RunAction) {
    switch action {
    case .cancel(let step): flights[step]?.cancel()
    case .execute(let call):
      let surroundings = surroundings
      let previous = flights[call.step.id]
      flights[call.step.id] = Task { [self] in
        // An attempt that was cancelled may still be ending; two of one step never overlap.
        await previous?.value
        let outcome = await surroundings.permits.use {
          await Self.execute(call, surroundings) { note in
            post { machine throws(Rejection) in
              machine.note(call.step.id, attempt: call.attempt, note)
            }
          }
        }
        guard let outcome else { return }
        post { machine throws(Rejection) in
          switch outcome {
          case .success(let result):
            machine.succeed(call.step.id, attempt: call.attempt, result: result)
          case .failure(let failure):
            machine.fail(call.step.id, attempt: call.attempt, failure)
          }
        }
      }
    }
  }

  private static func execute(
    _ call: StepCall,
    _ surroundings: Surroundings,
    note: @Sendable (StepNote) -> Void
  ) async -> Result<JSONValue, StepFailure> {
    guard let executor = surroundings.executors[call.step.type.word] else {
      return .failure(
        StepFailure(
          code: "DEPENDENCY_UNAVAILABLE",
          message: "this runtime does not execute steps of type \(call.step.type.word)"
        )
      )
    }
    do throws(StepFailure) {
      return .success(try await executor.execute(call, note: note))
    } catch {
      return .failure(error)
    }
  }

  /// Wakes the run at the next moment at which something is due by itself.
  private func setAlarm() {
    let wake = state.nextWake
    guard wake != alarm?.at else { return }
    alarm?.task.cancel()
    alarm = nil
    guard let wake else { return }
    let clock = surroundings.clock
    let task = Task { [weak self] in
      let rest = max(.zero, wake - clock.now())
      guard (try? await clock.sleep(rest)) != nil, !Task.isCancelled else { return }
      self?.post { machine throws(Rejection) in machine.tick() }
      await self?.forgetAlarm(at: wake)
    }
    alarm = (wake, task)
  }

  /// The alarm has gone off: one for the same moment may be set again.
  private func forgetAlarm(at moment: Timestamp) {
    if alarm?.at == moment { alarm = nil }
  }
}

extension Rejection {
  /// 503: what was asked for could not be made durable, so it did not happen.
  static func unwritable(_ mistake: StoreMistake) -> Rejection {
    if mistake.kind == .exists { return Rejection(409, "CONFLICT", mistake.sentence) }
    return Rejection(503, "DEPENDENCY_UNAVAILABLE", mistake.sentence)
  }
}
