import JSON
import Runs
import Shell
import Testing

@Suite struct ActingVerbTests {
  private static let refund = RunReference(
    workflow: WorkflowID("wf-refund-approvals"),
    run: RunID("7c9e6679-7425")
  )

  @Test(arguments: [
    (ShellVerb.approve("7c9e"), Verb.approve), (.approve("t-1"), .approve),
    (.reject("7c9e6679-7425"), .reject),
  ])
  func `a task is named by its id or its run's`(asked: ShellVerb, verb: Verb) throws {
    let told = effects(task(asked), .reading(.success(busy)))
    let decision = try #require(decided(told))
    #expect(decision.verb == verb)
    #expect(
      decision.subject == .task(TaskReference(run: ActingVerbTests.refund, task: TaskID("t-1")))
    )
    #expect(decision.title == "refund-approvals")
    #expect(decision.seen == Seen(status: nil, payload: busy.tasks?[0].payload))
    #expect(decision.madeAt == now)
  }

  @Test(arguments: [
    (ShellVerb.pause("7c"), Verb.pause), (.resume("7c"), .resume),
    (.stop("7c", .graceful), .stop(.graceful)), (.stop("7c", .immediate), .stop(.immediate)),
  ])
  func `a run is named by its id`(asked: ShellVerb, verb: Verb) throws {
    let decision = try #require(decided(effects(task(asked), .reading(.success(busy)))))
    #expect(decision.verb == verb)
    #expect(decision.subject == .run(ActingVerbTests.refund))
  }

  @Test func `a run beyond the feed is acted on with its workflow`() throws {
    let pause = effects(task(.pause("old")) { $0.workflow = WorkflowID("w") })
    #expect(
      try #require(decided(pause)).subject
        == .run(RunReference(workflow: WorkflowID("w"), run: RunID("old")))
    )
    let detail = RunDetail(run: busy.runs[0], tasks: busy.tasks ?? [], at: now)
    let approve = effects(
      task(.approve("7c9e6679-7425")) { $0.workflow = ActingVerbTests.refund.workflow },
      looked(detail)
    )
    #expect(approve.first == .load(ActingVerbTests.refund))
    #expect(decided(approve)?.subject.run == ActingVerbTests.refund)
    let idle = effects(
      task(.approve("7c9e6679-7425")) { $0.workflow = ActingVerbTests.refund.workflow },
      looked(RunDetail(run: busy.runs[0], at: now))
    )
    #expect(code(idle) == .refused)
  }

  @Test func `a run that waits for nobody cannot be approved`() {
    let told = effects(
      task(.approve("a31f")),
      .reading(.success(busy)),
      looked(RunDetail(run: busy.runs[4], at: now))
    )
    #expect(
      told == [
        .poll,
        .load(RunReference(workflow: WorkflowID("wf-order-triage"), run: busy.runs[4].id)),
        .complain(
          "approve order-triage a31f8c02: refused: it does not wait for an approval (failed)"
        ),
        .finish(.refused),
      ]
    )
  }

  @Test(
    arguments: [
      (["by": "alex", "approved": true], "already approved by alex"),
      (["approved": false], "already rejected"), ([:], "already answered"),
    ] as [(JSONObject, String)]
  )
  func `a run whose task was answered before says so`(data: JSONObject, words: String) {
    let detail = RunDetail(
      run: busy.runs[3],
      events: [RunEvent(type: "task_completed", step: StepID("ask"), data: data)],
      at: now
    )
    let told = effects(
      task(.approve("550e8411")),
      .reading(.success(busy)),
      looked(detail)
    )
    #expect(complaints(told) == ["approve crm-sync 550e8411: not done: \(words)"])
    #expect(code(told) == .changed)
  }

  @Test func `an id of no task or of several is usage`() {
    let none = effects(task(.approve("zz")), .reading(.success(busy)))
    #expect(
      none == [
        .poll, .complain("no waiting task has the id zz; inbox shows what waits"), .finish(.usage),
      ]
    )
    var reading = busy
    reading.tasks?.append(
      waiting("t-2", run: "7c9e6679-7425", "refund-approvals", title: "Second")
    )
    #expect(
      complaints(effects(task(.reject("7c")), .reading(.success(reading)))) == [
        "7c fits 2 waiting tasks; write more of it:",
        "  t-1  run 7c9e6679-7425  Refund $420 to alex",
        "  t-2  run 7c9e6679-7425  Second",
      ]
    )
    #expect(decided(effects(task(.reject("t-2")), .reading(.success(reading)))) != nil)
  }

  @Test func `without the task list nothing is approved`() {
    var reading = busy
    reading.tasks = nil
    reading.taskFault = Fault(.unauthenticated, "401")
    let told = effects(task(.approve("7c")), .reading(.success(reading)))
    #expect(told == [.poll, .complain("401"), .finish(.refused)])
  }

  @Test func `a run whose workflow nobody knows wants it named`() {
    var reading = busy
    reading.runs[3].workflow = nil
    let told = effects(task(.pause("550e8411")), .reading(.success(reading)))
    #expect(code(told) == .usage)
    #expect(complaints(told).first?.hasSuffix("give it with --workflow") == true)
  }

  private static let acting: [ShellVerb] = [
    .approve("7c"), .reject("7c"), .pause("7c"), .resume("7c"), .stop("7c", .graceful),
    .stop("7c", .immediate), .start("a", input: []),
  ]

  @Test(arguments: acting)
  func `read-only refuses before anything is asked`(verb: ShellVerb) {
    let told = effects(task(verb) { $0.readOnly = "started with --read-only" })
    #expect(
      told == [.complain("nothing is changed: started with --read-only"), .finish(.refused)]
    )
  }

  @Test func `a protected profile wants its name before an immediate stop`() {
    let stop = ShellVerb.stop("7c", .immediate)
    let bare = effects(task(stop) { $0.protected = "prod" })
    #expect(
      bare == [
        .complain(
          "the profile prod is protected: to stop a run at once, add --confirm prod"
        ), .finish(.refused),
      ]
    )
    let wrong = effects(
      task(stop) {
        $0.protected = "prod"
        $0.confirmed = "staging"
      }
    )
    #expect(wrong == bare)
    let named = effects(
      task(stop) {
        $0.protected = "prod"
        $0.confirmed = "prod"
      }
    )
    #expect(named == [.poll])
    #expect(effects(task(.stop("7c", .graceful)) { $0.protected = "prod" }) == [.poll])
  }

  // MARK: Outcomes

  private func told(_ verb: ShellVerb, _ outcome: Outcome, recorded: Bool = true) -> [ShellEffect] {
    var task = task(verb)
    var effects = task.begin(at: now)
    effects += task.receive(.reading(.success(busy)), at: now)
    guard let decision = decided(effects) else { return effects }
    return task.receive(.stage(.sending), at: now)
      + task.receive(.outcome(decision, outcome, recorded: recorded), at: now)
  }

  @Test(arguments: [
    (ShellVerb.approve("7c"), RunStatus.running, "approved refund-approvals 7c9e6679: running\n"),
    (.reject("7c"), .running, "rejected refund-approvals 7c9e6679: running\n"),
    (.pause("7c"), .paused, "paused refund-approvals 7c9e6679: paused\n"),
    (.resume("550e8400"), .running, "resumed crm-sync 550e8400: running\n"),
    (
      .stop("7c", .graceful), .draining,
      "stopping gracefully refund-approvals 7c9e6679: draining\n"
    ),
    (.stop("7c", .immediate), .stopped, "stopped refund-approvals 7c9e6679: stopped\n"),
  ])
  func `what is done is told with the status that was read back`(
    verb: ShellVerb,
    status: RunStatus,
    wanted: String
  ) {
    let effects = told(verb, .done(Confirmation(status: status, readBack: true)))
    #expect(effects == [.progress("sending"), .out(wanted), .finish(.done)])
  }

  @Test func `what was not read back, or not recorded, is said`() {
    let unseen = told(.pause("7c"), .done(Confirmation(status: nil, readBack: false)))
    #expect(output(unseen) == "paused refund-approvals 7c9e6679\n")
    #expect(
      complaints(unseen) == [
        "pause refund-approvals 7c9e6679: accepted, but the server does not show it yet; look "
          + "again with show"
      ]
    )
    let unrecorded = told(
      .pause("7c"),
      .done(Confirmation(status: .paused, readBack: true)),
      recorded: false
    )
    #expect(
      complaints(unrecorded) == [
        "pause refund-approvals 7c9e6679: done, but the journal does not have all of it"
      ]
    )
    #expect(code(unrecorded) == .done)
  }

  @Test(arguments: [
    (
      Outcome.changed(.answered(by: "alex", at: nil, approved: true)), ExitCode.changed,
      "not done: already approved by alex"
    ),
    (
      .changed(.answered(by: "alex", at: now + .seconds(-20), approved: true)), .changed,
      "not done: already approved by alex 20s ago"
    ),
    (.changed(.gone), .changed, "not done: it is no longer there"),
    (.refused(Refusal(.illegal, "it has ended")), .refused, "refused: it has ended"),
    (.refused(Refusal(.unauthenticated, "401")), .refused, "refused: 401"),
    (.refused(Refusal(.forbidden, "403")), .refused, "refused: 403"),
    (.refused(Refusal(.notFound, "404")), .failed, "refused: 404"),
    (.refused(Refusal(.invalid, "422")), .failed, "refused: 422"),
    (.refused(Refusal(.busy, "429")), .failed, "refused: 429"),
    (.refused(Refusal(.other, "500")), .failed, "refused: 500"),
    (
      .notSent(Fault(.unreachable, "no connection")), .notReachable,
      "nothing was sent: no connection"
    ),
    (
      .unknown(Fault(.timedOut, "no answer")), .unknown,
      "sent, but nobody knows what became of it: no answer"
    ),
    (.refused(Refusal(.other, "a\u{1b}[2Jb")), .failed, "refused: a\u{FFFD}[2Jb"),
  ])
  func `what is not done is told on standard error with its code`(
    outcome: Outcome,
    wanted: ExitCode,
    words: String
  ) {
    let effects = told(.approve("7c"), outcome)
    #expect(complaints(effects) == ["approve refund-approvals 7c9e6679: \(words)"])
    #expect(code(effects) == wanted)
    #expect(output(effects).isEmpty)
  }

  @Test func `as JSON a command tells the run`() throws {
    var task = task(.pause("7c"), form: .json)
    var effects = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let decision = try #require(decided(effects))
    let done = Outcome.done(
      Confirmation(status: .paused, readBack: true, now: run("7c9e6679-7425", "r", .paused))
    )
    effects = task.receive(.outcome(decision, done, recorded: true), at: now)
    #expect(try JSONValue(parsing: output(effects))["status"] == "paused")
  }
}
