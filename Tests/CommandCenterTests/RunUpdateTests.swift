import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// What the run screen and help do with keys and readings.
@Suite struct RunUpdateTests {
  /// The run screen on the top of a desk.
  private static func screen(_ desk: Desk) throws -> RunScreen {
    guard case .run(let screen) = desk.model.top else {
      throw Missing.runScreen
    }
    return screen
  }

  private enum Missing: Error { case runScreen }

  /// A reading of the invoice run with one event more.
  private static func later() -> RunDetail {
    var detail = Sample.invoiceDetail
    detail.events.append(Sample.event("14:20:59.000", "llm_output", step: "post-ledger"))
    detail.at = Sample.now + .seconds(3)
    return detail
  }

  @Test func `opening a run reads it`() throws {
    var desk = DialogScreenTests.on(Sample.triage)
    let reference = try #require(Sample.triage.reference)
    #expect(desk.press("<enter>") == [.load(reference)])
    #expect(try RunUpdateTests.screen(desk).reference == reference)
    desk.press("q")
    #expect(desk.model.top == .inbox)
    #expect(desk.model.inbox.selection?.id.run == Sample.triage.id)
  }

  @Test func `digits and Tab go to the tabs that there are`() throws {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    #expect(try RunUpdateTests.screen(desk).tab == .events)
    desk.press("2")
    #expect(try RunUpdateTests.screen(desk).tab == .steps)
    desk.press("4")
    #expect(try RunUpdateTests.screen(desk).tab == .steps)
    desk.press("<tab>")
    #expect(try RunUpdateTests.screen(desk).tab == .events)
    desk = RunScreenTests.at(Sample.refund, Sample.refundDetail)
    #expect(try RunUpdateTests.screen(desk).tab == .task)
    desk.press("<tab> <tab> <tab>")
    #expect(try RunUpdateTests.screen(desk).tab == .task)
    desk.press("1")
    #expect(try RunUpdateTests.screen(desk).tab == .events)
    desk.press("4")
    #expect(try RunUpdateTests.screen(desk).tab == .task)
  }

  @Test func `the task's tab goes when the task is answered`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.refundDetail)
    #expect(desk.text.contains("4 Task"))
    var answered = Sample.refundDetail
    answered.run.status = .running
    answered.tasks = []
    desk.send(.run(Sample.read(answered)))
    #expect(!desk.text.contains("4 Task"))
    #expect(try RunUpdateTests.screen(desk).tab == .events)
  }

  @Test func `following stays on the newest event until one goes back to read`() throws {
    var desk = RunScreenTests.at(Sample.invoice, Sample.invoiceDetail)
    #expect(try RunUpdateTests.screen(desk).event == 2)
    desk.send(.run(Sample.read(RunUpdateTests.later())))
    #expect(try RunUpdateTests.screen(desk).event == 3)
    desk.press("k")
    #expect(try !RunUpdateTests.screen(desk).follows)
    var more = RunUpdateTests.later()
    more.events.append(Sample.event("14:21:00.000", "llm_output"))
    desk.send(.run(Sample.read(more)))
    #expect(try RunUpdateTests.screen(desk).event == 2)
    desk.press("G")
    #expect(try RunUpdateTests.screen(desk).follows)
    desk.press("f")
    #expect(try !RunUpdateTests.screen(desk).follows)
  }

  @Test func `a live run is read again with each poll, an ended one is not`() throws {
    var desk = RunScreenTests.at(Sample.invoice, Sample.invoiceDetail)
    let reference = try #require(Sample.invoice.reference)
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: false))) == [.load(reference)])
    desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: true))).isEmpty)
    #expect(desk.press("r") == [.refresh, .load(try #require(Sample.triage.reference))])
  }

  @Test func `a failed reading of a run does not end the asking`() throws {
    var desk = RunScreenTests.at(Sample.invoice, nil)
    let reference = try #require(Sample.invoice.reference)
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: false))).isEmpty)
    desk.send(.run(.detail(reference, .failure(Fault(.server, "500")))))
    #expect(desk.send(.inbox(.reading(Sample.reading(), changed: false))) == [.load(reference)])
  }

  @Test func `a graph that comes later completes what was read`() throws {
    var detail = Sample.refundDetail
    detail.graph = nil
    var desk = RunScreenTests.at(Sample.refund, detail)
    #expect(!desk.text.contains("Behind it"))
    let before = desk.model
    desk.send(
      .run(
        .graph(try #require(Sample.refund.workflow), version: 3, Sample.refundGraph)
      )
    )
    #expect(desk.text.contains("Behind it: issue-refund, notify-customer (both only"))
    #expect(desk.model != before)
  }

  @Test func `a run is decided on from its own screen`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.refundDetail)
    desk.press("a y")
    #expect(desk.decisions.map(\.verb) == [.approve])
    #expect(desk.decisions.map(\.seen?.payload) == [Sample.approval.payload])
    _ = try RunUpdateTests.screen(desk)
  }

  @Test func `unfolding shows an event's data and hides it again`() throws {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.press("g j j j")
    let before = desk.text
    desk.press("<enter>")
    #expect(desk.text.contains("\"customer\": \"alex@example.com\""))
    desk.press("<enter>")
    #expect(desk.text == before)
  }

  @Test func `no more runs are remembered than there is a bound for`() throws {
    let runs = InboxUpdateTests.crowd(1...60)
    var desk = Sample.desk(Sample.reading(runs: runs, tasks: []))
    for run in runs { desk.send(.run(Sample.read(RunDetail(run: run, at: Sample.now)))) }
    let remembered = try runs.filter {
      desk.model.details[try #require($0.reference)] != nil
    }
    #expect(remembered.map(\.id) == runs.suffix(24).map(\.id))
  }

  // MARK: Help

  @Test func `help does what is picked`() throws {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press("?")
    desk.type("approve …")
    let effects = desk.press("<enter>")
    #expect(effects.first == .dropInput)
    guard case .decision(let dialog) = desk.model.top else {
      Issue.record("no question")
      return
    }
    #expect(dialog.target.id == Sample.refund.id)
    #expect(desk.decisions.isEmpty)
  }

  @Test func `letters in help search, arrows choose, Esc closes`() {
    var desk = Sample.desk()
    desk.press("?")
    desk.type("qsaxy")
    #expect(desk.model.layers.count == 2)
    #expect(desk.press("<enter>").isEmpty)
    desk.press("<esc>")
    #expect(desk.model.layers == [.inbox])
    desk.press("? <down> <down> <up> <enter>")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.model.inbox.listing.index == 0)
  }

  @Test(arguments: Keymap.Scope.allCases)
  func `every key of a scope does one thing`(scope: Keymap.Scope) throws {
    let bindings = try #require(Keymap.standard.bindings[scope])
    let keys = bindings.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
    for binding in bindings {
      #expect(!binding.keys.isEmpty, "\(binding.command)")
      for key in binding.keys {
        #expect(Keymap.standard.command(for: key, in: scope) == binding.command)
      }
    }
  }

  @Test func `no verb lies on a control key`() {
    let verbs: Set<Command> = [
      .approve, .reject, .pause, .stop, .confirm, .gracefully, .immediately,
    ]
    for (scope, bindings) in Keymap.standard.bindings {
      for binding in bindings where verbs.contains(binding.command) {
        #expect(binding.keys.allSatisfy { !$0.control && !$0.alt }, "\(scope)")
      }
    }
  }

  @Test(arguments: [("1", Departing.demo), ("3", .local)])
  func `the first screen leaves for what was chosen`(key: String, departing: Departing) {
    var model = Sample.blank()
    model.layers = [.firstStart(FirstStart(configPath: "config.toml"))]
    var desk = Desk(model)
    #expect(desk.press("2 esc").isEmpty)
    #expect(desk.press(key) == [.quit(departing)])
    #expect(desk.model.nextWake == nil)
  }
}
