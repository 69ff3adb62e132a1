import JSON
import Runs
import Testing
import Triage

private let now = Timestamp(milliseconds: 1_700_000_000_000)
private let flow = WorkflowID("w-flow")

/// A going run of which something was last heard so many seconds ago.
private func run(
  _ status: RunStatus = .running,
  silent: Int? = nil,
  step: String? = "enrich",
  _ change: (inout Run) -> Void = { _ in }
) -> Run {
  var run = Run(id: RunID("r"), workflow: flow, status: status)
  run.updatedAt = silent.map { now + .seconds(-$0) }
  run.startedAt = now + .seconds(-7200)
  run.currentSteps = step.map { [StepID($0)] } ?? []
  change(&run)
  return run
}

private func reading(
  _ runs: [Run],
  tasks: [HumanTask]? = [],
  at moment: Timestamp = now,
  skew: Duration? = .zero
) -> Reading {
  Reading(runs: runs, tasks: tasks, at: moment, clockSkew: skew)
}

/// A history in which a step took so many seconds, once a run.
private func history(
  _ seconds: [Int],
  step: String = "enrich",
  isEpisodic: Bool = false
)
  -> StepHistory
{
  var history = StepHistory(isEpisodic: isEpisodic)
  for took in seconds {
    history.add([
      RunEvent(type: "step_started", step: StepID(step), at: now),
      RunEvent(type: "step_completed", step: StepID(step), at: now + .seconds(took)),
    ])
  }
  return history
}

private func lookout(_ history: StepHistory?) -> Lookout {
  var lookout = Lookout(waitsForHistory: true)
  lookout.learn(history, of: flow)
  return lookout
}

private func attention(
  _ run: Run,
  _ lookout: Lookout = Lookout(),
  tasks: [HumanTask]? = []
) -> Attention? {
  Inbox(reading([run], tasks: tasks), order: .age, lookout: lookout).attention(of: run.id)
}

@Suite struct AttentionTests {
  @Test func `a run looks stuck after five minutes without an event, and not before`() {
    #expect(attention(run(silent: 299)) == nil)
    let found = attention(run(silent: 300))
    #expect(found?.kind == .silent)
    #expect(found?.since == now + .seconds(-300))
    #expect(found?.isAtLeast == false)
    #expect(found?.step == StepID("enrich"))
  }

  @Test(arguments: [
    // Usual 40 s, longest 120 s: the floor of five minutes holds.
    ([40, 38, 120], 299, false), ([40, 38, 120], 300, true),
    // Five times the usual 100 s.
    ([100, 100, 100], 499, false), ([100, 100, 100], 500, true),
    // What has taken half an hour before is waited for as long.
    ([60, 60, 1800], 1799, false), ([60, 60, 1800], 1800, true),
    // No run has been through the step: the floor.
    ([], 300, true),
  ])
  func `the step's own past says how long it may be silent`(
    took: [Int],
    silent: Int,
    isStuck: Bool
  ) {
    let found = attention(run(silent: silent), lookout(history(took)))
    #expect((found?.kind == .silent) == isStuck)
    if isStuck { #expect(found?.times?.runs == (took.isEmpty ? nil : took.count)) }
  }

  @Test func `of several steps in flight the slowest is waited for`() {
    var past = history([10])
    past.add([
      RunEvent(type: "step_started", step: StepID("train"), at: now),
      RunEvent(type: "step_completed", step: StepID("train"), at: now + .seconds(1000)),
    ])
    let busy = { (silent: Int) in
      run(silent: silent) { $0.currentSteps = [StepID("enrich"), StepID("train")] }
    }
    #expect(attention(busy(4999), lookout(past)) == nil)
    #expect(attention(busy(5000), lookout(past))?.step == StepID("train"))
    // Where the server does not say what is in flight, it may be the slowest.
    #expect(attention(run(silent: 4999, step: nil), lookout(past)) == nil)
    #expect(attention(run(silent: 5000, step: nil), lookout(past))?.step == nil)
    #expect(attention(run(silent: 5000, step: nil), lookout(past))?.kind == .silent)
  }

  @Test func `a step inside a loop goes by the loop where it is not known itself`() {
    let past = lookout(history([600], step: "each"))
    #expect(attention(run(silent: 2999, step: "each#3#fetch"), past) == nil)
    #expect(
      attention(run(silent: 3000, step: "each#3#fetch"), past)?.times?.longest == .seconds(600)
    )
  }

  @Test(arguments: [RunStatus.paused, .other("hibernating"), .completed, .failed, .stopped])
  func `only what should move can be stuck`(status: RunStatus) {
    #expect(attention(run(status, silent: 9000)) == nil)
  }

  @Test func `a run that waits for a person is not stuck, nor one of which nobody knows`() {
    var task = HumanTask(id: TaskID("t"), run: RunID("r"), payload: [:])
    task.workflow = flow
    #expect(attention(run(silent: 9000), tasks: [task]) == nil)
    #expect(attention(run(silent: 9000), tasks: nil) == nil)
    #expect(attention(run(silent: 9000) { $0.pendingTasks = 1 }) == nil)
  }

  @Test(arguments: [RunStatus.pending, .queued, .starting])
  func `what has not begun within thirty seconds is told`(status: RunStatus) {
    let asked = { (ago: Int) in
      run(status, step: nil) {
        $0.createdAt = now + .seconds(-ago)
        $0.startedAt = nil
      }
    }
    #expect(attention(asked(29)) == nil)
    #expect(attention(asked(30))?.kind == .waiting)
    #expect(attention(asked(30))?.since == now + .seconds(-30))
  }

  @Test func `a drain may take as long as what is in flight`() {
    let draining = { (ago: Int) in
      run(.draining, silent: 1) { $0.statusAt = now + .seconds(-ago) }
    }
    #expect(attention(draining(299), lookout(history([40]))) == nil)
    #expect(attention(draining(300), lookout(history([40])))?.kind == .draining)
    #expect(attention(draining(999), lookout(history([200]))) == nil)
    #expect(attention(draining(1000), lookout(history([200])))?.since == now + .seconds(-1000))
  }

  @Test func `a run in episode mode is named as such`() {
    let found = attention(run(silent: 900), lookout(history([40], isEpisodic: true)))
    #expect(found?.kind == .episode)
    #expect(found?.word == "episode mode")
    let graph = Graph(steps: [
      Graph.Step(id: StepID("close"), type: "lua_script", source: ["no_auto_start": true])
    ])
    #expect(graph.isEpisodic)
    var lookout = lookout(history([40]))
    lookout.note(RunDetail(run: run(silent: 900), graph: graph, at: now), at: now)
    #expect(attention(run(silent: 900), lookout)?.kind == .episode)
  }

  @Test func `nothing is said before the past is known, which is asked for once`() {
    let unknown = Lookout(waitsForHistory: true)
    var inbox = Inbox(
      reading(
        [run(silent: 299), run(silent: 500) { $0.version = 4 }].enumerated().map {
          var run = $1
          run = Run(id: RunID("r\($0)"), workflow: flow, status: .running)
          run.updatedAt = $1.updatedAt
          run.version = $1.version
          return run
        }
      ),
      order: .age,
      lookout: unknown
    )
    #expect(inbox.attention(of: RunID("r1")) == nil)
    #expect(inbox.wantedHistory?.workflow == flow)
    #expect(inbox.wantedHistory?.version == 4)
    let known = lookout(nil)
    #expect(!inbox.isAbreast(of: known))
    inbox.learn(known)
    #expect(inbox.isAbreast(of: known))
    #expect(inbox.wantedHistory == nil)
    #expect(inbox.attention(of: RunID("r1"))?.kind == .silent)
    #expect(inbox.attention(of: RunID("r0")) == nil)
  }

  @Test func `time alone makes a run stuck, and the inbox knows when`() {
    var inbox = Inbox(reading([run(silent: 299)]), order: .age, lookout: Lookout())
    let before = inbox.age(to: now + .milliseconds(999))
    let then = inbox.age(to: now + .seconds(1))
    #expect(before)
    #expect(!then)
  }

  @Test func `the filter finds what looks stuck`() throws {
    let inbox = Inbox(reading([run(silent: 900)]), order: .age, lookout: Lookout())
    #expect(inbox.shown(try Filter("stuck")).count == 1)
    #expect(
      Inbox(reading([run(silent: 9)]), order: .age, lookout: Lookout()).shown(try Filter("stuck"))
        .isEmpty
    )
  }
}

/// Servers that do not say when a run changed last, or not by a clock that is known.
@Suite struct WatchTests {
  /// Reads again and again; what is odd at the end.
  private func watched(
    _ runs: [(at: Int, run: Run)],
    skew: Duration? = nil,
    _ lookout: Lookout = Lookout()
  ) -> Attention? {
    var before: Inbox?
    for (at, run) in runs {
      let moment = now + .seconds(at)
      before = Inbox(
        reading([run], at: moment, skew: skew),
        order: .age,
        lookout: lookout,
        after: before
      )
    }
    return before?.attention(of: RunID("r"))
  }

  @Test func `our own readings tell, and say that it may be longer`() {
    #expect(watched([(0, run()), (299, run())]) == nil)
    let found = watched([(0, run()), (300, run())])
    #expect(found?.kind == .silent)
    #expect(found?.isAtLeast == true)
    #expect(found?.since == now)
  }

  @Test func `what moved while we looked is news`() {
    let moved = run { $0.lastEvent = 12 }
    #expect(watched([(0, run()), (200, moved), (499, moved)]) == nil)
    let found = watched([(0, run()), (200, moved), (500, moved)])
    #expect(found?.since == now + .seconds(200))
    #expect(found?.isAtLeast == false)
  }

  @Test func `a field that counts seconds hides no silence`() {
    let ticking = { (n: Int) in run { $0.extra = ["duration_ms": .int(n)] } }
    #expect(watched([(0, ticking(1)), (150, ticking(2)), (300, ticking(3))])?.kind == .silent)
  }

  @Test func `times of a clock that nobody knows are not believed`() {
    // The server says that it was silent for hours, but its clock may be hours off.
    #expect(watched([(0, run(silent: 9000))]) == nil)
    #expect(watched([(0, run(silent: 9000)), (300, run(silent: 9000))])?.isAtLeast == true)
    #expect(watched([(0, run(silent: 9000))], skew: .zero)?.isAtLeast == false)
  }

  @Test func `a clock that is off is taken off the silence`() {
    // An hour behind ours: what it says happened an hour ago happened just now.
    #expect(watched([(0, run(silent: 3600))], skew: .seconds(-3600)) == nil)
    let found = watched([(0, run(silent: 3900))], skew: .seconds(-3600))
    #expect(found?.since == now + .seconds(-3900))
  }

  @Test func `a look at the events tells when the last one was`() {
    var lookout = Lookout()
    let events = [
      RunEvent(type: "step_started", step: StepID("fetch"), at: now + .seconds(-1000)),
      RunEvent(type: "step_completed", step: StepID("fetch"), at: now + .seconds(-900)),
      RunEvent(type: "step_started", step: StepID("enrich"), at: now + .seconds(-840)),
    ]
    let silent = run(step: nil)
    lookout.note(RunDetail(run: silent, events: events, at: now), at: now + .seconds(1))
    let found = watched([(0, silent)], skew: .zero, lookout)
    #expect(found?.kind == .silent)
    #expect(found?.since == now + .seconds(-840))
    #expect(found?.isAtLeast == false)
    #expect(found?.step == StepID("enrich"))
  }

  @Test func `a pause between readings does not end a silence, a change in it does`() {
    #expect(watched([(0, run()), (7200, run())])?.since == now)
    #expect(watched([(0, run()), (7200, run { $0.lastEvent = 3 })]) == nil)
  }
}

@Suite struct StepHistoryTests {
  @Test func `tries and rounds count each, skips and failures not at all`() {
    var history = StepHistory()
    let event = { (type: String, seconds: Int, data: JSONObject) in
      RunEvent(type: type, step: StepID("s"), at: now + .seconds(seconds), data: data)
    }
    history.add([
      event("step_started", 0, [:]), event("step_failed", 100, [:]),
      event("step_started", 101, [:]), event("step_completed", 104, [:]),
      event("step_started", 200, [:]), event("step_completed", 210, [:]),
      event("step_completed", 300, ["skipped": true]),
      event("step_completed", 400, [:]),
    ])
    history.add([event("step_started", 0, [:]), event("step_completed", 5, [:])])
    let times = history.times(of: StepID("s"))
    #expect(times?.usual == .seconds(5))
    #expect(times?.longest == .seconds(10))
    #expect(times?.runs == 2)
    #expect(history.runs == 2)
    #expect(history.times(of: StepID("other")) == nil)
  }

  @Test func `a clock that runs backward gives no times`() {
    var history = StepHistory()
    history.add([
      RunEvent(type: "step_started", step: StepID("s"), at: now),
      RunEvent(type: "step_completed", step: StepID("s"), at: now + .seconds(-5)),
    ])
    #expect(history.times(of: StepID("s")) == nil)
  }

  @Test func `graphs and loops of any size stay within bounds`() {
    var history = StepHistory()
    history.add(
      (0..<5000).flatMap { number in
        let step = StepID("s\(number % 1000)")
        return [
          RunEvent(type: "step_started", step: step, at: now),
          RunEvent(type: "step_completed", step: step, at: now + .seconds(1)),
        ]
      }
    )
    #expect(history.times(of: StepID("s499")) != nil)
    #expect(history.times(of: StepID("s500")) == nil)
  }
}
