import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// The verbs of the line that only show something: lists, a run's context, what `doctor` found.
@Suite struct LineListTests {
  /// A desk with a line on it.
  private func desk(_ line: String, columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.model.offers = Offers(profiles: ["prod", "staging"], themes: ["midnight", "paper"])
    desk.press(":")
    desk.type(line)
    desk.effects = []
    return desk
  }

  private func line(_ desk: Desk) -> String? {
    if case .command(let line) = desk.model.top { line.text } else { nil }
  }

  private func report(_ desk: Desk) -> ReportScreen? {
    if case .report(let screen) = desk.model.top { screen } else { nil }
  }

  // MARK: Lists of the inbox

  @Test(arguments: [
    ("runs", ""), ("runs status:failed", "status:failed"), ("runs invoice", "invoice"),
    ("tasks", "section:awaiting"), ("tasks refund", "section:awaiting refund"),
  ])
  func `runs and tasks go to the inbox, narrowed`(line: String, filter: String) {
    for keys in ["esc", "esc 2"] {
      var desk = desk("")
      desk.press("\(keys) :")
      desk.type(line)
      desk.press("enter")
      #expect(desk.model.layers == [.inbox], "\(line)")
      #expect(desk.model.tab == .inbox)
      #expect(desk.model.inbox.filterText == filter)
      #expect(!desk.model.inbox.listing.rows.isEmpty)
    }
  }

  @Test func `tasks list what waits, and nothing else`() {
    var desk = desk("tasks")
    desk.press("enter")
    #expect(desk.model.inbox.listing.rows.allSatisfy { $0.section == .awaiting })
  }

  @Test func `runs that the inbox does not list are said to be found in a shell`() {
    var desk = desk("runs status:completed credits:>5")
    desk.press("enter")
    #expect(
      desk.model.notice?.text
        == "no run of the inbox passes; the whole feed: command-center runs --filter "
        + "'status:completed credits:>5' in a shell"
    )
  }

  @Test func `words that are no filter keep the line`() {
    for verb in ["runs", "tasks"] {
      var desk = desk("\(verb) age:>x")
      desk.press("enter")
      #expect(line(desk) == "\(verb) age:>x")
      #expect(desk.model.inbox.filterText == "")
    }
  }

  @Test func `terms of the filter language are completed behind runs and tasks`() {
    for verb in ["runs", "tasks"] {
      var desk = desk("\(verb) stat")
      desk.press("tab")
      #expect(line(desk) == "\(verb) status:")
    }
  }

  // MARK: Names to choose from

  @Test func `profiles and themes are chosen from the line, and taken back with it`() {
    var desk = desk("profiles")
    desk.press("enter")
    #expect(line(desk) == "profile ")
    #expect(desk.text.contains("staging"))
    desk.press("tab tab")
    #expect(line(desk) == "profile staging")
    desk.press("esc")
    #expect(desk.model.layers == [.inbox])
    desk.press(":")
    desk.type("themes")
    desk.press("enter down down")
    #expect(line(desk) == "theme paper")
    #expect(desk.effects.contains(.useTheme("paper", isPreview: true)))
    desk.press("esc")
    #expect(desk.effects.contains(.useTheme("midnight", isPreview: true)))
  }

  @Test func `a verb is meant by its beginning though a longer one begins alike`() {
    var desk = desk("prof staging")
    #expect(desk.press("enter").contains(.open(profile: "staging")))
    var other = self.desk("tas 7c9e")
    other.press("enter")
    guard case .run(let screen) = other.model.top else {
      Issue.record("no run: \(other.text)")
      return
    }
    #expect(screen.tab == .task)
  }

  @Test func `workflows are listed, narrowed, and start only where that is allowed`() {
    var workflow = Workflow(id: WorkflowID("wf-refund"), name: "refund-approvals")
    workflow.version = 3
    var desk = desk("workflows refund")
    let effects = desk.press("enter")
    #expect(effects.contains(.loadWorkflows))
    desk.send(.workflow(.listed(.success([workflow]))))
    #expect(desk.text.contains("Workflows"))
    #expect(desk.text.contains("refund-approvals"))
    #expect(desk.text.contains("1 of 1"))
    desk.model.permissions.readOnly = "the profile is read-only"
    desk.press("enter")
    #expect(desk.model.notice?.text.contains("read-only") == true)
    guard case .choice = desk.model.top else {
      Issue.record("the list is gone: \(desk.text)")
      return
    }
    desk.model.permissions.readOnly = nil
    desk.press("enter")
    guard case .start = desk.model.top else {
      Issue.record("no form: \(desk.text)")
      return
    }
  }

  @Test(arguments: [
    ("demo", "demo opens an inbox of its own: :quit, then command-center demo in a shell"),
    (
      "serve",
      "serve stays until it is ended: command-center serve in another shell, then :profile"
    ),
    ("profiles staging", "profiles takes nothing behind it; profile does"),
    ("themes paper", "themes takes nothing behind it; theme does"),
    ("doctor prod", "doctor takes nothing behind it"),
    ("context 1f0a --pth x", "context has no --pth; --path was meant?"),
    (
      "context 1f0a --path", "--path wants names between dots, such as steps.fetch.result behind it"
    ),
    ("context 1f0a 77aa", "context takes one run"),
  ])
  func `what the line cannot do is said, with what to do instead`(line: String, words: String) {
    var desk = desk(line)
    #expect(desk.press("enter").isEmpty)
    #expect(self.line(desk) == line)
    let said = desk.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(said.contains(words), "\(desk.text)")
  }

  // MARK: A run's context

  private static let context: JSONValue = [
    "input": ["order": 42, "note": "two lines\nof it"],
    "steps": [
      "fetch": ["result": ["rows": [1, 2], "empty": [:]]], "fetch-all": ["result": "other"],
    ],
  ]

  private func context(_ line: String, columns: Int = 80, rows: Int = 24) throws -> Desk {
    var desk = desk(line, columns: columns, rows: rows)
    let effects = desk.press("enter")
    let reference = try #require(Sample.invoice.reference)
    #expect(effects.contains(.loadContext(reference)))
    #expect(desk.text.contains("Reading the context"))
    desk.send(.report(.context(reference, .success(Self.context))))
    return desk
  }

  @Test(arguments: [(80, 24), (40, 12)])
  func `a run's context is a line for each value`(columns: Int, rows: Int) throws {
    expectScreen(try context("context 1f0a", columns: columns, rows: rows).frame, "context")
  }

  @Test func `a path shows what lies there alone`() throws {
    let desk = try context("context 1f0a --path steps.fetch")
    #expect(desk.text.contains("steps.fetch.result.rows.1"))
    #expect(!desk.text.contains("order"))
    #expect(!desk.text.contains("fetch-all"), "a longer name is another one")
  }

  @Test func `a path that leads nowhere says what there is`() throws {
    let desk = try context("context 1f0a --path stps")
    #expect(desk.text.contains("the context has nothing at stps; paths begin with input, steps"))
  }

  @Test func `a context that cannot be read says why, and is read again by a key`() throws {
    var desk = try context("context 1f0a")
    let reference = try #require(Sample.invoice.reference)
    #expect(desk.press("r").contains(.loadContext(reference)))
    #expect(desk.press("r").isEmpty, "it is being read")
    let fault = Fault(.forbidden, "the token may not read this run")
    desk.send(.report(.context(reference, .failure(fault))))
    #expect(desk.text.contains("Not read: the token may not read this run"))
    desk.press("esc")
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `a context of any size is bounded, and says what is left out`() throws {
    var desk = desk("context 1f0a")
    desk.press("enter")
    let reference = try #require(Sample.invoice.reference)
    let items = (0..<5000).map { JSONValue.string("item \($0)") }
    desk.send(.report(.context(reference, .success(["items": .array(items)]))))
    desk.press("G")
    #expect(desk.text.contains("… 4000 more: command-center context in a shell has all of it"))
    desk.press("g")
    #expect(desk.text.contains("items.0"))
    let hostile: JSONValue = ["a\u{1B}[2J": .string("b\u{7}\u{202E}c")]
    desk.send(.report(.context(reference, .success(hostile))))
    #expect(desk.frame.lines().joined().unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }

  @Test func `a context of another run is not shown`() throws {
    var desk = desk("context 1f0a")
    desk.press("enter")
    let other = try #require(Sample.digest.reference)
    desk.send(.report(.context(other, .success(Self.context))))
    #expect(desk.text.contains("Reading the context"))
  }

  // MARK: Doctor

  private static let findings = [
    ReportLine("version", "command-center 0.1.0, libcurl/8.14.1", .good),
    ReportLine("terminal", "tmux-256color, 80x24, 256 colours", .good),
    ReportLine("widths", "not measured: the inbox is on the screen", .note),
    ReportLine("token", "read from the file ~/token, not shown", .good),
    ReportLine(
      "server",
      "api.example.com refused the connection: is it running, is the port right? nothing is sent",
      .bad
    ),
  ]

  @Test(arguments: [(80, 24), (40, 12)])
  func `what doctor found is shown in lines`(columns: Int, rows: Int) {
    var desk = desk("doctor", columns: columns, rows: rows)
    #expect(desk.press("enter").contains(.examine))
    #expect(desk.text.contains("Looking at terminal"))
    desk.send(.report(.examined(Self.findings)))
    expectScreen(desk.frame, "doctor")
  }

  @Test func `what doctor found is scrolled to its end, and stays there on another screen`() {
    var desk = desk("doctor", columns: 40, rows: 12)
    desk.press("enter")
    desk.send(.report(.examined(Self.findings)))
    desk.press("G")
    let words = desk.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("nothing is sent"))
    let scroll = report(desk)
    desk.press("j j")
    #expect(report(desk) == scroll, "the end is the end")
    desk.send(.resized(Size(columns: 120, rows: 40)))
    #expect(desk.text.contains("version"))
    #expect(desk.press("r").contains(.examine))
    #expect(desk.text.contains("Looking at terminal"))
    desk.press("q")
    #expect(desk.model.layers == [.inbox])
  }
}
