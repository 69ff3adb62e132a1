import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// Text of strangers, wherever it can come from, draws itself and nothing else.
@Suite struct HostileTests {
  /// Texts that would do harm if they reached a terminal as they are.
  static let texts = [
    "\u{1B}[2J\u{1B}[H\u{1B}]0;owned\u{7}", "\u{9B}2J\u{9D}0;owned\u{9C}",
    "a\nb\r\nc\u{B}\u{C}\u{85}d",
    "\u{202E}gnirts\u{2066}\u{2069}\u{200F}", "\u{200B}\u{200D}\u{FEFF}\u{2060}invisible",
    "z" + String(repeating: "\u{301}", count: 100), "\t\ttabs\u{0}\u{8}\u{7F}",
    "│ y  approve    Esc  no │└────┘", String(repeating: "长", count: 300),
    "👩‍👩‍👧‍👦🏳️‍🌈e\u{301}\u{E0041}\u{E007F}", String(repeating: "W", count: 700), "",
    "\u{2028}\u{2029}\u{AD}\u{61C}",
  ]

  /// Whether a scalar may stand in a frame.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }

  private static func expectHarmless(
    _ frame: Frame,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let bad = frame.lines().joined().unicodeScalars.filter { !isHarmless($0) }
    #expect(bad.isEmpty, sourceLocation: sourceLocation)
    let title = (frame.title ?? "").unicodeScalars.filter { !isHarmless($0) }
    #expect(title.isEmpty, sourceLocation: sourceLocation)
    #expect(frame.lines().allSatisfy { Text.width($0) == frame.size.columns })
  }

  /// A run all of whose texts are hostile.
  private static func run(_ id: String, _ text: String, _ status: RunStatus) -> Run {
    var run = Run(id: RunID(id + text), workflow: WorkflowID(text), status: status)
    run.workflowName = text
    run.trigger = text
    run.statusBy = text
    run.statusAt = Sample.ago(.seconds(60))
    run.startedAt = Sample.ago(.seconds(90))
    run.currentSteps = [StepID(text), StepID(text + "2")]
    run.steps = StepCounts(total: 3, completed: 1)
    run.failure = Failure(code: text, step: StepID(text), message: text)
    return run
  }

  private static func task(of run: Run, _ text: String) -> HumanTask {
    var task = HumanTask(
      id: TaskID(text),
      run: run.id,
      step: StepID(text),
      payload: ["title": .string(text), "description": .string(text), "key" + text: .string(text)]
    )
    task.payload["nested"] = ["deep" + text: [.string(text), 1, nil, true]]
    task.workflow = run.workflow
    task.workflowName = run.workflowName
    task.type = text
    task.createdAt = Sample.ago(.seconds(60))
    return task
  }

  private static func detail(of run: Run, _ text: String) -> RunDetail {
    let step = StepID(text)
    let types = [
      "run_started", "step_started", "tool_called", "tool_result", "llm_output", "task_created",
      "task_completed", "step_completed", "step_cancelled", "step_failed", "state_changed", text,
    ]
    let events = types.map { type in
      RunEvent(
        type: type,
        step: step,
        at: Sample.now,
        data: [
          "trigger": .string(text), "input": .string(text), "tool_name": .string(text),
          "arguments": [text: .string(text)], "result": .string(text), "delta": .string(text),
          "title": .string(text), "completed_by": .string(text), "error": .string(text),
          "failure_code": .string(text), "caused_by_step_id": .string(text),
          "from": .string(text), "to": .string(text), "by": .string(text), text: .string(text),
        ]
      )
    }
    let graph = Graph(steps: [
      Graph.Step(id: step, type: text, name: text, source: ["tool_name": .string(text)]),
      Graph.Step(
        id: StepID("next"),
        type: text,
        name: text,
        dependsOn: [step],
        condition: "steps.\(text).result.approved"
      ),
    ])
    let isWaiting = run.status == .paused
    return RunDetail(
      run: run,
      events: events,
      tasks: isWaiting ? [task(of: run, text)] : [],
      graph: graph,
      at: Sample.now
    )
  }

  /// A desk on which everything is hostile; of the runs the first waits, the next drains, runs, and
  /// failed.
  private static func desk(_ text: String, columns: Int, rows: Int) -> (Desk, [Run]) {
    let statuses: [RunStatus] = [.paused, .draining, .running, .other(text), .failed, .stopped]
    let runs = statuses.enumerated().map { run("\($0)", text, $1) }
    var model = Model(
      size: Size(columns: columns, rows: rows),
      profile: ProfileFacts(name: text, tenant: text, project: text, place: text),
      config: Config(),
      decisions: DecisionSource(high: 1, low: 2),
      now: Sample.now
    )
    model.zone = Zone(offset: 0, name: text)
    var desk = Desk(model)
    expectHarmless(desk.frame)
    desk.send(.inbox(.failed(Fault(.server, text), nextTry: desk.now, missed: 1)))
    expectHarmless(desk.frame)
    let reading = Sample.reading(runs: runs, tasks: [task(of: runs[0], text)])
    desk.send(.inbox(.reading(reading, changed: true)))
    for run in runs { desk.send(.run(Sample.read(detail(of: run, text)))) }
    return (desk, runs)
  }

  @Test(arguments: HostileTests.texts, [(80, 24), (40, 8), (120, 40)])
  func `no text of strangers leaves its place on the inbox and on a run`(
    text: String,
    size: (Int, Int)
  ) {
    var (desk, runs) = HostileTests.desk(text, columns: size.0, rows: size.1)
    for _ in runs {
      HostileTests.expectHarmless(desk.frame)
      desk.press("?")
      HostileTests.expectHarmless(desk.frame)
      desk.press("<esc> <enter>")
      for tab in ["1", "2", "4"] {
        desk.press(tab)
        desk.press("<enter> <ctrl-d> <enter>")
        HostileTests.expectHarmless(desk.frame)
      }
      desk.press("q j")
    }
    desk.press("/")
    desk.send(.paste(text))
    HostileTests.expectHarmless(desk.frame)
    desk.press("<esc>")
    desk.wait(.seconds(60))
    desk.send(.inbox(.failed(Fault(.timedOut, text), nextTry: desk.now + .seconds(8), missed: 3)))
    HostileTests.expectHarmless(desk.frame)
  }

  /// The corners and sides of the only frame on the screen, found by its looks; nil when broken.
  private static func hasWholeBorder(_ frame: Frame) -> Bool {
    let glyphs = Glyphs.utf8
    // The frame is the one rectangle whose corners are drawn in the dialog's look.
    var corners: [Position] = []
    for row in 0..<frame.size.rows {
      for column in 0..<frame.size.columns {
        let cell = frame[column: column, row: row]
        if cell.look.role == .dialog, !cell.look.dimmed {
          corners.append(.init(column: column, row: row))
        }
      }
    }
    guard let left = corners.map(\.column).min(), let right = corners.map(\.column).max(),
      let top = corners.map(\.row).min(), let bottom = corners.map(\.row).max()
    else { return false }
    let text = { (column: Int, row: Int) in frame[column: column, row: row].text }
    let sides = (top + 1..<bottom).allSatisfy { row in
      text(left, row) == String(glyphs.vertical) && text(right, row) == String(glyphs.vertical)
    }
    let edges = (left + 1..<right).allSatisfy { column in
      text(column, top) == String(glyphs.rule) && text(column, bottom) == String(glyphs.rule)
    }
    return sides && edges && text(left, top) == String(glyphs.topLeft)
      && text(right, top) == String(glyphs.topRight)
      && text(left, bottom) == String(glyphs.bottomLeft)
      && text(right, bottom) == String(glyphs.bottomRight)
  }

  @Test(arguments: HostileTests.texts, [(80, 24), (40, 8), (120, 40)])
  func `no text of strangers breaks the frame of a question`(
    text: String,
    size: (Int, Int)
  ) throws {
    let (desk, runs) = HostileTests.desk(text, columns: size.0, rows: size.1)
    let changes: [Change?] = [
      nil, .gone, .answered(by: text, at: Sample.now, approved: false),
      .payload(HostileTests.task(of: runs[0], text)), .status(saw: .other(text), now: runs[3]),
    ]
    for (keys, answer) in [("a", "y"), ("x", "y"), ("s", "i")] {
      for change in changes {
        var desk = desk
        desk.press(keys)
        if let change {
          desk.press(answer)
          let decision = try #require(desk.decisions.last)
          desk.send(.decision(.outcome(decision, .changed(change), recorded: false)))
        }
        HostileTests.expectHarmless(desk.frame)
        #expect(HostileTests.hasWholeBorder(desk.frame))
      }
    }
  }

  @Test(arguments: HostileTests.texts)
  func `no text of strangers leaves the line of what became of a decision`(text: String) throws {
    var (desk, _) = HostileTests.desk(text, columns: 80, rows: 24)
    desk.press("a y")
    let decision = try #require(desk.decisions.last)
    let outcomes: [Outcome] = [
      .done(Confirmation(status: .other(text), readBack: true)), .refused(Refusal(.other, text)),
      .notSent(Fault(.server, text)), .unknown(Fault(.server, text)),
    ]
    for outcome in outcomes {
      desk.send(.decision(.outcome(decision, outcome, recorded: false)))
      HostileTests.expectHarmless(desk.frame)
    }
  }
}
