import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing

/// The form before a start, and the choice of what is started.
@Suite struct StartTests {
  private static let workflow = WorkflowID("wf-order-triage")

  /// The form that starts the failed triage again.
  private static func again(columns: Int = 80, rows: Int = 24, facts: StartFacts? = nil) -> Desk {
    var desk = RunScreenTests.at(
      Sample.triage,
      Sample.triageDetail,
      columns: columns,
      rows: rows
    )
    desk.press("+")
    desk.effects = []
    desk.send(.workflow(.facts(workflow, .success(facts ?? Sample.triageFacts))))
    return desk
  }

  private static func screen(_ desk: Desk) throws -> StartScreen {
    guard case .start(let screen) = desk.model.top else { throw Missing.form }
    return screen
  }

  private enum Missing: Error { case form }

  @Test func `a run is started again with its input, and its new run is opened`() throws {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    let reference = try #require(Sample.triage.reference)
    #expect(
      desk.press("+") == [
        .dropInput, .probeJournal, .loadStart(StartTests.workflow, input: reference),
      ]
    )
    #expect(desk.press("<enter>") == [])
    #expect(desk.text.contains("still being read"))
    desk.send(.workflow(.facts(StartTests.workflow, .success(Sample.triageFacts))))
    desk.press("<enter>")
    let decision = try #require(desk.decisions.first)
    #expect(decision.verb == .start)
    #expect(decision.fields == ["order": 42, "channel": "mail"])
    #expect(decision.subject.run.workflow == StartTests.workflow)
    desk.press("<enter>")
    #expect(desk.decisions.count == 1)
    let made = Confirmation(status: .running, readBack: true, run: decision.subject.run)
    let effects = desk.send(.decision(.outcome(decision, .done(made), recorded: true)))
    #expect(effects.contains(.load(decision.subject.run)))
    guard case .run(let screen) = desk.model.top else {
      Issue.record("no run is opened")
      return
    }
    #expect(screen.reference == decision.subject.run)
  }

  @Test func `a start whose outcome is unknown is asked for again, never made twice`() throws {
    var desk = StartTests.again()
    desk.press("<enter>")
    let first = try #require(desk.decisions.first)
    let fault = Fault(.timedOut, "no answer came.")
    desk.send(.decision(.outcome(first, .unknown(fault), recorded: true)))
    #expect(try StartTests.screen(desk).isSending == false)
    #expect(desk.text.contains("never for a second one"))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.id) == [first.id, first.id])
    #expect(desk.decisions.last == first)
    desk.send(.decision(.outcome(first, .notSent(fault), recorded: true)))
    desk.press("<end>")
    desk.type("0")
    desk.press("<enter>")
    #expect(desk.decisions.count == 2)
    #expect(desk.text.contains("The start before may have run: ↵ once more starts another."))
    // Another input is asked about anew.
    desk.type("0")
    desk.press("<enter> <backspace> <enter>")
    #expect(desk.decisions.count == 2)
    desk.press("<enter>")
    #expect(desk.decisions.count == 3)
    #expect(desk.decisions.last?.id != first.id)
    #expect(desk.decisions.last?.fields["order"] == 420)
  }

  @Test func `a form that is left while it is sent tells its outcome on the next screen`() throws {
    var desk = StartTests.again()
    desk.press("<enter> <esc> <esc> <esc>")
    let decision = try #require(desk.decisions.first)
    let made = Confirmation(status: .running, readBack: true, run: decision.subject.run)
    desk.send(.decision(.outcome(decision, .done(made), recorded: true)))
    #expect(desk.model.top == .inbox)
    #expect(desk.text.contains("started order-triage"))
  }

  @Test func `what is missing or wrong is said where it stands`() throws {
    var desk = StartTests.again()
    desk.press("ctrl-u <enter>")
    #expect(desk.text.contains("order is required."))
    desk.type("4x")
    #expect(desk.text.contains("order wants a whole number, such as 42"))
    desk.press("<tab> <tab> <enter>")
    #expect(try StartTests.screen(desk).form.current?.name == "order")
    #expect(desk.decisions.isEmpty)
    desk.press("ctrl-u")
    desk.type("7")
    desk.press("<tab> ctrl-u")
    desk.type("fax")
    #expect(desk.text.contains("channel is one of mail, phone, chat"))
    desk.press("ctrl-u <tab> <space> <enter>")
    #expect(try #require(desk.decisions.first).fields == ["order": 7, "dry_run": true])
  }

  @Test func `what was typed before the schema came stays`() throws {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    desk.press("+ <end>")
    desk.type("1")
    desk.send(.workflow(.facts(StartTests.workflow, .success(Sample.triageFacts))))
    desk.press("<enter>")
    #expect(try #require(desk.decisions.first).fields == ["order": 421, "channel": "mail"])
  }

  @Test func `without a schema and a run, lines of key=value are typed`() throws {
    var desk = Sample.desk()
    var model = desk.model
    desk.effects = model.openStart(StartTests.workflow, name: "order-triage")
    desk.model = model
    desk.send(
      .workflow(.facts(StartTests.workflow, .failure(Fault(.notFound, "it is not there."))))
    )
    #expect(desk.text.contains("could not be read: it is not there."))
    desk.type("order=42")
    desk.press("<tab>")
    desk.type("note=it's late")
    #expect(desk.text.contains("start order-triage order=42 'note=it'\\''s late'"))
    desk.press("<enter>")
    #expect(try #require(desk.decisions.first).fields == ["order": 42, "note": "it's late"])
  }

  @Test func `the whole input goes into the editor and comes back`() throws {
    var desk = StartTests.again()
    let subject = EditorWish.Subject.input(StartTests.workflow)
    guard case .edit(let wish)? = desk.press("alt-e").first else {
      Issue.record("no editor")
      return
    }
    #expect(wish.subject == subject)
    #expect(wish.text == "{\n  \"order\": 42,\n  \"channel\": \"mail\"\n}")
    desk.send(.editor(subject, .saved("{\"order\": 7, \"big\": 9007199254740993")))
    #expect(desk.text.contains("Not taken from the editor"))
    desk.send(.editor(subject, .saved("{\"order\": 7, \"big\": 9007199254740993}")))
    desk.press("<enter>")
    let sent = try #require(desk.decisions.first).fields
    #expect(JSONWriter.text(.object(sent)) == "{\"order\":7,\"big\":9007199254740993}")
  }

  @Test func `read-only starts nothing`() {
    var desk = Sample.desk(config: Config(readOnly: "started with --read-only"))
    #expect(desk.press("+") == [])
    #expect(desk.model.top == .inbox)
    #expect(desk.text.contains("read-only: started with --read-only"))
  }

  // MARK: The choice

  private static func choice(columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press("+")
    desk.send(.workflow(.listed(.success(Sample.workflows))))
    return desk
  }

  @Test func `a workflow is chosen from a list that narrows while it is typed`() throws {
    var desk = DialogScreenTests.on(Sample.refund)
    #expect(desk.press("+") == [.dropInput, .loadWorkflows])
    desk.send(.workflow(.listed(.success(Sample.workflows))))
    #expect(desk.text.contains("▌refund-approvals"))
    desk.type("or tri")
    #expect(!desk.text.contains("crm-sync"))
    let effects = desk.press("<enter>")
    #expect(effects == [.dropInput, .probeJournal, .loadStart(StartTests.workflow, input: nil)])
    #expect(try StartTests.screen(desk).name == "order-triage")
    desk.press("<esc>")
    #expect(desk.model.top == .inbox)
  }

  @Test func `a draft cannot be started, and why is said`() {
    var desk = StartTests.choice()
    desk.type("returns")
    desk.press("<enter>")
    #expect(desk.text.contains("order-returns is a draft: it has to be published"))
    desk.type("zzz")
    #expect(desk.text.contains("No workflow is called so."))
    #expect(desk.press("<enter>") == [])
  }

  @Test func `workflows that cannot be read are said to be`() {
    var desk = Sample.desk()
    desk.press("+")
    #expect(desk.text.contains("Reading the workflows …"))
    desk.send(.workflow(.listed(.failure(Fault(.timedOut, "no answer within 10 s.")))))
    #expect(desk.text.contains("could not be read: no answer within 10 s."))
  }

  // MARK: Screens

  @Test func `the form before a start`() {
    expectScreen(StartTests.again().frame, "start-again")
    expectScreen(StartTests.again(columns: 40, rows: 12).frame, "start-again")
    var desk = StartTests.again()
    desk.press("ctrl-u <enter>")
    expectScreen(desk.frame, "start-missing")
    expectScreen(StartTests.choice().frame, "start-choice")
    expectScreen(StartTests.choice(columns: 40, rows: 12).frame, "start-choice")
  }
}
