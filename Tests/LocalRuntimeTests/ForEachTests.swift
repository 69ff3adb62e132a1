import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct ForEachTests {
  private let three: JSONValue = ["items": ["a", "b", "c"]]

  private func bench(
    _ more: String = "",
    body: [String] = [call("send")],
    input: JSONValue? = nil,
    then: [String] = []
  ) throws -> Bench {
    try Bench(([each("loop", body, more)] + then).joined(separator: ","), input: input ?? three)
  }

  @Test func `the body runs once for each item, and the results stand in their order`() throws {
    var bench = try bench(
      body: [
        call("find", #""tool_args":{"of":"{{item}}","n":"{{foreach.index}}"}"#),
        call("send", after: ["find"], #""tool_args":{"to":"{{body.find.name}}"}"#),
      ],
      then: [call("end", after: ["loop"], #""tool_args":{"n":"{{steps.loop.result.count}}"}"#)]
    )
    #expect(bench.flights.keys.sorted() == ["loop|0|find", "loop|1|find", "loop|2|find"])
    #expect(bench.flights["loop|1|find"]?.parameters == ["of": "b", "n": 1])
    #expect(bench.flights["loop|1|find"]?.scope.item == "b")
    for index in [2, 0, 1] {
      try bench.succeed("loop|\(index)|find", ["name": .string("name \(index)")])
      #expect(bench.flights["loop|\(index)|send"]?.parameters == ["to": .string("name \(index)")])
      try bench.succeed("loop|\(index)|send", ["sent": .int(index)])
    }
    #expect(
      bench.result("loop") == [
        "count": 3, "max_parallel": 10, "succeeded_count": 3, "failed_count": 0,
        "results": [
          [
            "index": 0, "body": ["find": ["name": "name 0"], "send": ["sent": 0]],
            "result": ["sent": 0],
          ],
          [
            "index": 1, "body": ["find": ["name": "name 1"], "send": ["sent": 1]],
            "result": ["sent": 1],
          ],
          [
            "index": 2, "body": ["find": ["name": "name 2"], "send": ["sent": 2]],
            "result": ["sent": 2],
          ],
        ],
      ]
    )
    #expect(bench.flights["end"]?.parameters == ["n": 3])
    #expect(bench.state.steps["loop"]?.input?["for_each_items"] == ["a", "b", "c"])
    #expect(bench.state.rounds.isEmpty)
  }

  @Test func `a loop that has made more than is kept fails before its end`() throws {
    var rules = RunMachine.Rules()
    rules.maximumLoopResult = 100
    let text: JSONValue = .string(String(repeating: "x", count: 40))
    var bench = try Bench(
      each("loop", [call("send")], #""for_each_max_parallel":1"#),
      input: three,
      rules: rules
    )
    try bench.succeed("loop|0|send", text)
    try bench.succeed("loop|1|send", text)
    #expect(bench.state.run.status == .running)
    #expect(bench.kept.loopBytes == ["loop": 84])
    #expect(bench.state.loopBytes == bench.kept.loopBytes)
    try bench.succeed("loop|2|send", text)
    #expect(bench.state.run.status == .failed)
    #expect(
      bench.state.steps["loop"]?.failure?.message
        == "by round 2 the loop has made 126 bytes; at most 100 are kept"
    )
    #expect(bench.state.loopBytes == [:])
  }

  @Test func `events of inner steps carry the qualified id and the index`() throws {
    var bench = try bench(input: ["items": ["a", "b"]])
    try bench.succeed("loop|1|send", ["n": 1])
    try bench.succeed("loop|0|send")
    #expect(
      bench.log.filter { $0.contains("loop") } == [
        "step_started loop", "credits_charged loop", "step_started loop#body#send 0",
        "credits_charged loop#body#send 0", "step_started loop#body#send 1",
        "credits_charged loop#body#send 1", "step_completed loop#body#send 1",
        "step_completed loop#body#send 0", "step_completed loop",
      ]
    )
    #expect(bench.event("step_started", "loop#body#send")?.data["name"] == "send")
    #expect(bench.status == .completed)
    #expect(bench.state.run.steps == StepCounts(total: 1, completed: 1))
  }

  @Test func `no more items are worked on at once than allowed`() throws {
    var bench = try bench(
      #""for_each_max_parallel":2"#,
      input: ["items": .array((0..<9).map { .int($0) })]
    )
    for index in 0..<9 {
      #expect(bench.flights.count <= 2)
      try bench.succeed("loop|\(index)|send")
    }
    #expect(bench.result("loop")?["count"] == 9)
    #expect(bench.status == .completed)
  }

  @Test(arguments: ["[]", "null", "{}"])
  func `an empty list completes at once`(_ items: String) throws {
    let bench = try bench(input: ["items": JSONValue(parsing: items)])
    #expect(bench.result("loop")?["count"] == 0)
    #expect(bench.result("loop")?["results"] == [])
    #expect(bench.status == .completed)
  }

  @Test func `a single value is a list of itself`() throws {
    let bench = try bench(input: ["items": "a"])
    #expect(bench.flights["loop|0|send"]?.scope.item == "a")
    #expect(bench.flights.count == 1)
  }

  @Test func `500 items are worked on, one more fails the step`() throws {
    let many = { (count: Int) in JSONValue.array((0..<count).map { .int($0) }) }
    let bench = try bench(#""for_each_max_parallel":100"#, input: ["items": many(500)])
    #expect(bench.flights.count == 100)
    let refused = try self.bench(input: ["items": many(501)])
    #expect(refused.status == .failed)
    #expect(
      refused.state.run.failure?.message
        == "step “loop”, for_each_items: the loop has 501 items; at most 500 are allowed"
    )
  }

  @Test func `a list that is not there fails the step with the place`() throws {
    let bench = try bench(input: [:])
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.step == StepID("loop"))
    #expect(bench.state.run.failure?.message?.contains("“input.items” has no value") == true)
  }

  @Test func `fail_fast ends the other items and fails the run`() throws {
    var bench = try bench(then: [call("end", after: ["loop"])])
    try bench.succeed("loop|0|send")
    try bench.fail("loop|1|send", "401")
    #expect(bench.status == .failed)
    #expect(
      bench.state.run.failure
        == Failure(
          code: "MCP_TOOL_FAILED",
          step: StepID("loop"),
          message: "item 1: step “send”: 401"
        )
    )
    #expect(bench.flights.isEmpty)
    #expect(
      bench.event("step_cancelled", "loop#body#send")?.data == [
        "cancelled": true, "reason": "run_failed", "caused_by_step_id": "loop#body#send",
        "duration_ms": 0, "index": 2,
      ]
    )
    #expect(bench.event("step_failed", "loop")?.data["caused_by_step_id"] == "loop#body#send")
    #expect(bench.outcome("end") == .skipped(.blocked))
  }

  @Test func `continue_on_error lets the others go on and counts what failed`() throws {
    var bench = try bench(
      #""for_each_error_policy":"continue_on_error""#,
      body: [call("find"), call("send", after: ["find"])]
    )
    try bench.succeed("loop|0|find")
    try bench.fail("loop|1|find", "401")
    try bench.succeed("loop|2|find", ["n": 2])
    try bench.succeed("loop|0|send")
    #expect(bench.outcome("loop") == .running)
    try bench.succeed("loop|2|send", ["sent": true])
    #expect(bench.status == .completed)
    let result = bench.result("loop")
    #expect(result?["succeeded_count"] == 2)
    #expect(result?["failed_count"] == 1)
    #expect(result?["partial_success"] == true)
    #expect(result?["results"]?[1] == ["index": 1, "error": "step “find”: 401"])
  }

  @Test func `what cannot be paid fails the loop whatever its policy`() throws {
    var bench = try bench(#""for_each_error_policy":"continue_on_error""#)
    try bench.fail("loop|0|send", "spent", code: "INSUFFICIENT_CREDITS")
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.code == "INSUFFICIENT_CREDITS")
  }

  @Test func `pause pauses the run, and a resume goes on with the items that are left`() throws {
    var bench = try bench(#""for_each_error_policy":"pause","for_each_max_parallel":2"#)
    try bench.fail("loop|0|send", "401")
    #expect(bench.status == .paused)
    #expect(
      bench.event("state_changed")?.data == [
        "from": "running", "to": "paused", "by": "runtime", "reason": "item_failed",
        "step_id": "loop", "index": 0, "error": "step “send”: 401",
      ]
    )
    #expect(bench.flights.keys.sorted() == ["loop|1|send"])
    try bench.succeed("loop|1|send")
    #expect(bench.outcome("loop") == .running)
    try bench.tell(.resume)
    try bench.fail("loop|2|send", "402")
    #expect(bench.status == .paused)
    #expect(bench.outcome("loop") == .running)
    try bench.tell(.resume)
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["failed_count"] == 2)
  }

  @Test func `human_review asks once all items are done, and goes on when a person says so`()
    throws
  {
    var bench = try bench(
      #""for_each_error_policy":"human_review""#,
      then: [call("end", after: ["loop"])]
    )
    try bench.fail("loop|1|send", "401")
    try bench.succeed("loop|0|send")
    #expect(bench.state.tasks.isEmpty)
    try bench.succeed("loop|2|send")
    let task = try #require(bench.state.tasks.values.first)
    #expect(task.title == "1 of 3 items of “loop” failed: go on?")
    #expect(task.type == "loop_review")
    #expect(task.payload["failed"] == [["index": 1, "error": "step “send”: 401"]])
    #expect(bench.outcome("loop") == .waiting)
    #expect(bench.status == .running)
    try bench.crash()
    #expect(bench.outcome("loop") == .waiting)
    try bench.answer(true, fields: ["comment": "fine"])
    #expect(bench.result("loop")?["failed_count"] == 1)
    #expect(bench.result("loop")?["review"] == ["approved": true, "comment": "fine"])
    #expect(bench.flights["end"] != nil)
  }

  @Test func `human_review that is rejected fails the run and says what failed first`() throws {
    var bench = try bench(#""for_each_error_policy":"human_review""#)
    try bench.fail("loop|1|send", "401")
    try bench.succeed("loop|0|send")
    try bench.succeed("loop|2|send")
    try bench.answer(false)
    #expect(bench.status == .failed)
    #expect(
      bench.state.run.failure
        == Failure(
          code: "HUMAN_TASK_FAILED",
          step: StepID("loop"),
          message: "alex did not let it go on with 1 of 3 items failed; the first: step “send”: 401"
        )
    )
  }

  @Test func `an item that takes too long fails alone`() throws {
    var bench = try bench(
      #""for_each_error_policy":"continue_on_error","for_each_item_timeout_s":30"#
    )
    try bench.succeed("loop|0|send")
    try bench.succeed("loop|2|send")
    try bench.pass(.seconds(29))
    #expect(bench.outcome("loop") == .running)
    try bench.pass(.seconds(1))
    #expect(bench.flights.isEmpty)
    #expect(
      bench.event("step_failed", "loop#body#send")?.data["code"] == "RUN_STALLED_OR_TIMED_OUT"
    )
    #expect(
      bench.result("loop")?["results"]?[1]
        == ["index": 1, "error": "step “send”: it did not end within 30 s"]
    )
    #expect(bench.status == .completed)
  }

  @Test func `the time of items and of the loop stands still while the run is paused`() throws {
    var bench = try bench(
      #""for_each_item_timeout_s":30,"timeout_s":40"#,
      body: [call("find"), call("send", after: ["find"])],
      input: ["items": ["a"]]
    )
    try bench.pass(.seconds(10))
    try bench.tell(.pause)
    try bench.succeed("loop|0|find")
    try bench.pass(.seconds(3600))
    #expect(bench.status == .paused)
    try bench.tell(.resume)
    try bench.pass(.seconds(19))
    #expect(bench.status == .running)
    try bench.pass(.seconds(1))
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.code == "RUN_STALLED_OR_TIMED_OUT")
  }

  @Test func `the loop's own time-out fails it`() throws {
    var bench = try bench(#""timeout_s":60"#)
    try bench.pass(.seconds(60))
    #expect(bench.status == .failed)
    #expect(bench.state.run.failure?.message == "the loop did not end within 60 s")
    #expect(bench.flights.isEmpty)
  }

  @Test func `inner steps are retried by their own count`() throws {
    var bench = try bench(
      body: [call("send", #""retry_count":1"#)],
      input: ["items": ["a"]]
    )
    try bench.fail("loop|0|send", isTransient: true)
    #expect(bench.log.last == "step_retried loop#body#send 0")
    #expect(bench.state.nextWake == bench.now + .seconds(1))
    try bench.pass(.seconds(1))
    #expect(bench.flights["loop|0|send"]?.attempt == 2)
    try bench.fail("loop|0|send", isTransient: true)
    #expect(bench.status == .failed)
  }

  @Test func `conditions of inner steps read the item, and what follows a skipped one is skipped`()
    throws
  {
    var bench = try bench(
      body: [
        call("send", #""condition":"item.ok""#), call("note", after: ["send"]),
        call("off", #""enabled":false"#),
      ],
      input: ["items": [["ok": true], ["ok": false]]]
    )
    #expect(bench.flights.keys.sorted() == ["loop|0|send"])
    try bench.succeed("loop|0|send", ["n": 1])
    try bench.succeed("loop|0|note", ["n": 2])
    #expect(bench.status == .completed)
    #expect(
      bench.result("loop")?["results"] == [
        ["index": 0, "body": ["send": ["n": 1], "note": ["n": 2]], "result": ["n": 2]],
        ["index": 1, "body": [:], "result": nil],
      ]
    )
    #expect(bench.log.contains("step_completed loop#body#note 1"))
  }

  @Test func `a failure elsewhere cancels what is in flight in the loop`() throws {
    var bench = try bench(input: ["items": ["a"]], then: [call("bad")])
    try bench.fail("bad", "401")
    #expect(bench.status == .failed)
    #expect(bench.outcome("loop") == .cancelled)
    #expect(bench.flights.isEmpty)
    #expect(
      bench.event("step_cancelled", "loop#body#send")?.data == [
        "cancelled": true, "reason": "run_failed", "caused_by_step_id": "bad",
        "duration_ms": 0, "index": 0,
      ]
    )
  }

  @Test func `an immediate stop ends the items in flight, a graceful one lets them end`() throws {
    var bench = try bench(#""for_each_max_parallel":1"#)
    try bench.tell(.stop(.immediate))
    #expect(bench.status == .stopped)
    #expect(bench.outcome("loop") == .stopped)
    #expect(bench.event("step_failed", "loop#body#send")?.data["code"] == "RUN_STOPPED")

    bench = try self.bench(#""for_each_max_parallel":1"#)
    try bench.tell(.stop(.graceful))
    #expect(bench.status == .draining)
    try bench.succeed("loop|0|send")
    #expect(bench.status == .stopped)
    #expect(bench.outcome("loop") == .stopped)
    #expect(bench.begun == ["loop|0|send/1"])
  }

  @Test func `a graceful stop lets a loop complete whose last items are in flight`() throws {
    var bench = try bench(input: ["items": ["a"]])
    try bench.tell(.stop(.graceful))
    try bench.succeed("loop|0|send")
    #expect(bench.status == .stopped)
    #expect(bench.outcome("loop") == .success)
  }

  @Test func `a crash repeats the items that may be repeated and keeps those that are done`() throws
  {
    var bench = try bench(
      #""for_each_max_parallel":2"#,
      body: [script("find"), call("send", after: ["find"], #""idempotent":true"#)]
    )
    try bench.succeed("loop|0|find", ["n": 0])
    try bench.succeed("loop|0|send", ["sent": 0])
    try bench.succeed("loop|1|find", ["n": 1])
    #expect(bench.flights.keys.sorted() == ["loop|1|send", "loop|2|find"])
    try bench.crash()
    #expect(bench.flights.keys.sorted() == ["loop|1|send", "loop|2|find"])
    #expect(bench.flights["loop|1|send"]?.attempt == 2)
    try bench.succeed("loop|1|send", ["sent": 1])
    try bench.succeed("loop|2|find", ["n": 2])
    try bench.succeed("loop|2|send", ["sent": 2])
    #expect(bench.status == .completed)
    #expect(bench.result("loop")?["results"]?[0]?["result"] == ["sent": 0])
    #expect(bench.result("loop")?["succeeded_count"] == 3)
  }

  @Test func `a crash fails the items that may not be repeated, and the policy decides`() throws {
    var bench = try bench(
      #""for_each_error_policy":"continue_on_error","for_each_max_parallel":2"#
    )
    try bench.crash()
    #expect(bench.status == .running)
    #expect(bench.flights.keys.sorted() == ["loop|2|send"])
    try bench.succeed("loop|2|send")
    #expect(bench.result("loop")?["failed_count"] == 2)
    #expect(bench.begun == ["loop|0|send/1", "loop|1|send/1", "loop|2|send/1"])
  }
}
