import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// What holds whatever is pressed, whatever comes in, whatever the size.
@Suite struct PropertyTests {
  /// A desk with each kind of layer on the top.
  static func desks() throws -> [Desk] {
    var desks = [Desk(Sample.blank()), Sample.desk()]
    var first = Sample.blank()
    first.layers = [.firstStart(FirstStart(configPath: "~/.config/command-center/config.toml"))]
    desks.append(Desk(first))
    var connecting = Desk(first)
    connecting.press("2")
    desks.append(connecting)
    for keys in ["/", "?", "j a", "j x", "j s", "] ] s"] {
      var desk = Sample.desk()
      desk.press(keys)
      desk.send(.run(Sample.read(Sample.refundDetail)))
      desks.append(desk)
    }
    for detail in [Sample.triageDetail, Sample.refundDetail, Sample.invoiceDetail] {
      for tab in ["1 <enter>", "2", "4"] {
        var desk = RunScreenTests.at(detail.run, detail)
        desk.press(tab)
        desks.append(desk)
      }
    }
    var offline = Sample.desk()
    let fault = Fault(.timedOut, String(repeating: "no connection ", count: 20))
    offline.send(.inbox(.failed(fault, nextTry: offline.now + .seconds(8), missed: 3)))
    desks.append(offline)
    desks.append(try DialogScreenTests.changed(.gone))
    return desks
  }

  @Test func `each layer can be drawn at each size`() throws {
    let desks = try PropertyTests.desks()
    let firstModel = desks.first?.model
    for desk in desks {
      var desk = desk
      // Each size is tried; beneath the smallest that is drawn, once for all layers is enough.
      let isFirst = desk.model == firstModel
      for rows in isFirst ? 1...20 : 7...20 {
        for columns in stride(from: isFirst ? 1 : 39, through: 60, by: 1) {
          let size = Size(columns: columns, rows: rows)
          desk.send(.resized(size))
          if desk.frame.size != size { Issue.record("drawn at another size than \(size)") }
        }
      }
      desk.send(.resized(Size(columns: 0, rows: 0)))
      #expect(desk.frame.size == Size(columns: 0, rows: 0))
      for (columns, rows) in [(500, 200), (60, 8), (119, 24), (120, 8), (40, 200)] {
        desk.send(.resized(Size(columns: columns, rows: rows)))
        #expect(desk.frame.lines().count == rows)
      }
    }
  }

  // MARK: Random hands

  private static let keys = Keys(
    """
    j k g G [ ] <enter> a x p s y n q <esc> / o r ? 1 2 4 <tab> f i <pgup> <pgdn> <ctrl-d> <ctrl-u> \
    <up> <down> <home> <end> <backspace> <space> <ctrl-w> : e <left> 3 <f5> <alt-a> V * b <space> y
    """
  ).all

  private static func status(_ random: inout Seeded) -> RunStatus {
    let all: [RunStatus] = [
      .pending, .queued, .starting, .running, .paused, .draining, .completed, .failed, .stopped,
      .other("melting"),
    ]
    return all.randomElement(using: &random) ?? .running
  }

  private static func reading(_ random: inout Seeded, at moment: Timestamp) -> Reading {
    var runs: [Run] = []
    var tasks: [HumanTask] = []
    for number in 0..<Int.random(in: 0...40, using: &random) where Bool.random(using: &random) {
      let status = status(&random)
      var run = Sample.run("run-\(number)", "flow-\(number % 5)", status)
      if Int.random(in: 0...9, using: &random) > 0 {
        run.startedAt = moment + .seconds(-Int.random(in: -10...90_000, using: &random))
      }
      if Int.random(in: 0...9, using: &random) == 0 { run.workflow = nil }
      if status == .failed {
        run.failure = Failure(code: "CODE_\(number % 3)", step: StepID("s"), message: "m \(number)")
      }
      if status == .paused, Bool.random(using: &random) {
        tasks.append(
          Sample.task(
            of: run,
            step: "s-\(number % 2)",
            type: "approval",
            age: .seconds(number),
            ["title": .string("Task \(number)"), "n": .int(number)]
          )
        )
      }
      if Int.random(in: 0...9, using: &random) > 0 { runs.append(run) }
    }
    let isUnread = Int.random(in: 0...9, using: &random) == 0
    return Reading(runs: runs, tasks: isUnread ? nil : tasks, at: moment)
  }

  private static func detail(_ random: inout Seeded, of run: RunReference) -> RunDetail {
    var made = Sample.run(run.run.text, "flow", status(&random), began: .seconds(50))
    made.workflow = run.workflow
    let events = (0..<Int.random(in: 0...60, using: &random)).map { number in
      RunEvent(
        type: ["step_started", "step_completed", "step_failed", "x"][number % 4],
        step: StepID("s-\(number % 7)"),
        at: Sample.now,
        data: ["n": .int(number)]
      )
    }
    var detail = RunDetail(run: made, events: events, at: Sample.now)
    if Bool.random(using: &random) { detail.tasks = [Sample.approval] }
    if Bool.random(using: &random) { detail.graph = Sample.refundGraph }
    return detail
  }

  private static func outcome(_ random: inout Seeded, _ decision: Decision) -> Outcome {
    let run = Sample.run(decision.subject.run.run.text, "flow", status(&random))
    let all: [Outcome] = [
      .done(Confirmation(status: status(&random), readBack: Bool.random(using: &random))),
      .changed(.gone), .changed(.status(saw: nil, now: run)), .changed(.payload(Sample.approval)),
      .changed(.answered(by: nil, at: nil, approved: nil)), .refused(Refusal(.busy, "later")),
      .notSent(Fault(.unreachable, "gone")), .unknown(Fault(.timedOut, "late")),
    ]
    return all.randomElement(using: &random) ?? all[0]
  }

  /// The next thing that happens at a desk.
  private static func message(_ random: inout Seeded, _ desk: Desk, _ open: [Decision]) -> Message {
    switch Int.random(in: 0...19, using: &random) {
    case 0, 1: return .inbox(.reading(reading(&random, at: desk.now), changed: true))
    case 2:
      let fault = Fault(.unreachable, "no connection")
      return .inbox(.failed(fault, nextTry: desk.now + .seconds(5), missed: 3))
    case 3:
      let size = Size(
        columns: Int.random(in: 1...140, using: &random),
        rows: Int.random(in: 1...50, using: &random)
      )
      return .resized(size)
    case 4:
      if let reference = desk.model.inbox.selection?.reference {
        return .run(.detail(reference, .success(detail(&random, of: reference))))
      }
      return .tick
    case 5:
      if let decision = open.randomElement(using: &random) {
        let isRecorded = Bool.random(using: &random)
        return .decision(.outcome(decision, outcome(&random, decision), recorded: isRecorded))
      }
      return .paste("y\na")
    case 6, 7:
      let actions: [Pointer.Action] = [.press, .press, .release, .wheelUp, .wheelDown]
      let position = Position(
        column: Int.random(in: 0...150, using: &random),
        row: Int.random(in: 0...55, using: &random)
      )
      return .pointer(Pointer(actions.randomElement(using: &random) ?? .press, at: position))
    default: return .key(keys.randomElement(using: &random) ?? Key("j"))
    }
  }

  /// What holds of every model.
  private static func expectSound(_ model: Model, _ trace: String) {
    let listing = model.inbox.listing
    let frame = view(model)
    #expect(frame.size == model.size, "\(trace)")
    #expect((listing.index == nil) == listing.rows.isEmpty, "\(trace)")
    #expect(listing.index.map(listing.rows.indices.contains) ?? true, "\(trace)")
    let ids = listing.rows.map(\.id)
    #expect(Set(ids).count == ids.count, "\(trace)")
    #expect(model.inbox.scroll >= 0, "\(trace)")
    #expect(!model.layers.isEmpty && model.layers.first == .inbox, "\(trace)")
    let dialogs = model.layers.count { layer in
      switch layer {
      case .decision, .stopping: true
      default: false
      }
    }
    #expect(dialogs <= 1, "\(trace)")
    // Where the inbox has room and rows, the row under the cursor is on the screen.
    if model.layers == [.inbox], model.size.columns >= 40, model.size.rows >= 14,
      listing.index != nil
    {
      let lines = frame.lines()
      #expect(lines.contains { $0.hasPrefix("▌") }, "\(trace)")
    }
  }

  @Test(arguments: 0..<24)
  func `random hands on random data break nothing`(seed: Int) {
    var random = Seeded(UInt64(seed))
    var desk = Desk(Sample.blank())
    var open: [Decision] = []
    var trace = "seed \(seed):"
    for _ in 0..<150 {
      let message = PropertyTests.message(&random, desk, open)
      if case .key(let key) = message { trace += " \(key.name)" } else { trace += " ." }
      if case .decision(.outcome(let decision, _, _)) = message {
        open.removeAll { $0.id == decision.id }
      }
      let effects = desk.send(message)
      for case .carryOut(let decision) in effects {
        // Only a key decides, and only one that answers or needs no question.
        guard case .key(let key) = message else {
          Issue.record("\(trace): decided without a key")
          return
        }
        #expect(["y", "g", "i", "p", "enter"].contains(key.name), "\(trace)")
        #expect(!open.contains { $0.id == decision.id }, "\(trace)")
        #expect(
          !open.contains { $0.subject.run.run == decision.subject.run.run },
          "\(trace)"
        )
        open.append(decision)
      }
      if effects.contains(where: { if case .quit = $0 { true } else { false } }) { break }
      PropertyTests.expectSound(desk.model, trace)
      desk.wait(.milliseconds(Int.random(in: 0...1500, using: &random)))
    }
  }
}
