import JSON
import Runs

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
    /// The number of who waits for an answer; nil for what happens by itself: such a thing cannot be
    /// refused, only tried again.
    var number: Int?
  }

  /// An attempt in flight.
  private struct Flight {
    var number: Int
    var task: Task<Void, Never>
    /// Of a called workflow: ends once its run is there, or cannot be.
    var start: Task<StepFailure?, Never>?
    /// Of what an executor does: whether it is begun.
    var departure: Departure?
  }

  /// What all runs share.
  struct Surroundings: Sendable {
    var store: Store
    var clock: RuntimeClock
    var rules: RunMachine.Rules
    var ledger: Ledger
    var executors: [String: any StepExecutor]
    var permits: Permits
    /// Takes sentences that nobody asked for, such as that the disk is full.
    var report: @Sendable (String) -> Void
  }

  private var state: RunState
  private let surroundings: Surroundings
  private var isNew: Bool
  private let children: any ChildRuns
  /// Attempts in flight, by ``StepPlace/text``.
  private var flights: [String: Flight] = [:]
  private var alarm: (at: Timestamp, task: Task<Void, Never>)?
  private var flightCount = 0
  private nonisolated let replies = Replies()
  private let inbox: AsyncStream<Message>
  private nonisolated let mailbox: AsyncStream<Message>.Continuation

  /// A run that is not looked after yet; ``live()`` does that.
  init(
    _ state: RunState,
    isNew: Bool,
    surroundings: Surroundings,
    children: any ChildRuns
  ) {
    self.state = state
    self.isNew = isNew
    self.surroundings = surroundings
    self.children = children
    (inbox, mailbox) = AsyncStream.makeStream()
  }

  /// Lets something happen by itself.
  nonisolated func post(_ transition: @escaping Transition) {
    mailbox.yield(Message(transition: transition, receipt: nil, number: nil))
  }

  /// Lets something happen that somebody asked for, once it is durable.
  /// - Returns: The state that it led to; nil when the run has ended before it could be looked at.
  nonisolated func perform(
    receipt: Receipt? = nil,
    _ transition: @escaping Transition
  ) async throws(Rejection) -> RunState? {
    let outcome = await withCheckedContinuation { reply in
      guard let number = replies.enter(reply) else { return }
      let message = Message(transition: transition, receipt: receipt, number: number)
      if case .terminated = mailbox.yield(message) {
        replies.take(number)?.resume(returning: nil)
      }
    }
    return try outcome?.get()
  }

  /// Looks after the run until it has ended or the runtime shuts down.
  func live() async {
    var ending: Task<Void, Never>?
    for await message in inbox {
      await handle(message)
      if state.run.status.isTerminal, ending == nil { ending = Task { await end() } }
    }
    await ending?.value
    replies.leave()
    alarm?.task.cancel()
    for flight in flights.values { flight.task.cancel() }
    for flight in flights.values { await flight.task.value }
    let none = Credits(microcredits: 0)
    surroundings.ledger.giveBack(
      wanted: none,
      owed: none,
      held: state.held.values.reduce(none, +)
    )
  }

  /// Ends the looking after of a run that has ended, once its attempts have: what left while they were
  /// being cancelled is still to be written.
  private func end() async {
    for flight in flights.values { flight.task.cancel() }
    for flight in flights.values { await flight.task.value }
    mailbox.finish()
  }

  /// Ends the looking after, leaving the run as it is on the disk; attempts in flight are ended.
  nonisolated func abandon() {
    replies.end()
    mailbox.finish()
  }

  // MARK: One thing at a time

  private func handle(_ message: Message) async {
    let reply = message.number.flatMap { replies.take($0) }
    // Refused while it waited.
    if message.number != nil, reply == nil { return }
    // Nothing more is written or begun.
    guard !replies.isOver else {
      reply?.resume(returning: nil)
      return
    }
    while true {
      var machine = RunMachine(
        state,
        rules: surroundings.rules,
        funds: surroundings.ledger.rest,
        now: surroundings.clock.now(),
        newID: surroundings.clock.newID
      )
      do throws(Rejection) {
        try message.transition(&machine)
      } catch {
        reply?.resume(returning: .failure(error))
        return
      }
      let (next, change) = machine.finish()
      // Another run has spent meanwhile what this one counted on: decided anew with what is left.
      guard
        surroundings.ledger.take(wanted: change.wanted, owed: change.owed, held: change.held)
      else { continue }
      do throws(StoreMistake) {
        try await write(next, change, message.receipt)
      } catch {
        surroundings.ledger.giveBack(wanted: change.wanted, owed: change.owed, held: change.held)
        if let reply {
          reply.resume(returning: .failure(.unwritable(error)))
          return
        }
        guard await mayTryAgain(error) else { return }
        continue
      }
      replies.recover()
      state = next
      for action in change.actions { carryOut(action) }
      setAlarm()
      reply?.resume(returning: .success(next))
      return
    }
  }

  /// Waits for a better moment to write what has happened, whether it can be written or not.
  private func mayTryAgain(_ mistake: StoreMistake) async -> Bool {
    surroundings.report(mistake.sentence)
    guard mistake.kind != .exists else {
      // No moment is better for what contradicts what is there.
      surroundings.report("the run \(state.run.id.text) is left as it is until the next start")
      abandon()
      return false
    }
    replies.refuse(because: mistake)
    return await replies.pause(surroundings.clock)
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
    write.mayCallTools = next.mayCallTools
    write.events = change.events
    if isNew || change.hasNewTriggerSteps { write.triggerSteps = next.triggerSteps }
    write.steps = change.steps.reduce(into: [:]) { $0[$1.key.text] = $1.value }
    write.tasks = next.tasks.filter { change.tasks.contains($0.key) }.map(\.value)
    for event in change.events {
      guard let id = event.step?.text else { continue }
      write.stepTypes[id] = next.graph.stepType(ofEvents: id)?.word
    }
    write.answer = receipt?(next)
    try await surroundings.store.save(write)
    isNew = false
  }

  private func carryOut(_ action: RunAction) {
    switch action {
    case .cancel(let place): flights[place.text]?.task.cancel()
    case .goOn: post { machine throws(Rejection) in machine.tick() }
    case .callOff:
      for flight in flights.values where flight.departure?.callOff() ?? false {
        flight.task.cancel()
      }
    case .execute(let call): execute(call)
    case .call(let call): start(call)
    case .stopChild(let call, let mode, let name):
      let start = flights[call.parent.place.text]?.start
      let children = children
      Task {
        // What is not there yet cannot be stopped.
        _ = await start?.value
        await children.stop(call, mode, by: name)
      }
    }
  }

  private func execute(_ call: StepCall) {
    let surroundings = surroundings
    let place = StepPlace(text: call.place)
    let departure = Departure()
    fly(place, departure: departure) { [self] in
      let outcome = await surroundings.permits.use { () -> Result<JSONValue, StepFailure>? in
        guard departure.begin() else { return nil }
        // A script waits for a processor behind others; its runner alone counts its time.
        if call.step.timeout != nil, call.step.type != .luaScript {
          post { machine throws(Rejection) in machine.takeOff(place, attempt: call.attempt) }
        }
        return await Self.execute(call, surroundings) { [self] note in
          post { machine throws(Rejection) in
            machine.note(place, attempt: call.attempt, note)
          }
        }
      }
      if let landed = outcome ?? nil {
        land(place, attempt: call.attempt, landed)
      } else if departure.isCalledOff {
        post { machine throws(Rejection) in machine.callOff(place, attempt: call.attempt) }
      }
    }
  }

  /// Starts a run that a step calls, and waits for its end.
  private func start(_ call: ChildCall) {
    let children = children
    let start = Task { await children.start(call) }
    let place = call.parent.place
    fly(place, start: start) { [self] in
      if let failure = await start.value {
        land(place, attempt: call.attempt, .failure(failure))
      } else if let outcome = await children.outcome(of: call) {
        land(place, attempt: call.attempt, outcome)
      }
    }
  }

  /// Makes an attempt at a place; one that was cancelled there may still be ending, and two never
  /// overlap.
  private func fly(
    _ place: StepPlace,
    start: Task<StepFailure?, Never>? = nil,
    departure: Departure? = nil,
    _ work: @escaping @Sendable () async -> Void
  ) {
    flightCount += 1
    let number = flightCount
    let previous = flights[place.text]?.task
    let task = Task { [self] in
      await previous?.value
      await work()
      forget(place, number)
    }
    flights[place.text] = Flight(number: number, task: task, start: start, departure: departure)
  }

  private func forget(_ place: StepPlace, _ number: Int) {
    if flights[place.text]?.number == number { flights[place.text] = nil }
  }

  private nonisolated func land(
    _ place: StepPlace,
    attempt: Int,
    _ outcome: Result<JSONValue, StepFailure>
  ) {
    post { machine throws(Rejection) in
      switch outcome {
      case .success(let result): machine.succeed(place, attempt: attempt, result: result)
      case .failure(let failure): machine.fail(place, attempt: attempt, failure)
      }
    }
  }

  private static func execute(
    _ call: StepCall,
    _ surroundings: Surroundings,
    note: @escaping @Sendable (StepNote) -> Void
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
      // The clock on the wall may be set back or forth meanwhile, so it is looked at every minute.
      repeat {
        let rest = min(max(.zero, wake - clock.now()), .seconds(60))
        guard (try? await clock.sleep(rest)) != nil, !Task.isCancelled else { return }
      } while clock.now() < wake
      // Forgotten first: what is due then may be the same moment again.
      await self?.forgetAlarm(at: wake)
      self?.post { machine throws(Rejection) in machine.tick() }
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
    var rejection = Rejection(503, "DEPENDENCY_UNAVAILABLE", mistake.sentence)
    rejection.isUnreadable = mistake.kind == .unreadable
    return rejection
  }
}
