import Cells
import CommandCenter
import JSON
import Runs
import TestHouse
import Testing

/// What the answer to a task does with keys, readings and the editor.
@Suite struct TaskFormTests {
  private static func desk(_ detail: RunDetail = Sample.formDetail) -> Desk {
    var desk = RunScreenTests.at(Sample.refund, detail)
    desk.effects = []
    return desk
  }

  private static func form(_ desk: Desk) throws -> TaskForm {
    for layer in desk.model.layers.reversed() {
      if case .run(let screen) = layer { return try #require(screen.form) }
    }
    throw Missing.form
  }

  private enum Missing: Error { case form }

  /// Types a text in the place of what stands in the field under the cursor.
  private static func replace(_ desk: inout Desk, _ text: String) {
    desk.press("<enter> <end> ctrl-u")
    desk.type(text)
  }

  private static func task() throws -> TaskReference {
    TaskReference(run: try #require(Sample.refund.reference), task: Sample.form.id)
  }

  private static func kept(_ effects: [Effect]) -> [ShelfEntry] {
    effects.compactMap { if case .keep(let entry) = $0 { entry } else { nil } }
  }

  // MARK: Editing

  @Test func `an edited number is sent as it was typed, and only what was changed`() throws {
    var desk = TaskFormTests.desk()
    #expect(try TaskFormTests.form(desk).form.current?.name == "amount")
    TaskFormTests.replace(&desk, "380.00")
    desk.press("<enter> a")
    #expect(desk.decisions.isEmpty)
    desk.press("y")
    let decision = try #require(desk.decisions.first)
    #expect(decision.verb == .approve)
    #expect(decision.fields == ["amount": Sample.number("380.00")])
    #expect(JSONWriter.text(.object(decision.fields)) == "{\"amount\":380.00}")
    #expect(decision.seen?.payload == Sample.form.payload)
  }

  @Test func `without an edit an approval carries nothing`() throws {
    var desk = TaskFormTests.desk()
    desk.press("a y")
    #expect(try #require(desk.decisions.first).fields == [:])
  }

  @Test func `letters are typed while a line is open, and keys again behind it`() throws {
    var desk = TaskFormTests.desk()
    desk.press("j <enter> <end>")
    desk.type(" axqU:?")
    desk.press("<esc>")
    #expect(try TaskFormTests.form(desk).form.changes.isEmpty)
    desk.press("<enter> <end>")
    desk.type("x")
    desk.press("<enter>")
    #expect(try TaskFormTests.form(desk).answer == ["currency": "USDx"])
    #expect(desk.decisions.isEmpty)
  }

  @Test func `yes turns into no with Enter, and null takes what is typed over it`() throws {
    var desk = TaskFormTests.desk()
    desk.press("j j <enter> j <enter>")
    desk.type("call first")
    desk.press("<enter>")
    #expect(try TaskFormTests.form(desk).answer == ["notify": false, "note": "call first"])
    desk.press("U")
    #expect(try TaskFormTests.form(desk).answer == ["notify": false])
    #expect(desk.text.contains("note is null again"))
    desk.press("U U")
    #expect(try !TaskFormTests.form(desk).isEdited)
  }

  @Test func `an id cannot be edited`() throws {
    var desk = TaskFormTests.desk()
    desk.press("k <enter>")
    #expect(desk.text.contains("order_id names something: it is not part of the answer"))
    #expect(desk.press("E") == [])
    #expect(try TaskFormTests.form(desk).form.isEditing == false)
  }

  @Test func `what does not fit its type keeps its line open and is not sent`() throws {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "38o")
    desk.press("<enter>")
    #expect(try TaskFormTests.form(desk).form.isEditing)
    desk.press("<esc> a y")
    #expect(try #require(desk.decisions.first).fields == [:])
  }

  @Test func `a comment goes with a yes and with a no; edits go with a yes only`() throws {
    for (key, fields) in [
      ("a", ["amount": 1, "comment": "checked"] as JSONObject), ("x", ["comment": "checked"]),
    ] {
      var desk = TaskFormTests.desk()
      TaskFormTests.replace(&desk, "1")
      desk.press("<enter> c")
      desk.type("checked")
      desk.press("<enter> \(key)")
      #expect(desk.text.contains("1 edit of your draft is not sent") == (key == "x"))
      desk.press("y")
      #expect(try #require(desk.decisions.first).fields == fields)
    }
  }

  @Test func `e on the inbox opens the form, and e in the question too`() throws {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press("a e")
    desk.send(.run(Sample.read(Sample.formDetail)))
    #expect(desk.text.contains("[4 Task]"))
    #expect(desk.decisions.isEmpty)
    desk = DialogScreenTests.on(Sample.refund)
    desk.press("e")
    #expect(desk.text.contains("[4 Task]"))
    desk = DialogScreenTests.on(Sample.triage)
    desk.press("e")
    #expect(desk.text.contains("nothing here waits for an approval"))
  }

  @Test func `read-only edits nothing`() throws {
    var desk = Sample.desk(config: Config(readOnly: "started with --read-only"))
    desk = DialogScreenTests.on(Sample.refund, in: desk)
    desk.press("<enter>")
    desk.send(.run(Sample.read(Sample.formDetail)))
    desk.press("<enter>")
    #expect(try !TaskFormTests.form(desk).form.isEditing)
    #expect(desk.text.contains("read-only: started with --read-only"))
  }

  // MARK: The task changes

  @Test func `a task that changes under the form keeps the edits and says so, then asks`() throws {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "380.00")
    desk.press("<enter>")
    desk.send(.run(Sample.read(Sample.formDetail { $0["amount"] = 999 })))
    #expect(try TaskFormTests.form(desk).answer == ["amount": Sample.number("380.00")])
    #expect(desk.text.contains("The task asks something else now (amount)."))
    #expect(desk.text.contains("was 999"))
    desk.press("a")
    #expect(desk.text.contains("The task asks something else now:"))
    desk.press("y")
    let decision = try #require(desk.decisions.first)
    #expect(decision.seen?.payload?["amount"] == 999)
    #expect(decision.fields == ["amount": Sample.number("380.00")])
    #expect(!desk.text.contains("look again"))
  }

  @Test func `an open line stays open under a newer reading`() throws {
    var desk = TaskFormTests.desk()
    desk.press("<enter> <end>")
    desk.type("7")
    desk.send(.run(Sample.read(Sample.formDetail { $0["currency"] = "EUR" })))
    #expect(try TaskFormTests.form(desk).form.line?.text == "420.007")
    desk.press("<enter>")
    #expect(try TaskFormTests.form(desk).answer == ["amount": Sample.number("420.007")])
  }

  @Test(arguments: [false, true])
  func `an open line stays open when its task was answered elsewhere`(another: Bool) throws {
    var desk = TaskFormTests.desk()
    desk.press("j <enter> <end>")
    var answered = Sample.formDetail
    let next = Sample.task(
      of: Sample.refund,
      step: "next",
      type: "approval",
      age: .seconds(1),
      ["title": "Another"]
    )
    answered.tasks = another ? [next] : []
    desk.send(.run(Sample.read(answered)))
    #expect(desk.text.contains("this task does not wait any more"))
    desk.effects = []
    desk.type("pause")
    #expect(try TaskFormTests.form(desk).form.line?.text == "USDpause")
    #expect(desk.text.contains("USDpause"))
    #expect(desk.decisions.isEmpty)
    desk.press("<esc>")
    guard case .run(let screen) = desk.model.top else {
      Issue.record("the run is left")
      return
    }
    #expect(screen.form?.reference.task == (another ? Sample.form.id : nil))
    #expect(desk.text.contains("4 Task") == another)
    guard another else { return }
    desk.press("a y")
    #expect(desk.decisions.isEmpty)
    desk.press("]")
    #expect(try TaskFormTests.form(desk).reference.task == next.id)
  }

  @Test func `without edits a newer task is simply shown`() throws {
    var desk = TaskFormTests.desk()
    desk.send(.run(Sample.read(Sample.formDetail { $0["amount"] = 999 })))
    #expect(desk.text.contains("999"))
    #expect(!desk.text.contains("look again"))
  }

  // MARK: Drafts

  @Test func `each finished edit is kept, and found again at the next start`() throws {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "380.00")
    #expect(TaskFormTests.kept(desk.effects).isEmpty)
    let entries = TaskFormTests.kept(desk.press("<enter>"))
    #expect(entries.map(\.shelf) == [.drafts])
    #expect(entries.first?.key == "\(Sample.refund.id.text)/\(Sample.form.id.text)")
    var shelves = Shelves()
    for entry in entries { shelves.put(entry) }

    var next = DialogScreenTests.on(Sample.refund, in: Sample.desk())
    next.model.put(shelves)
    next.press("a")
    #expect(next.text.contains("1 edit of your draft is not sent with this."))
    next.press("<esc> <enter>")
    next.send(.run(Sample.read(Sample.formDetail)))
    #expect(try TaskFormTests.form(next).answer == ["amount": Sample.number("380.00")])
    #expect(next.text.contains("draft kept on this machine"))
    #expect(!next.text.contains("Look again"))

    var other = DialogScreenTests.on(Sample.refund, in: Sample.desk())
    other.model.put(shelves)
    other.press("<enter>")
    other.send(.run(Sample.read(Sample.formDetail { $0["amount"] = 7 })))
    #expect(other.text.contains("This draft was made for what the task asked before."))
    #expect(try TaskFormTests.form(other).answer == ["amount": Sample.number("380.00")])
  }

  @Test func `an edit that is taken back takes its draft away`() throws {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "1")
    desk.press("<enter>")
    #expect(TaskFormTests.kept(desk.press("U")).map(\.value) == [nil])
    #expect(desk.model.shelves[.drafts].isEmpty)
  }

  @Test func `a draft goes when its answer is done, not when it is unknown`() throws {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "1")
    desk.press("<enter> a y")
    let decision = try #require(desk.decisions.first)
    let fault = Fault(.timedOut, "no answer came")
    desk.send(.decision(.outcome(decision, .unknown(fault), recorded: true)))
    #expect(desk.model.shelves[.drafts].count == 1)
    desk.send(
      .decision(
        .outcome(decision, .done(Confirmation(status: .running, readBack: true)), recorded: true)
      )
    )
    #expect(desk.model.shelves[.drafts].isEmpty)
  }

  @Test func `a draft goes when somebody else has answered`() throws {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "1")
    desk.press("<enter>")
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    #expect(desk.model.shelves[.drafts].count == 1)
    desk.send(.inbox(.reading(Sample.reading(tasks: nil), changed: true)))
    #expect(desk.model.shelves[.drafts].count == 1)
    let rest = Sample.tasks.filter { $0.id != Sample.form.id }
    desk.send(.inbox(.reading(Sample.reading(tasks: rest), changed: true)))
    #expect(desk.model.shelves[.drafts].isEmpty)
  }

  // MARK: The editor

  @Test func `the editor is given the field's text and its answer is the value`() throws {
    var desk = TaskFormTests.desk()
    let subject = EditorWish.Subject.field(try TaskFormTests.task(), "currency")
    desk.press("j")
    #expect(
      desk.press("E") == [.edit(EditorWish(subject, name: "currency", format: .text, text: "USD"))]
    )
    desk.send(.editor(subject, .saved("two\nlines")))
    #expect(try TaskFormTests.form(desk).answer == ["currency": "two\nlines"])
  }

  @Test func `garbage from the editor is said, kept, and opened again`() throws {
    var desk = TaskFormTests.desk()
    let subject = EditorWish.Subject.field(try TaskFormTests.task(), "amount")
    #expect(
      desk.press("E") == [.edit(EditorWish(subject, name: "amount", format: .json, text: "420.00"))]
    )
    desk.send(.editor(subject, .saved("about 400")))
    #expect(desk.text.contains("amount wants a number"))
    #expect(
      desk.press("E") == [
        .edit(EditorWish(subject, name: "amount", format: .json, text: "about 400"))
      ]
    )
    desk.press("a")
    #expect(desk.text.contains("amount wants a number"))
    desk.press("y")
    #expect(desk.decisions.isEmpty)
    desk.press("U")
    #expect(try !TaskFormTests.form(desk).isEdited)
  }

  @Test func `an editor that fails says how, and what was written is not lost`() throws {
    var desk = TaskFormTests.desk()
    let subject = EditorWish.Subject.field(try TaskFormTests.task(), "currency")
    desk.press("j E")
    desk.send(.editor(subject, .failed("the editor vim was killed by signal 9", text: "half")))
    #expect(desk.text.contains("the editor vim was killed by signal 9; E goes on with what was"))
    #expect(
      desk.press("E").contains {
        if case .edit(let wish) = $0 { wish.text == "half" } else { false }
      }
    )
    desk.send(.editor(subject, .failed("the editor vim ended with 1", text: nil)))
    #expect(try TaskFormTests.form(desk).form["currency"]?.typed == "half")
  }

  @Test func `all fields go into the editor as JSON, and come back with their types`() throws {
    var desk = TaskFormTests.desk()
    let subject = EditorWish.Subject.answer(try TaskFormTests.task())
    let effects = desk.press("alt-e")
    guard case .edit(let wish)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(wish.subject == subject)
    #expect(wish.text.contains("\"amount\": 420.00"))
    #expect(!wish.text.contains("order_id"))
    desk.send(.editor(subject, .saved("{\"amount\": 1.50, \"note\": 3, \"more\": [1]")))
    #expect(desk.text.contains("Not taken from the editor: the JSON ends after"))
    desk.press("a y")
    #expect(desk.decisions.isEmpty)
    #expect(
      desk.press("alt-e").contains {
        if case .edit(let wish) = $0 { wish.text.hasSuffix("[1]") } else { false }
      }
    )
    desk.send(.editor(subject, .saved("{\"amount\": 1.50, \"note\": 3, \"more\": [1]}")))
    #expect(
      try TaskFormTests.form(desk).answer
        == ["amount": Sample.number("1.50"), "note": 3, "more": [1]]
    )
  }

  @Test func `what of a whole answer is not taken is said in a sentence`() throws {
    var desk = TaskFormTests.desk()
    let subject = EditorWish.Subject.answer(try TaskFormTests.task())
    desk.send(.editor(subject, .saved("{\"amount\": 1.50, \"order_id\": \"mine\"}")))
    #expect(try TaskFormTests.form(desk).answer == ["amount": Sample.number("1.50")])
    let notice = try #require(desk.model.notice?.text)
    #expect(notice.hasPrefix("not all was taken: order_id is read only; "))
    #expect(notice.hasSuffix("as they came: leaving a field out changes nothing"))
    #expect(notice.contains("currency"))
    // What is whole needs no sentence, and takes the one before away.
    let effects = desk.press("alt-e")
    guard case .edit(let wish)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    desk.send(.editor(subject, .saved(wish.text)))
    #expect(desk.model.notice == nil)
    #expect(try TaskFormTests.form(desk).answer == ["amount": Sample.number("1.50")])
  }

  @Test func `fields that hold nothing are not changed by an editor that changes nothing`() throws {
    var desk = TaskFormTests.desk()
    let effects = desk.press("alt-e")
    guard case .edit(let wish)? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(wish.text.contains("null"))
    desk.send(.editor(wish.subject, .saved(wish.text)))
    #expect(try !TaskFormTests.form(desk).isEdited)
  }

  @Test func `why an editor failed is said no more once it did well`() throws {
    var desk = TaskFormTests.desk()
    let all = EditorWish.Subject.answer(try TaskFormTests.task())
    let field = EditorWish.Subject.field(try TaskFormTests.task(), "currency")
    desk.send(.editor(all, .failed("the editor vim ended with 1", text: nil)))
    desk.send(.editor(field, .failed("the editor vim ended with 2", text: nil)))
    #expect(desk.text.contains("vim ended with 1") && desk.text.contains("vim ended with 2"))
    desk.send(.editor(field, .saved("EUR")))
    #expect(!desk.text.contains("vim ended"))
    #expect(try TaskFormTests.form(desk).answer == ["currency": "EUR"])
    // What was written and not taken yet is still told.
    desk.send(.editor(all, .failed("the editor vim ended with 3", text: "{\"half\"")))
    desk.send(.editor(field, .saved("CHF")))
    #expect(desk.text.contains("vim ended with 3"))
  }

  @Test func `how many edits the question has no room for is said`() throws {
    var desk = TaskFormTests.desk()
    let more = (1...30).map { "\"extra\($0)\": \($0)" }.joined(separator: ", ")
    let subject = EditorWish.Subject.answer(try TaskFormTests.task())
    desk.send(.editor(subject, .saved("{\"amount\": 1.50, \(more)}")))
    #expect(try TaskFormTests.form(desk).answer.count == 31)
    desk.press("a")
    #expect(desk.text.contains("more edits: close, then open shows all that is sent"))
    desk.press("c")
    desk.type("as agreed")
    desk.press("<enter>")
    #expect(desk.text.contains("more edits: close, then open shows all that is sent"))
    #expect(desk.text.contains("Comment  as agreed"))
  }

  // MARK: Screens

  @Test func `the form of a task shows what may be edited`() {
    expectScreen(TaskFormTests.desk().frame, "task-form")
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail, columns: 40, rows: 12)
    desk.press("j")
    expectScreen(desk.frame, "task-form")
    desk = RunScreenTests.at(Sample.refund, Sample.formDetail, columns: 120, rows: 40)
    expectScreen(desk.frame, "task-form")
  }

  @Test func `edits are shown with what will be sent, and in the question`() {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "380.00")
    expectScreen(desk.frame, "task-editing")
    desk.press("<enter> c")
    desk.type("as agreed")
    desk.press("<enter>")
    expectScreen(desk.frame, "task-edited")
    desk.press("a")
    expectScreen(desk.frame, "approve-edited")
  }

  @Test func `a mistake stands beneath its field`() {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "38o")
    expectScreen(desk.frame, "task-mistake")
  }

  @Test func `a task that changed under an edit is said to`() {
    var desk = TaskFormTests.desk()
    TaskFormTests.replace(&desk, "380.00")
    desk.press("<enter>")
    desk.send(.run(Sample.read(Sample.formDetail { $0["amount"] = 999 })))
    expectScreen(desk.frame, "task-changed")
  }
}
