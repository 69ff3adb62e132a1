import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// Runs that look stuck, as they are shown.
@Suite struct AttentionScreenTests {
  /// Silent for fourteen minutes, at a server that tells its clock.
  private static let silent = Sample.run(
    "77aa01fe-0000",
    "lead-enrich",
    .running,
    began: .seconds(1260)
  ) {
    $0.version = 4
    $0.steps = StepCounts(total: 7, completed: 2, running: 1)
    $0.currentSteps = [StepID("enrich")]
    $0.updatedAt = Sample.ago(.seconds(14 * 60))
    $0.trigger = "cron"
  }
  private static let flow = WorkflowID("wf-lead-enrich")

  private static func reading(at moment: Timestamp = Sample.now, with run: Run = silent) -> Reading
  {
    var runs = Sample.runs.filter { $0.id != silent.id }
    runs.append(run)
    var reading = Sample.reading(runs: runs, at: moment)
    reading.clockSkew = .zero
    return reading
  }

  private static func history(_ seconds: [Int] = [40, 38, 40, 41, 120]) -> StepHistory {
    var history = StepHistory()
    for took in seconds {
      history.add([
        RunEvent(type: "step_started", step: StepID("enrich"), at: Sample.now),
        RunEvent(type: "step_completed", step: StepID("enrich"), at: Sample.now + .seconds(took)),
      ])
    }
    return history
  }

  private static let detail = RunDetail(
    run: silent,
    events: [
      Sample.event("13:59:58.120", "run_started", ["trigger": "cron"]),
      Sample.event("14:00:00.021", "step_started", step: "fetch-leads"),
      Sample.event("14:06:59.412", "step_completed", step: "fetch-leads"),
      Sample.event("14:06:59.800", "step_started", step: "enrich"),
    ],
    graph: Graph(steps: [
      Graph.Step(id: StepID("fetch-leads"), type: "mcp_call"),
      Graph.Step(
        id: StepID("enrich"),
        type: "mcp_call",
        dependsOn: [StepID("fetch-leads")],
        source: ["instance_id": "clearbit", "tool_name": "people.lookup"]
      ),
      Graph.Step(id: StepID("score"), type: "lua_script", dependsOn: [StepID("enrich")]),
    ]),
    at: Sample.now
  )

  /// A desk that knows the workflow's past, with the cursor on the silent run.
  private static func desk(columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = Sample.desk(reading(), columns: columns, rows: rows)
    desk.send(.run(.history(flow, .success(history()))))
    desk.press("] ]")
    return desk
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `a silent run says so in its row`(columns: Int, rows: Int) {
    let desk = Self.desk(columns: columns, rows: rows)
    expectScreen(desk.frame, "stuck")
  }

  @Test func `the preview gives the evidence and what to look at, in order`() throws {
    var desk = Self.desk(columns: 120, rows: 40)
    let reference = try #require(Self.silent.reference)
    desk.send(.run(.detail(reference, .success(Self.detail))))
    expectScreen(desk.frame, "stuck-preview")
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `the run's screen says it above its events`(columns: Int, rows: Int) throws {
    var desk = Self.desk(columns: columns, rows: rows)
    let reference = try #require(Self.silent.reference)
    desk.press("enter")
    desk.send(.run(.detail(reference, .success(Self.detail))))
    expectScreen(desk.frame, "stuck-run")
  }

  @Test func `a run in episode mode is no alarm`() throws {
    var desk = Sample.desk(Self.reading())
    desk.send(.run(.history(Self.flow, .success(StepHistory(isEpisodic: true)))))
    desk.press("] ]")
    expectScreen(desk.frame, "episode")
    desk.press("enter")
    let reference = try #require(Self.silent.reference)
    desk.send(.run(.detail(reference, .success(Self.detail))))
    #expect(
      desk.text.contains("episode mode: runs until something closes it; no event for 14m")
    )
    #expect(!desk.text.contains("stuck?"))
  }

  @Test func `the past of a workflow is asked for once, when one of its runs is silent`() {
    var desk = Desk(Sample.blank())
    let first = desk.send(.inbox(.reading(Self.reading(), changed: true)))
    #expect(first.contains(.loadHistory(Self.flow, version: 4)))
    #expect(!desk.text.contains("stuck?"))
    desk.now = desk.now + .seconds(3)
    let later = desk.send(.inbox(.reading(Self.reading(at: desk.now), changed: true)))
    #expect(!later.contains { if case .loadHistory = $0 { true } else { false } })
    desk.send(.run(.history(Self.flow, .success(Self.history()))))
    #expect(desk.text.contains("stuck? no event 14m"))
  }

  @Test func `a past that cannot be read is given up after three tries`() {
    var desk = Sample.desk(Self.reading())
    let fault = Fault(.server, "api: 500")
    var asked = 0
    for _ in 0..<6 {
      desk.send(.run(.history(Self.flow, .failure(fault))))
      desk.now = desk.now + .seconds(3)
      let effects = desk.send(.inbox(.reading(Self.reading(at: desk.now), changed: false)))
      asked += effects.count { if case .loadHistory = $0 { true } else { false } }
    }
    #expect(asked == 2)
    #expect(desk.text.contains("stuck? no event 14m"))
    #expect(Self.evidence(desk).contains("what enrich usually takes is not known"))
  }

  private static func evidence(_ desk: Desk) -> String {
    var desk = desk
    desk.press("] ] enter")
    return desk.text
  }

  @Test func `time alone makes a run look stuck, without news`() {
    let fresh = Sample.run("77aa01fe-0000", "lead-enrich", .running) {
      $0.currentSteps = [StepID("enrich")]
      $0.updatedAt = Sample.ago(.seconds(290))
    }
    var desk = Sample.desk(Self.reading(with: fresh))
    #expect(!desk.text.contains("stuck?"))
    desk.now = desk.now + .seconds(12)
    desk.send(.inbox(.reading(Self.reading(at: desk.now, with: fresh), changed: false)))
    desk.send(.run(.history(Self.flow, .success(Self.history()))))
    #expect(desk.text.contains("stuck? no event 5m"))
    let moved = Sample.run("77aa01fe-0000", "lead-enrich", .running) {
      $0.currentSteps = [StepID("score")]
      $0.updatedAt = desk.now
    }
    desk.send(.inbox(.reading(Self.reading(at: desk.now, with: moved), changed: true)))
    #expect(!desk.text.contains("stuck?"))
  }

  @Test func `what an earlier session saw is called nothing`() {
    var desk = Desk(Sample.blank())
    desk.send(.inbox(.snapshot(Self.reading())))
    desk.press("o")
    #expect(!desk.text.contains("stuck?"))
    #expect(!desk.effects.contains { if case .loadHistory = $0 { true } else { false } })
  }
}
