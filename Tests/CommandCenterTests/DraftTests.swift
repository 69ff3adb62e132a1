import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// What was written for an answer is kept until it is sent: the comment of a question, and what stands
/// in a line that is open.
@Suite struct DraftTests {
  private static func kept(_ effects: [Effect]) -> [ShelfEntry] {
    effects.compactMap { if case .keep(let entry) = $0 { entry } else { nil } }
  }

  /// The drafts as the disk has them after what was wanted of it.
  private static func shelf(_ effects: [Effect]) -> JSONObject {
    var shelves = Shelves()
    for entry in kept(effects) { shelves.put(entry) }
    return shelves[.drafts]
  }

  private static let key = "\(Sample.refund.id.text)/\(Sample.approval.id.text)"

  /// A desk at which a comment was written in the question.
  private static func commented(_ desk: Desk = DialogScreenTests.on(Sample.refund)) -> Desk {
    var desk = desk
    desk.press("a c")
    desk.type("looks fine")
    desk.press("<enter>")
    return desk
  }

  // MARK: The comment of a question

  @Test func `a comment is kept at once, and read back by the next start`() throws {
    let desk = DraftTests.commented()
    let shelf = DraftTests.shelf(desk.effects)
    #expect(shelf[DraftTests.key]?["fields"] == ["comment": "looks fine"])
    var next = DialogScreenTests.on(Sample.refund)
    var shelves = Shelves()
    shelves[.drafts] = shelf
    next.model.put(shelves)
    next.press("a")
    #expect(next.text.contains("Comment  looks fine"))
    #expect(!next.text.contains("of your draft"))
    next.press("y")
    #expect(next.decisions.map(\.fields) == [["comment": "looks fine"]])
  }

  @Test(arguments: ["<esc> a", "<esc> x", "y u a"])
  func `a comment is there again when the question is opened again`(keys: String) throws {
    var desk = Sample.desk()
    desk.model.profile = GuardTests.facts
    desk = DraftTests.commented(DialogScreenTests.on(Sample.refund, in: desk))
    desk.press(keys)
    #expect(desk.text.contains("Comment  looks fine"))
  }

  @Test func `a comment is there again after an answer that was not sent`() throws {
    var desk = DraftTests.commented()
    desk.press("y")
    let decision = try #require(desk.decisions.first)
    let fault = Fault(.unreachable, "no connection.")
    desk.send(.decision(.outcome(decision, .notSent(fault), recorded: true)))
    desk.press("a")
    #expect(desk.text.contains("Comment  looks fine"))
    desk.press("y")
    let other = try #require(desk.decisions.last)
    let done = Outcome.done(Confirmation(status: .running, readBack: true))
    desk.send(.decision(.outcome(other, done, recorded: true)))
    #expect(DraftTests.shelf(desk.effects).isEmpty)
  }

  @Test func `e takes the comment along into the form`() throws {
    var desk = DraftTests.commented()
    desk.press("e")
    desk.send(.run(Sample.read(Sample.formDetail)))
    #expect(desk.text.contains("looks fine"))
    desk.press("a")
    #expect(desk.text.contains("Comment  looks fine"))
    desk.press("y")
    #expect(desk.decisions.map(\.fields) == [["comment": "looks fine"]])
  }

  @Test func `a comment and the edits of a form are one draft`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.press("<enter> <end> <ctrl-u>")
    desk.type("380")
    desk.press("<enter>")
    desk = DraftTests.commented(desk)
    let fields: JSONValue = ["amount": 380, "comment": "looks fine"]
    #expect(DraftTests.shelf(desk.effects)[DraftTests.key]?["fields"] == fields)
    desk.press("<esc> <esc> a")
    #expect(desk.text.contains("Comment  looks fine"))
    #expect(desk.text.contains("1 edit of your draft is not sent with this."))
    desk.press("c <ctrl-u> <enter>")
    #expect(DraftTests.shelf(desk.effects)[DraftTests.key]?["fields"] == ["amount": 380])
  }

  @Test func `a comment that is emptied is forgotten`() throws {
    var desk = DraftTests.commented()
    desk.press("c <ctrl-u> <enter>")
    #expect(DraftTests.shelf(desk.effects).isEmpty)
    desk.press("<esc> a")
    #expect(!desk.text.contains("Comment"))
  }

  // MARK: An open line

  @Test func `what stands in an open line is kept when the program ends`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.press("c")
    desk.type("half written reason")
    #expect(DraftTests.kept(desk.effects).isEmpty)
    let entry = try #require(DraftTests.kept(desk.send(.ending)).first)
    #expect(entry.shelf == .drafts)
    #expect(entry.key == DraftTests.key)
    #expect(entry.value?["fields"] == ["comment": "half written reason"])
  }

  @Test func `what is typed is kept once a second, though nothing ends`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.press("c")
    desk.type("half")
    #expect(desk.model.nextWake == desk.now + .seconds(1))
    desk.wait(.milliseconds(600))
    desk.type(" written")
    #expect(DraftTests.kept(desk.effects).isEmpty)
    desk.wait(.milliseconds(400))
    desk.send(.tick)
    let words = { (desk: Desk) in
      DraftTests.shelf(desk.effects)[DraftTests.key]?["fields"]?["comment"]?.string
    }
    #expect(words(desk) == "half written")
    #expect(DraftTests.kept(desk.effects).count == 1)
    desk.send(.tick)
    #expect(DraftTests.kept(desk.effects).count == 1)
    // The line is open still, and Esc drops what stands in it.
    desk.type(" reason")
    desk.press("<esc>")
    #expect(DraftTests.shelf(desk.effects).isEmpty)
    desk.wait(.seconds(2))
    desk.send(.tick)
    #expect(DraftTests.shelf(desk.effects).isEmpty)
    #expect(!desk.text.contains("half written"))
  }

  @Test func `what does not fit its type is kept as it was typed`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.press("<enter> <end> <ctrl-u>")
    desk.type("38o")
    desk.send(.ending)
    #expect(DraftTests.shelf(desk.effects)[DraftTests.key]?["held"] == ["amount": "38o"])
    var next = DialogScreenTests.on(Sample.refund)
    var shelves = Shelves()
    shelves[.drafts] = DraftTests.shelf(desk.effects)
    next.model.put(shelves)
    next.press("<enter>")
    next.send(.run(Sample.read(Sample.formDetail)))
    #expect(next.text.contains("38o"))
  }

  @Test func `a comment that is being typed is kept too, and Esc drops it`() throws {
    var desk = DialogScreenTests.on(Sample.refund)
    desk.press("a c")
    desk.type("half")
    desk.wait(.seconds(1))
    desk.send(.tick)
    #expect(
      DraftTests.shelf(desk.effects)[DraftTests.key]?["fields"] == ["comment": "half"]
    )
    desk.type(" written")
    var ended = desk
    ended.send(.ending)
    #expect(
      DraftTests.shelf(ended.effects)[DraftTests.key]?["fields"] == ["comment": "half written"]
    )
    desk.press("<esc>")
    #expect(DraftTests.shelf(desk.effects).isEmpty)
    desk.press("<esc> a")
    #expect(!desk.text.contains("Comment"))
  }

  @Test func `what was typed for a task that waits no more is not kept`() throws {
    var desk = RunScreenTests.at(Sample.refund, Sample.formDetail)
    desk.press("c")
    desk.type("half")
    var answered = Sample.formDetail
    answered.tasks = []
    desk.send(.run(Sample.read(answered)))
    desk.send(.ending)
    #expect(DraftTests.kept(desk.effects).isEmpty)
  }
}
