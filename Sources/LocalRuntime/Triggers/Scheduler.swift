import JSON
import Runs

/// Starts runs when triggers come due.
///
/// When a trigger comes due next is on the disk, and a run's id follows from trigger and moment: killed
/// between the start and the note of it, the runtime makes the same start again and finds the run
/// there. It looks at the clock at least once a minute, so that one that is set, or a machine that
/// slept, is noticed.
actor Scheduler {
  private static let longestWait = Duration.seconds(60)

  /// In whose name a trigger starts a run now; throws when it may start none.
  typealias Permission = @Sendable (StoredTrigger) async throws(Rejection) -> Caller

  /// A trigger whose start met a trouble of ours, and is made again later.
  private struct Delay {
    var wait: Duration
    var until: Timestamp
  }

  private let engine: Engine
  private let report: @Sendable (String) -> Void
  private let wakes: AsyncStream<Void>
  private nonisolated let wake: AsyncStream<Void>.Continuation
  private var permission: Permission?
  private var running: Task<Void, Never>?
  private var alarm: Task<Void, Never>?
  /// By the trigger's id.
  private var delays: [String: Delay] = [:]
  /// The triggers that cannot be read and were told of.
  private var told: Set<String> = []

  /// A scheduler that does nothing before ``open()``.
  init(engine: Engine, report: @escaping @Sendable (String) -> Void) {
    self.engine = engine
    self.report = report
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Begins.
  /// - Parameter permission: Asked before each start.
  func open(permission: @escaping Permission) {
    self.permission = permission
    running = Task { await self.live() }
    look()
  }

  /// Looks again, as after a trigger was changed.
  nonisolated func look() { wake.yield() }

  /// Ends; no start is made any more.
  func shutDown() async {
    wake.finish()
    // A look in progress is not torn: half-read, the store would seem to be in trouble.
    await running?.value
    alarm?.cancel()
    await alarm?.value
  }

  private func live() async {
    for await _ in wakes {
      alarm?.cancel()
      let rest = await pass()
      let clock = engine.clock
      alarm = Task {
        guard (try? await clock.sleep(rest)) != nil else { return }
        look()
      }
    }
  }

  /// Makes the starts that are due.
  /// - Returns: How long to wait for the next look.
  private func pass() async -> Duration {
    do throws(StoreMistake) {
      var rest = Self.longestWait
      let armed = try await engine.store.armedTriggers()
      let ids = Set(armed.compactMap { try? $0.get().id })
      delays = delays.filter { ids.contains($0.key) }
      for trigger in armed {
        switch trigger {
        case .success(let trigger):
          let wait = try await settle(trigger)
          rest = min(rest, max(wait, .milliseconds(1)))
        case .failure(let unreadable):
          if told.insert(unreadable.id).inserted { report(unreadable.sentence) }
        }
      }
      return rest
    } catch {
      report(error.sentence)
      return .seconds(1)
    }
  }

  /// Does for one trigger what is due.
  /// - Returns: How long until it comes due.
  private func settle(_ old: StoredTrigger) async throws(StoreMistake) -> Duration {
    let now = engine.clock.now()
    guard let schedule = try? Schedule(cron: old.cron, zone: old.zone), let due = old.next else {
      return Self.longestWait
    }
    var trigger = old
    trigger.next = schedule.next(after: now)
    if due <= now {
      if let rest = delay(of: old, now) { return rest }
      let earliest = max(due, now - trigger.grace)
      if let slot = schedule.last(upTo: now, notBefore: earliest) {
        do throws(Rejection) {
          trigger.last = try await start(trigger, slot)
          delays[old.id] = nil
        } catch {
          // Not the trigger's fault: it stays due.
          report("trigger \(trigger.id): \(error.message)")
          return postpone(old, until: due + trigger.grace, now)
        }
      } else {
        delays[old.id] = nil
        trigger.last = .init(
          slot: due,
          reason: "missed: nobody was there within \(trigger.grace.inMilliseconds / 60_000) min"
        )
      }
    } else if let next = trigger.next, next >= due {
      return due - now
    }
    // Here too when the clock was set back: what comes first now, comes first.
    try await engine.store.replace(old, by: trigger)
    return (trigger.next ?? now + Self.longestWait) - now
  }

  /// How long a trigger is still left alone; nil when it is not.
  private func delay(of trigger: StoredTrigger, _ now: Timestamp) -> Duration? {
    guard let delay = delays[trigger.id], delay.until > now else { return nil }
    let rest = delay.until - now
    // More than that is left only when the clock was set back.
    return rest <= delay.wait ? rest : nil
  }

  /// Leaves a trigger alone for a second, and for twice as long each time, up to a minute.
  ///
  /// The others need not be looked at all the while. It is tried once more before what is due counts
  /// as missed.
  private func postpone(
    _ trigger: StoredTrigger,
    until missed: Timestamp,
    _ now: Timestamp
  ) -> Duration {
    let doubled = (delays[trigger.id]?.wait).map { $0 * 2 } ?? .seconds(1)
    let wait = min(doubled, Self.longestWait, max(.seconds(1), missed - now))
    delays[trigger.id] = Delay(wait: wait, until: now + wait)
    return wait
  }

  /// Starts the run of a moment; one that is there already is the one.
  /// - Throws: ``Rejection`` about a trouble of ours, which passes.
  private func start(
    _ trigger: StoredTrigger,
    _ slot: Timestamp
  ) async throws(Rejection) -> StoredTrigger.Outcome {
    do throws(Rejection) {
      let caller = try await permission?(trigger)
      var params = trigger.params
      if try StartParams.wantsDefaults(params) {
        let defaults: JSONObject?
        do throws(StoreMistake) {
          defaults = try await engine.store.workflow(trigger.workflow)?.runSetup
        } catch {
          throw .unwritable(error)
        }
        params = StartParams.laid(params, over: defaults ?? [:])
      }
      var request = try StartParams.read(params, workflow: trigger.workflow)
      request.runID = trigger.run(at: slot)
      request.trigger = "cron"
      request.mayCallTools = caller?.scopes.contains(.execute) ?? true
      let state = try await engine.start(request, by: "cron")
      return .init(slot: slot, run: state.run.id.text)
    } catch {
      // What cannot be read today cannot be read in a minute: that is told by the trigger.
      guard error.status < 500 || error.isUnreadable else { throw error }
      return .init(slot: slot, reason: error.message)
    }
  }
}

extension Timestamp {
  fileprivate static func - (left: Timestamp, right: Duration) -> Timestamp {
    Timestamp(milliseconds: left.milliseconds - right.inMilliseconds)
  }
}
