import JSON
import Runs
import Shell
import Testing

/// Several ids at once.
@Suite struct BulkTests {
  /// Runs `r0` to `r<count>`, all running.
  private func reading(_ count: Int) -> Reading {
    Reading(
      runs: (0..<count).map { run("r\($0)-x", "flow", .running) },
      tasks: [],
      at: now
    )
  }

  private func pause(_ ids: [String], form: OutputForm = .table, width: Int? = 80) -> ShellTask {
    task(.act(Action(.pause, ids)), form: form, width: width)
  }

  private func done(_ status: RunStatus = .paused) -> Outcome {
    .done(Confirmation(status: status, readBack: true))
  }

  @Test func `four are under way at once, the next when one of them is settled`() throws {
    var task = pause((0..<6).map { "r\($0)" })
    var told = task.begin(at: now) + task.receive(.reading(.success(reading(6))), at: now)
    var open = decisions(told)
    #expect(open.map(\.subject.run.run.text) == ["r0-x", "r1-x", "r2-x", "r3-x"])
    told = task.receive(.outcome(open[2], done(), recorded: true), at: now)
    #expect(decisions(told).map(\.subject.run.run.text) == ["r4-x"])
    open = open + decisions(told)
    for index in [0, 1, 3, 4] {
      told = task.receive(.outcome(open[index], done(), recorded: true), at: now)
      open += decisions(told)
    }
    #expect(open.count == 6)
    #expect(code(told) == nil)
    told = task.receive(.outcome(open[5], done(), recorded: true), at: now)
    #expect(code(told) == .done)
  }

  @Test func `each is told in a line as it is settled, and the sum at the end`() throws {
    var task = pause(["7c", "9b", "550e8400"])
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let open = decisions(told)
    told += task.receive(.outcome(open[1], .changed(.gone), recorded: true), at: now)
    told += task.receive(.outcome(open[0], done(), recorded: true), at: now)
    let fault = Fault(.unreachable, "no connection")
    told += task.receive(.outcome(open[2], .notSent(fault), recorded: true), at: now)
    #expect(
      output(told) == """
        OUTCOME   RUN       WORKFLOW          DETAIL
        changed   9b1deb4d  nightly-digest    it is no longer there
        done      7c9e6679  refund-approvals  paused
        not sent  550e8400  crm-sync          no connection

        """
    )
    #expect(complaints(told) == ["1 done, 1 changed, 1 not sent"])
    #expect(code(told) == .failed)
  }

  @Test(arguments: [
    ([Outcome.done(Confirmation(status: .paused, readBack: true))], ExitCode.done),
    ([.changed(.gone)], .changed), ([.notSent(Fault(.unreachable, ""))], .notReachable),
    ([.refused(Refusal(.illegal, ""))], .refused), ([.unknown(Fault(.timedOut, ""))], .unknown),
    ([.changed(.gone), .refused(Refusal(.illegal, ""))], .failed),
    ([.done(Confirmation(status: .paused, readBack: true)), .changed(.gone)], .failed),
    (
      [.done(Confirmation(status: .paused, readBack: true)), .unknown(Fault(.timedOut, ""))],
      .failed
    ),
  ])
  func `the code is theirs where all end the same, else 1`(outcomes: [Outcome], wanted: ExitCode) {
    var task = pause((0..<4).map { "r\($0)" })
    var told = task.begin(at: now) + task.receive(.reading(.success(reading(4))), at: now)
    for (index, decision) in decisions(told).enumerated() {
      let outcome = outcomes[index % outcomes.count]
      told = task.receive(.outcome(decision, outcome, recorded: true), at: now)
    }
    #expect(code(told) == wanted)
  }

  @Test func `one id that cannot be used keeps all from being sent`() {
    let told = effects(pause(["7c", "zz", "550e", "9b"]), .reading(.success(busy)))
    #expect(decisions(told).isEmpty)
    #expect(code(told) == .usage)
    #expect(
      complaints(told) == [
        "no run has the id zz; for one that is not listed any more, give its full id and "
          + "--workflow",
        "550e fits 2 runs; write more of it:", "  550e8400-e29b  crm-sync  paused",
        "  550e8411-e29b  crm-sync  running",
        "nothing was sent: 2 of 4 ids cannot be used; correct them, or add --skip-unknown to go "
          + "on without them",
      ]
    )
  }

  @Test func `with --skip-unknown the others go on, and what was left out is told`() {
    var task = task(.act(Action(.pause, ["7c", "zz"], skipsUnknown: true)), form: .jsonl)
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let open = decisions(told)
    #expect(open.count == 1)
    told += task.receive(.outcome(open[0], done(), recorded: true), at: now)
    let lines = output(told).split(separator: "\n").map { try? JSONValue(parsing: String($0)) }
    #expect(lines.map { $0?["outcome"]?.string } == ["no match", "done"])
    #expect(lines.map { $0?["id"]?.string } == ["zz", "7c"])
    #expect(lines[1]?["run_id"]?.string == "7c9e6679-7425")
    #expect(complaints(told) == ["1 done, 1 no match"])
    #expect(code(told) == .failed)
  }

  @Test func `what is named twice is done once`() {
    let told = effects(pause(["7c", "7c9e", "7c"]), .reading(.success(busy)))
    #expect(decisions(told).count == 1)
    #expect(complaints(told) == ["7c9e means the same as 7c; it is done once"])
  }

  @Test func `as JSON it is one list in the order of the ids`() throws {
    var task = pause(["7c", "9b"], form: .json)
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let open = decisions(told)
    told += task.receive(.outcome(open[1], done(), recorded: true), at: now)
    #expect(output(told).isEmpty)
    told += task.receive(.outcome(open[0], done(), recorded: true), at: now)
    let list = try #require(try JSONValue(parsing: output(told)).array)
    #expect(list.map { $0["id"]?.string } == ["7c", "9b"])
    #expect(list[0]["workflow_name"] == "refund-approvals")
    #expect(list[0]["status"] == "paused")
  }

  @Test func `a list with one id is told as a list`() {
    let told = effects(
      task(.act(Action(.pause, ["7c"], isBulk: true)), form: .tsv),
      .reading(.success(busy))
    )
    #expect(
      output(told) == "id\tverb\toutcome\trun_id\tworkflow_id\tworkflow_name\tstatus\tdetail\n"
    )
  }

  @Test func `who came first is found out before anything is sent`() throws {
    var task = task(.approve("7c", "550e8411", "a31f"))
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    #expect(decisions(told).isEmpty)
    let answered = RunDetail(
      run: busy.runs[3],
      events: [RunEvent(type: "task_completed", data: ["by": "alex", "approved": true])],
      at: now
    )
    told += task.receive(looked(answered), at: now)
    #expect(decisions(told).isEmpty)
    told += task.receive(looked(RunDetail(run: busy.runs[4], at: now)), at: now)
    let open = decisions(told)
    #expect(open.map(\.subject.run.run.text) == ["7c9e6679-7425"])
    told += task.receive(.outcome(open[0], done(.running), recorded: true), at: now)
    #expect(
      output(told) == """
        OUTCOME   RUN       WORKFLOW          DETAIL
        changed   550e8411  crm-sync          already approved by alex
        refused   a31f8c02  order-triage      it does not wait for an approval (failed)
        done      7c9e6679  refund-approvals  running

        """
    )
    #expect(code(told) == .failed)
  }

  @Test func `a protected profile wants its name for several at once`() {
    let bare = effects(task(.pause("7c", "9b")) { $0.protected = "prod" })
    #expect(
      bare == [
        .complain(
          "the profile prod is protected: to pause several at once, add --confirm prod"
        ), .finish(.refused),
      ]
    )
    let named = effects(
      task(.pause("7c", "9b")) {
        $0.protected = "prod"
        $0.confirmed = "prod"
      }
    )
    #expect(named == [.poll])
    #expect(effects(task(.pause("7c", "7c")) { $0.protected = "prod" }) == [.poll])
  }

  @Test func `the longest list is resolved against the longest feed`() {
    let ids = (0..<2000).map { "r\($0)-x" } + (0..<500).map { "nothing\($0)" }
    let told = effects(
      task(.act(Action(.pause, ids, skipsUnknown: true))),
      .reading(.success(reading(2000)))
    )
    #expect(decisions(told).count == 4)
    #expect(output(told).split(separator: "\n").count == 501)
  }

  // MARK: Ending early

  @Test func `an interrupt begins nothing more and awaits what is on the way`() {
    var task = pause((0..<9).map { "r\($0)" })
    var told = task.begin(at: now) + task.receive(.reading(.success(reading(9))), at: now)
    let open = decisions(told)
    told = task.receive(.interrupted, at: now)
    #expect(decisions(told).isEmpty)
    #expect(output(told).split(separator: "\n").count == 5)
    #expect(
      complaints(told) == [
        "interrupted: 5 were not begun; waiting for 4 on the way; once more ends at once"
      ]
    )
    #expect(told.contains(.wait(until: now + .seconds(10))))
    for decision in open {
      told = task.receive(.outcome(decision, done(), recorded: true), at: now)
      #expect(decisions(told).isEmpty)
    }
    #expect(complaints(told) == ["4 done, 5 not sent"])
    #expect(told.last == .leave)
  }

  @Test(arguments: [ShellMessage.interrupted, .woke])
  func `what is still on the way after a while, or at once on a second wish, is unknown`(
    last: ShellMessage
  ) {
    var task = pause(["7c", "9b"])
    _ = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    _ = task.receive(.interrupted, at: now)
    let told = task.receive(last, at: now + .seconds(10))
    #expect(complaints(told) == ["2 unknown"])
    #expect(told.last == .leave)
    #expect(output(told).contains("look with show"))
  }

  @Test func `an interrupt before anything is sent ends at once`() {
    var task = pause(["7c", "9b"])
    _ = task.begin(at: now)
    #expect(task.receive(.interrupted, at: now) == [.leave])
  }

  // MARK: What goes with an answer

  private var edited: Reading {
    var reading = busy
    reading.tasks?[0].payload = [
      "title": "Refund", "amount": 420, "reason": "late", "urgent": false, "items": [1],
    ]
    return reading
  }

  @Test func `fields of an answer are typed as those of the task are`() throws {
    let action = Action(
      .approve,
      ["7c"],
      comment: "by phone",
      edits: ["amount=99.50", "reason=42", "urgent=true", "items=[2,3]"]
    )
    let decision = try #require(decided(effects(task(.act(action)), .reading(.success(edited)))))
    #expect(
      decision.fields == [
        "amount": .number(try #require(JSONNumber("99.50"))), "reason": "42", "urgent": true,
        "items": [2, 3], "comment": "by phone",
      ]
    )
    #expect(decision.seen?.payload?["amount"] == 420)
  }

  @Test(arguments: [
    (["amount=much"], "7c: amount wants a number, not much"),
    (["urgent=1"], "7c: urgent wants true or false, not 1"),
    (
      ["ammount=1"],
      "7c: the task has no field ammount; there are title, amount, reason, urgent, items"
    ), (["amount"], "--set amount: write key=value"),
    (["amount=1", "amount=2"], "--set amount is given twice"),
  ])
  func `a field that is none, or of another type, is usage`(edits: [String], words: String) {
    let told = effects(
      task(.act(Action(.approve, ["7c"], edits: edits))),
      .reading(.success(edited))
    )
    #expect(complaints(told) == [words])
    #expect(code(told) == .usage)
    #expect(decisions(told).isEmpty)
  }

  @Test func `a comment that is given twice is usage`() {
    let action = Action(.approve, ["7c"], comment: "y", edits: ["comment=x"])
    let told = effects(task(.act(action)), .reading(.success(edited)))
    #expect(complaints(told) == ["comment is given twice: by --set and by --comment"])
    #expect(code(told) == .usage)
    #expect(decisions(told).isEmpty)
  }

  @Test func `conditions and the wish to send unrecorded travel with the decision`() throws {
    let action = Action(
      .stop(.graceful),
      ["7c"],
      statuses: [.running, .paused],
      lastEvent: 12,
      allowsUnrecorded: true
    )
    let decision = try #require(decided(effects(task(.act(action)), .reading(.success(busy)))))
    #expect(decision.conditions == Conditions(statuses: [.running, .paused], lastEvent: 12))
    #expect(decision.allowsUnrecorded)
  }
}
