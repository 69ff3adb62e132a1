import JSON
import Runs
import Testing
import Triage

private let now = Timestamp(milliseconds: 1_700_000_000_000)

private func run(
  _ id: String,
  _ status: RunStatus,
  ago: Int = 60,
  workflow: String = "flow",
  failure: Failure? = nil
) -> Run {
  var run = Run(id: RunID(id), workflow: WorkflowID("w-\(workflow)"), status: status)
  run.workflowName = workflow
  run.startedAt = now + .seconds(-ago)
  if status.isTerminal { run.endedAt = now + .seconds(-ago) }
  run.failure = failure
  return run
}

private func task(_ id: String, of run: String, ago: Int = 60) -> HumanTask {
  var task = HumanTask(id: TaskID(id), run: RunID(run), payload: ["title": "Refund $420"])
  task.workflow = WorkflowID("w-flow")
  task.createdAt = now + .seconds(-ago)
  return task
}

private func inbox(_ runs: [Run], _ tasks: [HumanTask]? = [], order: Order = .age) -> Inbox {
  Inbox(Reading(runs: runs, tasks: tasks, at: now), order: order)
}

extension Inbox {
  fileprivate func ids(_ section: Section) -> [String] { rows[section]?.map(\.id.run.text) ?? [] }
}

@Suite struct MembershipTests {
  @Test(arguments: [
    (RunStatus.pending, Section.running), (.queued, .running), (.starting, .running),
    (.running, .running), (.paused, .running), (.other("hibernating"), .running),
    (.draining, .draining), (.failed, .failed), (.stopped, .failed),
  ])
  func `each status has its section`(status: RunStatus, section: Section) {
    let inbox = inbox([run("r", status)])
    #expect(inbox.ids(section) == ["r"])
    #expect(inbox.count == 1)
  }

  @Test func `completed runs and old failures need nobody`() {
    let inbox = inbox([run("a", .completed), run("b", .failed, ago: 24 * 3600 + 1)])
    #expect(inbox.count == 0)
    #expect(inbox.lastCompleted?.id == RunID("a"))
  }

  @Test func `a failure of exactly a day ago still counts`() {
    #expect(inbox([run("b", .failed, ago: 24 * 3600)]).ids(.failed) == ["b"])
  }

  @Test(arguments: [RunStatus.running, .paused, .draining])
  func `a run with a pending task stands under Awaiting approval alone`(status: RunStatus) {
    let inbox = inbox([run("r", status)], [task("t", of: "r")])
    #expect(inbox.ids(.awaiting) == ["r"])
    #expect(inbox.count == 1)
  }

  @Test func `a task whose run the feed does not hold is still there`() {
    let inbox = inbox([], [task("t", of: "far")])
    #expect(inbox.ids(.awaiting) == ["far"])
    #expect(inbox.rows[.awaiting]?.first?.reference?.workflow == WorkflowID("w-flow"))
  }

  @Test func `without a task list a pause is not explained`() {
    let inbox = inbox([run("r", .paused), run("s", .running)], nil)
    #expect(inbox.rows[.running]?.map(\.pauseIsUnexplained).filter { $0 }.count == 1)
  }

  @Test func `a run or task listed twice stands once`() {
    let inbox = inbox(
      [run("r", .running), run("r", .paused)],
      [task("t", of: "x"), task("t", of: "x"), task("t", of: "y")]
    )
    #expect(inbox.ids(.running) == ["r"])
    #expect(inbox.count(.awaiting) == 2)
  }
}

@Suite struct OrderTests {
  @Test func `the oldest approval and the newest failure come first`() {
    let inbox = inbox(
      [run("f1", .failed, ago: 100), run("f2", .failed, ago: 50), run("f3", .stopped, ago: 70)],
      [task("t", of: "new", ago: 1), task("t", of: "old", ago: 9)]
    )
    #expect(inbox.ids(.awaiting) == ["old", "new"])
    #expect(inbox.ids(.failed) == ["f2", "f3", "f1"])
  }

  @Test func `ties are broken by identity`() {
    let runs = ["c", "a", "b"].map { run($0, .running) }
    #expect(inbox(runs).ids(.running) == ["a", "b", "c"])
    #expect(inbox(runs.reversed()).ids(.running) == ["a", "b", "c"])
  }

  @Test func `rows can stand by workflow`() {
    let runs = [run("1", .running, ago: 9, workflow: "z"), run("2", .running, workflow: "a")]
    #expect(inbox(runs, order: .workflow).ids(.running) == ["2", "1"])
  }
}

@Suite struct CauseTests {
  @Test(arguments: [
    ("order 42 failed", "order 7 failed"), ("no user \"kim\"", "no user \"alex, again\""),
    ("run a31f8c02 lost", "run 550e8400 lost"), ("took 1.5 s", "took 20.25 s"),
  ])
  func `numbers, ids and quoted text do not part causes`(one: String, other: String) {
    #expect(Cause.blanked(one) == Cause.blanked(other))
  }

  @Test func `other words do`() {
    #expect(Cause.blanked("401 Unauthorized") != Cause.blanked("401 Forbidden"))
  }

  @Test func `all but the newest failure of a cause tell how many share it`() {
    let failure = Failure(code: "MCP_TOOL_FAILED", step: StepID("s"), message: "order 42: 401")
    var other = failure
    other.message = "order 43: 401"
    let inbox = inbox([
      run("a", .failed, ago: 10, failure: failure), run("b", .failed, ago: 20, failure: other),
      run("c", .failed, ago: 30, failure: failure), run("d", .failed, ago: 5), run("e", .failed),
    ])
    let marks = inbox.rows[.failed]?.map(\.sameCause)
    let shared = SameCause(count: 3, since: now + .seconds(-30))
    #expect(marks == [nil, nil, shared, shared, nil])
  }
}

@Suite struct ListingTests {
  private func rows(_ runs: [Run], _ tasks: [HumanTask] = []) -> (Inbox, [Row]) {
    let inbox = inbox(runs, tasks)
    return (inbox, inbox.rows.sorted { $0.key < $1.key }.flatMap(\.value))
  }

  private func listing(_ runs: [Run], _ tasks: [HumanTask] = []) -> Listing {
    var listing = Listing()
    let (inbox, shown) = rows(runs, tasks)
    listing.refresh(from: inbox, shown: shown, hold: false)
    return listing
  }

  @Test func `the cursor follows its run when rows come above it`() {
    var listing = listing([run("b", .running, ago: 10), run("c", .running, ago: 5)])
    listing.move(by: 1)
    let (inbox, shown) = rows([
      run("a", .running, ago: 20), run("b", .running, ago: 10), run("c", .running, ago: 5),
    ])
    listing.refresh(from: inbox, shown: shown, hold: false)
    #expect(listing.selection?.id.run == RunID("c"))
    #expect(listing.index == 2)
  }

  @Test func `a row that leaves under the cursor stays as a ghost that says where it went`() {
    var listing = listing([
      run("a", .running, ago: 9), run("b", .running), run("c", .running, ago: 1),
    ])
    listing.move(by: 0)
    listing.select(RowID(section: .running, run: RunID("a")))
    let (inbox, shown) = rows([
      run("a", .failed, ago: 0), run("b", .running), run("c", .running, ago: 1),
    ])
    listing.refresh(from: inbox, shown: shown, hold: false)
    #expect(listing.selection?.departure == .moved(to: .failed))
    #expect(listing.rows.map(\.id.run.text) == ["b", "a", "c", "a"])
    listing.move(by: 1)
    #expect(listing.rows.map(\.id.run.text) == ["b", "c", "a"])
    #expect(listing.selection?.id.run == RunID("c"))
  }

  @Test func `a ghost comes back to life when its row does`() {
    var listing = listing([run("a", .running)])
    let (empty, none) = rows([])
    listing.refresh(from: empty, shown: none, hold: false)
    #expect(listing.selection?.departure == .gone)
    let (inbox, shown) = rows([run("a", .running)])
    listing.refresh(from: inbox, shown: shown, hold: false)
    #expect(listing.rows.count == 1)
    #expect(listing.selection?.departure == nil)
  }

  @Test func `an answered task says so`() {
    var listing = listing([run("r", .running)], [task("t", of: "r")])
    let (inbox, shown) = rows([run("r", .running)])
    listing.refresh(from: inbox, shown: shown, hold: false)
    #expect(listing.selection?.departure == .moved(to: .running))
    let (over, none) = rows([run("r", .completed)])
    listing.refresh(from: over, shown: none, hold: false)
    #expect(listing.selection?.departure == .ended(.completed))
  }

  @Test func `while the order is held nothing changes place and what is new is counted`() {
    var listing = listing([run("b", .running, ago: 9), run("c", .running, ago: 5)])
    let (inbox, shown) = rows([
      run("a", .running, ago: 20), run("c", .paused, ago: 5), run("d", .running, ago: 1),
    ])
    listing.refresh(from: inbox, shown: shown, hold: true)
    #expect(listing.rows.map(\.id.run.text) == ["b", "c"])
    #expect(listing.held == 2)
    #expect(listing.rows[0].departure == .gone)
    #expect(listing.rows[1].run?.status == .paused)
    listing.refresh(from: inbox, shown: shown, hold: false)
    #expect(listing.held == 0)
    #expect(listing.rows.map(\.id.run.text) == ["b", "a", "c", "d"])
  }

  @Test func `another filter keeps the cursor or goes to its neighbour`() {
    var listing = listing(["a", "b", "c", "d"].map { run($0, .running) })
    listing.move(by: 2)
    let (_, all) = rows(["a", "b", "c", "d"].map { run($0, .running) })
    listing.show(all.filter { $0.id.run.text != "c" })
    #expect(listing.selection?.id.run == RunID("d"))
    listing.show(all.filter { $0.id.run.text < "c" })
    #expect(listing.selection?.id.run == RunID("b"))
    listing.show([])
    #expect(listing.selection == nil)
    listing.move(by: 1)
    listing.moveToSection(forward: true)
    listing.moveToEnd(true)
    #expect(listing.index == nil)
  }

  @Test func `sections are walked by their tops`() {
    var listing = listing(
      [run("d", .draining), run("r1", .running, ago: 9), run("r2", .running), run("f", .failed)])
    listing.moveToSection(forward: true)
    #expect(listing.selection?.section == .running)
    listing.move(by: 1)
    listing.moveToSection(forward: false)
    #expect(listing.selection?.section == .running)
    listing.moveToSection(forward: false)
    #expect(listing.selection?.section == .draining)
    listing.moveToSection(forward: false)
    #expect(listing.selection?.section == .draining)
    listing.moveToEnd(true)
    listing.moveToSection(forward: true)
    #expect(listing.selection?.section == .failed)
  }

  /// Whatever comes and goes, the cursor stands on a row that is shown, and only a move changes its
  /// identity.
  @Test(arguments: 0..<40) func `random polls never move the cursor to another run`(seed: Int) {
    var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
    func roll(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let statuses: [RunStatus] = [.running, .paused, .draining, .failed, .completed, .stopped]
    var listing = listing((0..<6).map { run("r\($0)", .running, ago: $0) })
    for _ in 0..<60 {
      if roll(3) == 0 { listing.move(by: roll(5) - 2) }
      let before = listing.selection?.id
      let runs = (0..<8).filter { _ in roll(4) > 0 }.map {
        run("r\($0)", statuses[roll(6)], ago: roll(9))
      }
      let (inbox, shown) = rows(runs, roll(2) == 0 ? [task("t", of: "r\(roll(8))")] : [])
      listing.refresh(from: inbox, shown: shown, hold: roll(4) == 0)
      #expect(before == nil || listing.selection?.id == before)
      #expect(listing.index.map { listing.rows.indices.contains($0) } ?? listing.rows.isEmpty)
      #expect(Set(listing.rows.map(\.id)).count == listing.rows.count)
    }
  }
}

@Suite struct LegalityTests {
  /// What each status allows: pause, resume, stop gracefully, stop now.
  private static let table: [(RunStatus, [Bool])] = [
    (.pending, [true, false, true, true]), (.queued, [true, false, true, true]),
    (.starting, [true, false, true, true]), (.running, [true, false, true, true]),
    (.paused, [false, true, true, true]), (.draining, [false, false, false, true]),
    (.completed, [false, false, false, false]), (.failed, [false, false, false, false]),
    (.stopped, [false, false, false, false]), (.other("x"), [true, false, true, true]),
  ]

  @Test(arguments: table) func `each verb on each status is allowed or says why not`(
    status: RunStatus,
    allowed: [Bool]
  ) {
    let section: Section = status.isTerminal ? .failed : .running
    let row = Row(id: RowID(section: section, run: RunID("r")), run: run("r", status))
    let verbs: [Verb] = [.pause, .resume, .stop(.graceful), .stop(.immediate)]
    for (verb, expected) in zip(verbs, allowed) {
      let legality = Permissions().legality(of: verb, on: row)
      #expect(legality.isAllowed == expected, "\(verb.word) on \(status.word)")
      #expect((legality.reason?.isEmpty ?? true) == expected)
    }
    #expect(!Permissions().legality(of: .approve, on: row).isAllowed)
  }

  @Test func `resume is not offered where an approval waits`() {
    let id = RowID(section: .awaiting, run: RunID("r"), task: TaskID("t"))
    let row = Row(id: id, run: run("r", .paused), task: task("t", of: "r"))
    #expect(
      Permissions().legality(of: .resume, on: row).reason
        == "this run waits for an approval: approve or reject it"
    )
    #expect(Permissions().legality(of: .approve, on: row).isAllowed)
    #expect(Permissions().legality(of: .stop(.immediate), on: row).isAllowed)
  }

  @Test func `read-only, a missing workflow, a ghost and an empty list refuse everything`() {
    var row = Row(id: RowID(section: .running, run: RunID("r")), run: run("r", .running))
    #expect(Permissions(readOnly: "no").legality(of: .pause, on: row).reason == "no")
    #expect(Permissions().legality(of: .pause, on: nil).reason == "nothing is selected")
    row.departure = .answered
    #expect(!Permissions().legality(of: .pause, on: row).isAllowed)
    row = Row(id: row.id, run: Run(id: RunID("r"), status: .running))
    #expect(!Permissions().legality(of: .pause, on: row).isAllowed)
  }

  @Test func `a backend that cannot does not offer`() {
    let row = Row(id: RowID(section: .running, run: RunID("r")), run: run("r", .running))
    let none = Capabilities(
      pausesRuns: false,
      stopModes: [.immediate],
      takesRunID: false,
      answersCarryFields: false
    )
    let permissions = Permissions(capabilities: none)
    #expect(!permissions.legality(of: .pause, on: row).isAllowed)
    #expect(!permissions.legality(of: .stop(.graceful), on: row).isAllowed)
    #expect(permissions.legality(of: .stop(.immediate), on: row).isAllowed)
  }
}

@Suite struct ConsequenceTests {
  private func step(_ id: String, _ above: [String], _ condition: String? = nil) -> Graph.Step {
    Graph.Step(
      id: StepID(id),
      type: "mcp_call",
      dependsOn: above.map { StepID($0) },
      condition: condition
    )
  }

  @Test func `steps are told apart by what an answer lets run`() {
    let graph = Graph(steps: [
      step("log", ["refund"]),
      step("refund", ["review"], "{{steps.review.result.approved}}"),
      step("apologise", ["review"], "{{ steps.review.result.approved }} == false"),
      step("archive", ["review"]),
      step("maybe", ["review"], "{{steps.review.result.amount}} > 5"),
      step("after-maybe", ["maybe"]),
      step("apart", []),
      step("review", ["fetch"]), step("fetch", []),
    ])
    let consequence = Consequence(of: StepID("review"), in: graph)
    #expect(consequence.onYes.map(\.id.text) == ["log", "refund"])
    #expect(consequence.onNo.map(\.id.text) == ["apologise"])
    #expect(consequence.ungated.map(\.id.text) == ["archive"])
    #expect(consequence.either.isEmpty)
  }

  @Test func `a join of a yes and a no is not known`() {
    let graph = Graph(steps: [
      step("review", []), step("yes", ["review"], "{{steps.review.result.approved}}"),
      step("no", ["review"], "!{{steps.review.result.approved}}"), step("join", ["yes", "no"]),
    ])
    let consequence = Consequence(of: StepID("review"), in: graph)
    #expect(consequence.onYes.map(\.id.text) == ["yes"])
    #expect(consequence.onNo.map(\.id.text) == ["no"])
    #expect(consequence.either.isEmpty)
  }

  @Test func `what is switched off does not follow, and holds nothing up`() {
    var off = step("off", ["review"])
    off.source = ["enabled": false]
    var episode = step("episode", ["review"])
    episode.source = ["no_auto_start": true]
    var both = step("both", ["review"], "{{steps.review.result.approved}}")
    both.skipWhen = "{{steps.review.result.amount}} > 5"
    var agreed = step("agreed", ["review"], "{{steps.review.result.approved}}")
    agreed.skipWhen = "!{{steps.review.result.approved}}"
    let consequence = Consequence(
      of: StepID("review"),
      in: Graph(steps: [step("review", []), off, step("after", ["off"]), episode, both, agreed])
    )
    #expect(consequence.either.isEmpty)
    #expect(consequence.ungated.map(\.id.text) == ["after"])
    #expect(consequence.onYes.map(\.id.text) == ["agreed"])
    #expect(consequence.onNo.isEmpty)
  }

  @Test func `a step that reads the answer runs either way, one that does not may not`() {
    let reading: [(String, String, JSONObject)] = [
      ("whole", "mcp_call", ["tool_args": ["answer": "{{steps.review-it.result}}"]]),
      ("word", "llm_call", ["prompt": "{{ steps.review_it.result.approved }}"]),
      ("script", "lua_script", ["script": "return {ok = steps.review_it.result.approved}"]),
      ("field", "mcp_call", ["tool_args": ["to": "{{steps.review-it.result.to}}"]]),
      ("blind", "lua_script", ["script": "return {}"]),
    ]
    var steps = [step("review-it", [])]
    for (id, type, source) in reading {
      steps.append(
        Graph.Step(id: StepID(id), type: type, dependsOn: [StepID("review-it")], source: source)
      )
    }
    steps += [step("after", ["field"]), step("join", ["review-it", "whole"])]
    let consequence = Consequence(of: StepID("review-it"), in: Graph(steps: steps))
    #expect(consequence.either.map(\.id.text) == ["whole", "word", "script"])
    #expect(consequence.ungated.map(\.id.text) == ["field", "blind", "after", "join"])
  }

  @Test func `a graph that goes in circles ends`() {
    let graph = Graph(steps: [step("a", ["b"]), step("b", ["a", "review"]), step("review", [])])
    #expect(Consequence(of: StepID("review"), in: graph).onYes.isEmpty)
  }
}
