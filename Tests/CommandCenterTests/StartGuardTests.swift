import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing

/// What stands before a start goes out: what was understood is on the screen, and what stands in the
/// way of it is said.
@Suite struct StartGuardTests {
  private static let workflow = WorkflowID("wf-order-triage")
  private static let full = Fault(.local, "the journal j cannot be written: disk full")

  /// A desk with a line on it; the workflows are not read yet.
  private static func line(_ text: String, columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press(":")
    desk.type(text)
    desk.effects = []
    return desk
  }

  /// The server answers what there is to start.
  private static func list(_ desk: inout Desk) {
    desk.send(.workflow(.listed(.success(Sample.workflows))))
  }

  /// The server answers what the workflow takes.
  private static func tell(_ desk: inout Desk) {
    desk.send(.workflow(.facts(workflow, .success(Sample.triageFacts))))
  }

  /// A line whose start is understood.
  private static func understood(
    _ verb: String = "start",
    columns: Int = 80,
    rows: Int = 24
  ) -> Desk {
    var desk = line("\(verb) order-triage order=42 channel=mail", columns: columns, rows: rows)
    list(&desk)
    tell(&desk)
    desk.press("<enter>")
    return desk
  }

  /// The form before a start.
  private static func form(columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = RunScreenTests.at(
      Sample.triage,
      Sample.triageDetail,
      columns: columns,
      rows: rows
    )
    desk.press("+")
    tell(&desk)
    return desk
  }

  // MARK: What was understood

  @Test func `an Enter that came too early is answered, and the next one shows the start`() throws {
    var desk = StartGuardTests.line("start order-triage order=42 channel=mail")
    #expect(!desk.press("<enter>").contains(.dropInput))
    #expect(desk.text.contains("the workflows are being read; press ↵ again"))
    StartGuardTests.list(&desk)
    desk.press("<enter>")
    #expect(desk.text.contains("what order-triage takes is being read; press ↵ again"))
    StartGuardTests.tell(&desk)
    // What is pressed before the start is painted is dropped: it was no yes.
    #expect(desk.press("<enter>").contains(.dropInput))
    #expect(desk.decisions.isEmpty)
    #expect(!desk.text.contains("being read"), "\(desk.text)")
    for words in ["Start  order-triage", "order    42", "channel  mail", "in the shell:"] {
      #expect(desk.text.contains(words), "\(words)\n\(desk.text)")
    }
    desk.press("<enter>")
    #expect(try #require(desk.decisions.first).fields == ["order": 42, "channel": "mail"])
  }

  @Test func `no Enter sends a start that no screen before it has shown`() {
    // Each Enter may find any of the answers there.
    for listedAt in 0..<4 {
      for toldAt in listedAt..<5 {
        var desk = StartGuardTests.line("start order-triage order=42 channel=mail")
        for enter in 0..<6 {
          if enter == listedAt { StartGuardTests.list(&desk) }
          if enter == toldAt { StartGuardTests.tell(&desk) }
          let shown = desk.text
          desk.press("<enter>")
          guard !desk.decisions.isEmpty else { continue }
          let name = "listed before \(listedAt), told before \(toldAt)\n\(shown)"
          #expect(shown.contains("Start  order-triage"), "\(name)")
          #expect(shown.contains("order    42"), "\(name)")
          break
        }
        #expect(desk.decisions.count == 1, "listed before \(listedAt), told before \(toldAt)")
      }
    }
  }

  // MARK: The record

  @Test func `the form and the line find out whether a start can be recorded`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    #expect(desk.press("+").contains(.probeJournal))
    desk = StartGuardTests.line("start order-triage order=42")
    StartGuardTests.list(&desk)
    StartGuardTests.tell(&desk)
    #expect(desk.press("<enter>") == [.dropInput, .probeJournal])
  }

  @Test func `a form says that a start will not be recorded, and sends it`() {
    var desk = StartGuardTests.form()
    #expect(!desk.text.contains("not be recorded"))
    desk.send(.decision(.journal(StartGuardTests.full)))
    #expect(desk.text.contains("It will not be recorded: the journal j cannot be written"))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [true])
  }

  @Test func `a line says that a start will not be recorded, and sends it`() {
    var desk = StartGuardTests.understood()
    #expect(!desk.text.contains("not be recorded"))
    desk.send(.decision(.journal(StartGuardTests.full)))
    #expect(desk.text.contains("It will not be recorded: the journal j cannot be written"))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [true])
  }

  @Test func `a start that can be recorded, or was not said to be otherwise, has to be`() {
    var desk = StartGuardTests.form()
    desk.press("<enter>")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [false])
    desk = StartGuardTests.understood()
    desk.send(.decision(.journal(StartGuardTests.full)))
    desk.send(.decision(.journal(nil)))
    #expect(!desk.text.contains("not be recorded"))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.allowsUnrecorded) == [false])
  }

  @Test func `a journal that fails under an open form is said, and the same start can be sent`()
    throws
  {
    var desk = StartGuardTests.form()
    desk.press("<enter>")
    let first = try #require(desk.decisions.first)
    let effects = desk.send(
      .decision(.outcome(first, .notSent(StartGuardTests.full), recorded: false))
    )
    #expect(effects.contains(.probeJournal))
    desk.send(.decision(.journal(StartGuardTests.full)))
    #expect(desk.text.contains("It will not be recorded"))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.id) == [first.id, first.id])
    #expect(desk.decisions.map(\.allowsUnrecorded) == [false, true])
  }

  @Test func `old data is no matter of a start, before which nothing is read again`() {
    let lost = Fault(.unreachable, "api.example.com: connection refused")
    for var desk in [StartGuardTests.form(), StartGuardTests.understood()] {
      desk.send(.inbox(.failed(lost, nextTry: desk.now + .seconds(30), missed: 3)))
      #expect(!desk.text.contains("read again before sending"), "\(desk.text)")
    }
  }

  @Test func `what stands in the way of a start leaves its input and its keys on the screen`() {
    for (columns, rows) in [(80, 24), (40, 12)] {
      var form = StartGuardTests.form(columns: columns, rows: rows)
      form.send(.decision(.journal(StartGuardTests.full)))
      for words in ["order", "42", "It will not be recorded", "start"] {
        #expect(form.text.contains(words), "\(words)\n\(form.text)")
      }
      var line = StartGuardTests.understood("start!", columns: columns, rows: rows)
      line.send(.decision(.journal(StartGuardTests.full)))
      for words in ["Start  order-triage", "42", "You insist", "It will not be recorded"] {
        #expect(line.text.contains(words), "\(words)\n\(line.text)")
      }
      #expect(line.text.contains("start it"), "\(line.text)")
    }
  }

  @Test func `the field under the cursor stays on the screen when a sentence takes its line`() {
    var desk = StartGuardTests.form(columns: 40, rows: 8)
    desk.press("<tab> <tab> <tab>")
    desk.send(.decision(.journal(StartGuardTests.full)))
    #expect(desk.frame.cursor != nil)
    #expect(desk.text.contains("▌"), "\(desk.text)")
  }

  // MARK: Insisting

  @Test func `an exclamation mark insists on a start too, and the line says so`() {
    var desk = StartGuardTests.understood("start!")
    #expect(desk.text.contains("You insist: it is sent even if nothing can be read before."))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.insists) == [true])
    desk = StartGuardTests.understood()
    #expect(!desk.text.contains("You insist"))
    desk.press("<enter>")
    #expect(desk.decisions.map(\.insists) == [false])
  }

  @Test func `a workflow that cannot be looked up is started by its id, where one insists`() throws
  {
    let fault = Fault(.timedOut, "no answer within 10 s.")
    var desk = StartGuardTests.line("start wf-order-triage order=42")
    desk.send(.workflow(.listed(.failure(fault))))
    desk.press("<enter>")
    let flat = desk.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(flat.contains("could not be read: no answer within 10 s."), "\(flat)")
    #expect(flat.contains("To insist: :start! and the id of the workflow"), "\(flat)")
    desk = StartGuardTests.line("start! wf-order-triage order=42")
    desk.press("<enter>")
    #expect(desk.text.contains("the workflows are being read"), "a name is not taken for an id yet")
    desk.send(.workflow(.listed(.failure(fault))))
    #expect(desk.press("<enter>") == [.dropInput, .probeJournal])
    #expect(desk.text.contains("Start  wf-order-triage"), "\(desk.text)")
    #expect(desk.text.contains("You insist"))
    #expect(desk.decisions.isEmpty)
    desk.press("<enter>")
    let decision = try #require(desk.decisions.first)
    #expect(decision.subject.run.workflow == StartGuardTests.workflow)
    #expect(decision.fields == ["order": 42])
  }
}
