import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// The line behind `:`: the shell's verbs, completion, history, starts.
@Suite struct CommandLineTests {
  /// A desk with a line on it.
  private func desk(_ line: String = "", _ size: Size = Size(columns: 80, rows: 24)) -> Desk {
    var desk = Sample.desk(columns: size.columns, rows: size.rows)
    desk.model.offers = Offers(profiles: ["prod", "staging"], themes: ["midnight", "paper"])
    desk.model.workflows = Self.workflows
    desk.effects = []
    desk.press(":")
    desk.type(line)
    return desk
  }

  private static let workflows: [Workflow] = {
    var refund = Workflow(id: WorkflowID("wf-refund-approvals"), name: "refund-approvals")
    refund.version = 3
    refund.summary = "Pays back, after a look"
    var retry = Workflow(id: WorkflowID("wf-refund-retry"), name: "refund-retry")
    retry.version = 1
    var draft = Workflow(id: WorkflowID("wf-new"), name: "new-thing")
    draft.status = "draft"
    return [refund, retry, draft]
  }()

  private static let facts: StartFacts = {
    var facts = StartFacts()
    facts.version = 3
    facts.schema = [
      "type": "object", "required": ["order"],
      "properties": [
        "order": ["type": "integer", "description": "the order's number"],
        "channel": ["type": "string", "enum": ["mail", "phone"]],
        "dry_run": ["type": "boolean", "default": false],
      ],
    ]
    return facts
  }()

  /// Tells the desk what the workflow takes.
  private func tell(_ desk: inout Desk) {
    desk.send(.workflow(.facts(WorkflowID("wf-refund-approvals"), .success(Self.facts))))
  }

  private func text(_ desk: Desk) -> String? {
    guard case .command(let line) = desk.model.top else { return nil }
    return line.text
  }

  // MARK: Deciding

  @Test func `an id opens the same question as the key`() {
    for (line, keys) in [("approve 7c9e", "j a"), ("reject 7c9e", "j x")] {
      var desk = desk(line)
      #expect(desk.press("enter").contains(.dropInput))
      var other = Sample.desk()
      other.press(keys)
      #expect(desk.model.top == other.model.top, "\(line)")
    }
  }

  @Test func `a stop offers the way that was asked for, and none asks for one`() {
    var desk = desk("stop 1f0a --graceful")
    desk.press("enter")
    #expect(desk.text.contains("Stop  invoice-agent  1f0ab2c4"))
    #expect(desk.text.contains("g  gracefully"))
    #expect(!desk.text.contains("i  immediately"), "\(desk.text)")
    desk.press("i")
    #expect(desk.decisions.isEmpty, "only what was asked for")
    desk.press("g")
    #expect(desk.decisions.map(\.verb) == [.stop(.graceful)])
    var open = self.desk("stop 1f0a")
    open.press("enter")
    #expect(open.text.contains("g  gracefully") && open.text.contains("i  immediately"))
  }

  @Test func `pause and resume have no question`() {
    var desk = desk("pause 1f0a")
    desk.press("enter")
    #expect(desk.decisions.map(\.verb) == [.pause])
    #expect(desk.model.layers == [.inbox])
    var other = self.desk("resume 0d33")
    other.press("enter")
    #expect(other.decisions.map(\.subject.run.run.short) == ["0d33e1b9"])
    #expect(other.decisions.map(\.verb) == [.resume])
  }

  @Test func `without an id it is about the row under the cursor`() {
    var desk = desk()
    desk.press("esc ] ] :")
    desk.type("pause")
    desk.press("enter")
    #expect(desk.decisions.map(\.subject.run.run.short) == ["77aa01fe"])
  }

  @Test func `several ids, and filters, are reviewed before anything is sent`() {
    for line in ["pause 1f0a 77aa", "stop --now 1f0a 77aa", "pause section:running"] {
      var desk = desk(line)
      desk.press("enter")
      #expect(desk.decisions.isEmpty, "\(line)")
      guard case .review = desk.model.top else {
        Issue.record("no review of \(line): \(desk.text)")
        continue
      }
    }
    var desk = desk("stop --graceful status:running")
    desk.press("enter")
    guard case .review(let page) = desk.model.top else {
      Issue.record("no review: \(desk.text)")
      return
    }
    #expect(Set(page.items.compactMap { $0.verdict }) == [.stop(.graceful)])
    #expect(page.items.count == 3, "each run once, each of them named")
    #expect(page.items.allSatisfy { $0.target.run?.status == .running })
    #expect(desk.decisions.isEmpty)
  }

  @Test func `an exclamation mark insists, and the question says so`() {
    var desk = desk("stop! 1f0a --now")
    desk.press("enter")
    #expect(desk.text.contains("it is sent even if nothing can be read"), "\(desk.text)")
    desk.press("i")
    #expect(desk.decisions.map(\.insists) == [true])
    var calm = self.desk("stop 1f0a --now")
    calm.press("enter i")
    #expect(calm.decisions.map(\.insists) == [false])
  }

  @Test(arguments: [
    (
      "stop 1f0ab2c4 --gracefull", "stop has no --gracefull; --graceful was meant?"
    ),
    ("stop 1f0a --now --graceful", "stop is --graceful or --now, not both"),
    (
      "stop zzz", "no run in the inbox has an id that begins with zzz; any other run wants its full"
    ),
    (
      "stop invoice",
      "no id begins with invoice; there is 1f0ab2c4 invoice-agent, or write workflow"
    ),
    ("stop a31f", "a31f can be a31f8c02 order-triage, a31f7b11 order-triage"),
    ("stop a31f8c02", "this run has ended (failed)"),
    ("resume 1f0a", "this run is running; only paused runs resume"),
    ("approve 1f0a", "nothing of 1f0a waits for an approval"),
    ("handover --since soon", "--since wants a time such as 30m, 8h, 2d"),
    ("handover 8h", "handover takes only --since behind it"),
    ("stop stauts:running --now", "stauts"),
    ("stop workflow:nowhere --now", "no run in the inbox passes this filter"),
    ("stop status:nowhere --now", "status: no run is nowhere; there are awaiting, pending"),
    ("stop \"1f0a", "this quote has no end"),
    ("show! 1f0a", "show sends nothing: there is nothing to insist on"),
    ("show 1f0a 77aa", "show takes one run"),
    ("events 1f0a --workflow", "--workflow wants the id of a workflow behind it"),
    ("aprove 7c9e", "there is no command aprove; approve was meant?"),
    ("re", "re can be reject, resume, refresh, read-only"),
    ("sort sideways", "there is no order sideways; there are age, workflow"),
    ("start refund order=1", "refund can be refund-approvals, refund-retry"),
    ("start refnd-retry order=1", "no workflow is called refnd-retry; refund-retry was meant?"),
    ("start new order=1", "new-thing is a draft"),
    ("start order=1", "the name of a workflow stands before its input"),
  ])
  func `a line that cannot be done stays, and says what is wrong`(line: String, words: String) {
    var desk = desk(line)
    desk.press("enter")
    #expect(self.text(desk) == line)
    let flat = desk.text.split(separator: "\n").map { $0.trimmed }.joined(separator: " ")
    #expect(flat.contains(words), "\(desk.text)")
    #expect(desk.decisions.isEmpty)
  }

  @Test func `the wrong word is underlined`() {
    var desk = desk("stop 1f0a --gracefull")
    desk.press("enter")
    expectScreen(desk.frame, "line-mistake")
    let looks = (0..<80).filter { desk.frame[column: $0, row: 23].look.underlined }
    #expect(looks == Array(12..<23))
  }

  // MARK: Looking

  @Test func `runs are opened on the tab that is asked for`() {
    for (line, tab) in [
      ("events 7c9e", "[1 Events]"), ("steps 7c9e", "[2 Steps]"), ("task 7c9e", "[4 Task]"),
    ] {
      var desk = desk(line)
      desk.press("enter")
      #expect(desk.text.contains(tab), "\(desk.text)")
    }
    var desk = desk("show 0123-full --workflow wf-x")
    let effects = desk.press("enter")
    #expect(
      effects.contains(.load(RunReference(workflow: WorkflowID("wf-x"), run: RunID("0123-full"))))
    )
  }

  @Test func `a run that is not listed is looked at before anything is decided`() {
    var desk = desk("stop 0123-full --workflow wf-x --now")
    desk.press("enter")
    #expect(desk.decisions.isEmpty)
    #expect(desk.text.contains("0123-full is not in the inbox: look at it here, then decide"))
  }

  @Test func `filter and sort do what their keys do`() {
    var desk = desk("filter status:failed")
    desk.press("enter")
    #expect(desk.model.inbox.filterText == "status:failed")
    desk.press(":")
    desk.type("filter")
    desk.press("enter :")
    #expect(desk.model.inbox.filterText.isEmpty)
    desk.type("sort workflow")
    desk.press("enter")
    #expect(desk.model.inbox.order == .workflow)
    desk.press(":")
    desk.type("filter stauts:failed")
    desk.press("enter")
    #expect(self.text(desk) != nil, "a mistake keeps the line")
  }

  @Test func `what was decided is listed, and written to files`() {
    for (line, effect) in [
      ("export", Effect.export(.activity)),
      ("handover", .export(.handover(since: Sample.ago(.seconds(8 * 3600))))),
      ("handover --since 30m", .export(.handover(since: Sample.ago(.seconds(1800))))),
      ("activity", .readActivity),
    ] {
      var desk = desk(line)
      #expect(desk.press("enter").contains(effect), "\(line)")
    }
    var desk = desk("activity")
    desk.press("enter :")
    desk.type("stop")
    desk.press("enter")
    #expect(desk.text.contains("nothing is selected"), "no row is to be seen there")
    desk.press("ctrl-u")
    desk.type("inbox")
    desk.press("enter")
    #expect(desk.model.top == .inbox && desk.model.tab == .inbox)
  }

  @Test func `read-only is switched on, and off again`() {
    var desk = desk("read-only")
    desk.press("enter")
    #expect(desk.model.permissions.readOnly != nil)
    desk.press(":")
    desk.type("read-only")
    desk.press("enter")
    #expect(desk.model.permissions.readOnly == nil)
  }

  // MARK: Completion

  @Test func `terms of a filter are completed where they may stand`() {
    var desk = desk("stop --now status:run")
    desk.press("tab")
    #expect(text(desk) == "stop --now status:running")
    var other = self.desk("filter sta")
    other.press("tab")
    #expect(text(other) == "filter status:")
  }

  @Test func `verbs are completed, with what stands behind them`() {
    var desk = desk("st")
    expectScreen(desk.frame, "line-verbs")
    desk.press("tab")
    #expect(text(desk) == "stop ")
    desk.press("tab")
    #expect(text(desk) == "start ")
    desk.press("backtab")
    #expect(text(desk) == "stop ")
  }

  @Test func `ids are completed, those first on which the verb is possible`() {
    let desk = desk("stop --graceful ")
    expectScreen(desk.frame, "line-completion")
    var small = self.desk("approve ", Size(columns: 40, rows: 12))
    expectScreen(small.frame, "line-completion")
    small.press("tab")
    #expect(text(small) == "approve 550e8400 ")
  }

  @Test func `an id is completed from the name of its workflow`() {
    var desk = desk("stop invo")
    desk.press("tab")
    #expect(text(desk) == "stop 1f0ab2c4 ")
    desk.press("tab")
    #expect(text(desk) == "stop 1f0ab2c4 --graceful ")
  }

  @Test func `what stands behind the cursor stays`() {
    var desk = desk("stop 1f --graceful")
    desk.press("ctrl-left left tab")
    #expect(text(desk)?.hasPrefix("stop 1f0ab2c4") == true, "\(text(desk) ?? "")")
    #expect(text(desk)?.hasSuffix(" --graceful") == true)
  }

  @Test func `workflows and their input are completed from what the server says`() {
    var desk = desk("start refund-a")
    desk.press("tab")
    #expect(text(desk) == "start refund-approvals ")
    #expect(desk.effects.contains(.loadStart(WorkflowID("wf-refund-approvals"), input: nil)))
    tell(&desk)
    expectScreen(desk.frame, "line-input")
    desk.press("tab")
    #expect(text(desk) == "start refund-approvals order=")
    desk.type("42 ch")
    desk.press("tab tab")
    #expect(text(desk) == "start refund-approvals order=42 channel=mail ")
  }

  // MARK: Starts

  @Test func `a start is shown as it was understood, and a second Enter sends it`() {
    var desk = desk("run refund appr order=42 channel=\"mail\" note=\"a b\"")
    tell(&desk)
    #expect(desk.press("enter") == [.dropInput, .probeJournal])
    expectScreen(desk.frame, "line-start")
    #expect(desk.decisions.isEmpty)
    desk.press("enter")
    let decision = desk.decisions.first
    #expect(decision?.verb == .start)
    #expect(decision?.subject.run.workflow == WorkflowID("wf-refund-approvals"))
    #expect(decision?.fields == ["order": 42, "channel": "mail", "note": "a b"])
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `a start that was understood wrongly goes back to the line`() {
    var desk = desk("start refund-approvals order=42")
    tell(&desk)
    desk.press("enter esc")
    #expect(text(desk) == "start refund-approvals order=42")
    desk.press("enter backspace")
    #expect(text(desk) == "start refund-approvals order=4")
    desk.press("enter")
    #expect(desk.decisions.isEmpty, "what was changed is shown again first")
  }

  @Test(arguments: [
    ("order=x", "order wants a whole number"), ("channel=mail", "order is required"),
    ("order=1 order=2", "order is given twice"), ("ordr=1", "takes no ordr; order was meant?"),
    ("order=1 channel=pigeon", "channel is one of mail, phone"), ("{", "the input cannot be read"),
    ("{\"order\": 1} x", "the input cannot be read"), ("order=1 two", "two is no input"),
  ])
  func `an input that does not fit is not understood`(input: String, words: String) {
    var desk = desk("start refund-approvals \(input)")
    tell(&desk)
    desk.press("enter")
    #expect(desk.text.contains(words), "\(desk.text)")
    #expect(desk.decisions.isEmpty)
    desk.press("enter")
    #expect(desk.decisions.isEmpty)
  }

  @Test(arguments: [
    ("order", "if order is input of refund-approvals, write order=value"),
    ("order 42", "if order 42 is input of refund-approvals, write order=42"),
    ("order 42 now", "if order 42 now is input of refund-approvals, write key=value words"),
  ])
  func `an input without its sign is told from a name`(input: String, words: String) {
    var desk = desk("start refund-approvals \(input)")
    tell(&desk)
    desk.press("enter")
    let text = desk.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("no workflow is called refund-approvals \(input); \(words)"), "\(text)")
    #expect(desk.decisions.isEmpty)
  }

  @Test(arguments: ["{\"order\": 42}", "'{\"order\": 42}'"])
  func `an input may be one JSON object`(input: String) {
    var desk = desk("start refund-approvals \(input)")
    tell(&desk)
    desk.press("enter enter")
    #expect(desk.decisions.map(\.fields) == [["order": 42]], "\(desk.text)")
  }

  @Test func `a start without an input opens the form`() {
    var desk = desk("start refund-approvals")
    desk.press("enter")
    guard case .start(let screen) = desk.model.top else {
      Issue.record("no form: \(desk.text)")
      return
    }
    #expect(screen.name == "refund-approvals")
  }

  @Test func `read-only refuses a start and a decision in the line`() {
    for line in ["start refund-approvals order=1", "pause 1f0a"] {
      var desk = desk(line)
      desk.model.permissions.readOnly = "started with --read-only"
      desk.press("enter")
      #expect(desk.text.contains("read-only: started with --read-only"), "\(desk.text)")
      #expect(desk.decisions.isEmpty)
    }
  }

  // MARK: History

  @Test func `lines that were understood come back, the newest first, by how they begin`() {
    var desk = desk("sort age")
    desk.press("enter :")
    desk.type("nonsense")
    desk.press("enter ctrl-u")
    desk.type("filter x")
    desk.press("enter :")
    desk.type("sort workflow")
    desk.press("enter :")
    desk.press("up")
    #expect(text(desk) == "sort workflow")
    desk.press("up")
    #expect(text(desk) == "filter x", "what was not understood is not kept")
    desk.press("up up up")
    #expect(text(desk) == "sort age")
    desk.press("down down down")
    #expect(text(desk) == "")
    desk.type("so")
    desk.press("up up")
    #expect(text(desk) == "sort age")
    expectScreen(desk.frame, "line-history")
    desk.press("down down")
    #expect(text(desk) == "so")
  }

  @Test func `what is kept is handed to the shelf, once, and never what begins with a blank`() {
    var desk = desk("sort age")
    let entry = ShelfEntry(shelf: .history, key: "sort age", value: true)
    #expect(desk.press("enter").contains(.keep(entry)))
    desk.press(":")
    desk.type("sort age")
    #expect(!desk.press("enter").contains(.keep(entry)), "it is the newest already")
    desk.press(":")
    desk.type(" sort workflow")
    desk.effects = []
    desk.press("enter")
    #expect(!desk.effects.contains { if case .keep = $0 { true } else { false } })
    #expect(desk.model.inbox.order == .workflow)
  }

  @Test func `of several pasted lines the first is taken, and none is done`() {
    var desk = desk()
    desk.effects = []
    desk.send(.paste("quit\nstop 1f0a\n"))
    #expect(text(desk) == "quit")
    #expect(desk.effects.isEmpty)
  }

  // MARK: Help

  @Test func `help lists the verbs of the line, and puts the chosen one there`() {
    var desk = Sample.desk()
    desk.press("? tab")
    expectScreen(desk.frame, "help-line")
    desk.press("tab")
    desk.type("gracefully")
    desk.press("enter")
    #expect(text(desk) == "stop ")
  }

  @Test func `seeded lines never fail and never decide without a question`() {
    var random = Seeded(4)
    let words = [
      "stop", "start", "pause!", "1f0a", "7c9e", "--now", "--graceful", "--workflow",
      "status:running",
      "\"", "'", "{", "}", "=", "order=4", "refund", "~(", "-x:", "!", ":", "日本", " ", "~[a-",
    ]
    for _ in 0..<400 {
      let line = (0..<Int.random(in: 1...5, using: &random))
        .map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
      var desk = desk(line)
      desk.press("tab up down left enter")
      _ = desk.frame
      let silent = desk.decisions.filter { ![.pause, .resume].contains($0.verb) }
      #expect(silent.isEmpty, "\(line)")
    }
  }
}

extension Substring {
  /// Without blanks at its ends.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
