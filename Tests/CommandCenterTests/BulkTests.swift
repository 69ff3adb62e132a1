import CommandCenter
import Runs
import TestHouse
import Testing
import Triage

/// A bulk on its way: what the page tells of it, how it is ended and tried again.
@Suite struct BulkTests {
  /// A desk from which so many approvals have just been sent.
  static func sending(_ count: Int, columns: Int = 80, rows: Int = 24) -> Desk {
    var desk = ReviewTests.reviewing(count, columns: columns, rows: rows)
    desk.press("y")
    return desk
  }

  static let done = Outcome.done(Confirmation(status: .running, readBack: true))
  static let lost = Outcome.unknown(Fault(.timedOut, "no answer within 10 s"))

  private static func states(_ desk: Desk) -> [Bulk.State] {
    desk.model.bulk?.items.map(\.state) ?? []
  }

  @Test func `each item tells how far it is`() throws {
    var desk = BulkTests.sending(3)
    let decisions = desk.decisions
    desk.send(.decision(.stage(decisions[1].id, .sending)))
    desk.settle(decisions[0], BulkTests.done)
    #expect(
      BulkTests.states(desk) == [
        .settled(BulkTests.done, recorded: true, at: desk.now), .underWay(.sending), .waiting,
      ]
    )
    #expect(desk.text.contains("1 of 3 settled"))
    #expect(desk.text.contains("approved"))
    #expect(desk.text.contains("answer pending"))
  }

  @Test func `the inbox is read once, when all have ended`() throws {
    var desk = BulkTests.sending(3)
    let decisions = desk.decisions
    #expect(desk.settle(decisions[0], BulkTests.done).isEmpty)
    #expect(desk.settle(decisions[1], BulkTests.done).isEmpty)
    #expect(desk.settle(decisions[2], BulkTests.done) == [.refresh])
    #expect(desk.text.contains("all 3 done"))
    #expect(desk.model.notice == nil)
    #expect(desk.model.flights.isEmpty)
  }

  @Test func `what was answered by somebody else is said in its place, and asks nothing`() throws {
    var desk = BulkTests.sending(2)
    let change = Change.answered(by: "alex", at: desk.now + .seconds(-20), approved: false)
    desk.settle(desk.decisions[0], .changed(change))
    #expect(desk.isSending)
    #expect(desk.text.contains("not done"))
    #expect(desk.text.contains("already rejected by alex, 20s ago"))
  }

  @Test func `Esc takes back what has not begun, and waits for what has`() throws {
    var desk = BulkTests.sending(4)
    let decisions = desk.decisions
    desk.send(.decision(.stage(decisions[0].id, .sending)))
    let effects = desk.press("<esc>")
    #expect(
      effects
        == decisions.dropFirst().map { .withdraw($0, why: "taken back, the bulk was stopped") }
    )
    #expect(desk.isSending)
    for decision in decisions.dropFirst() { desk.send(.decision(.withdrawn(decision))) }
    #expect(desk.model.bulk?.isDone == false)
    #expect(desk.model.inbox.marks.count == 3)
    desk.settle(decisions[0], BulkTests.done)
    #expect(desk.text.contains("1 of 4 done, 3 taken back"))
    desk.press("<esc>")
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `a decision that was sent before it could be taken back is told as it is`() throws {
    var desk = BulkTests.sending(2)
    let decisions = desk.decisions
    desk.press("<esc>")
    desk.send(.decision(.stage(decisions[0].id, .sending)))
    desk.send(.decision(.withdrawn(decisions[1])))
    desk.settle(decisions[0], BulkTests.done)
    #expect(desk.text.contains("1 of 2 done, 1 taken back"))
  }

  @Test func `what failed is tried again as the same decisions`() throws {
    var desk = BulkTests.sending(4)
    let decisions = desk.decisions
    desk.settle(decisions[0], BulkTests.done)
    desk.settle(decisions[1], BulkTests.lost)
    desk.settle(decisions[2], .notSent(Fault(.unreachable, "no connection")))
    desk.settle(decisions[3], .changed(.gone))
    #expect(desk.text.contains("1 of 4 done, 1 not done, 1 not sent, 1 unknown"))
    let effects = desk.press("r")
    #expect(effects == [.carryOut(decisions[1]), .carryOut(decisions[2])])
    #expect(desk.model.bulk?.isDone == false)
    desk.settle(decisions[1], BulkTests.done)
    desk.settle(decisions[2], BulkTests.done)
    #expect(desk.text.contains("3 of 4 done, 1 not done"))
    #expect(desk.press("r").isEmpty)
  }

  @Test func `what was refused is tried again under a new name`() throws {
    var desk = BulkTests.sending(2)
    let decisions = desk.decisions
    desk.settle(decisions[0], .refused(Refusal(.busy, "too many requests")))
    desk.settle(decisions[1], BulkTests.done)
    let effects = desk.press("r")
    guard case .carryOut(let again)? = effects.last else {
      Issue.record("nothing was sent again: \(effects)")
      return
    }
    #expect(again.id != decisions[0].id)
    // It is on record before it is on its way.
    #expect(effects == [.plan(try #require(desk.model.bulk?.id), [again]), .carryOut(again)])
    #expect(again.subject == decisions[0].subject && again.verb == .approve)
    desk.settle(again, BulkTests.done)
    #expect(desk.text.contains("all 2 done"))
  }

  @Test func `an unknown outcome that is settled later is put right`() {
    var desk = BulkTests.sending(1)
    desk.settle(desk.decisions[0], BulkTests.lost)
    desk.settle(desk.decisions[0], BulkTests.done)
    #expect(desk.text.contains("all 1 done"))
  }

  @Test func `leaving the page lets it go on, and the end is told`() throws {
    var desk = BulkTests.sending(2)
    desk.press("q")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.text.contains("sending 0/2"))
    desk.settle(desk.decisions[0], BulkTests.done)
    desk.settle(desk.decisions[1], BulkTests.lost)
    #expect(desk.text.contains("the bulk has ended: 1 of 2 done, 1 unknown; b shows each"))
    desk.press("b")
    #expect(desk.isSending)
    #expect(desk.text.contains("no answer within 10 s"))
  }

  @Test func `Enter opens the run of an item, and Esc comes back`() throws {
    var desk = BulkTests.sending(3)
    desk.press("j <enter>")
    guard case .run(let screen) = desk.model.top else {
      Issue.record("no run is open")
      return
    }
    #expect(screen.reference == desk.decisions[1].subject.run)
    desk.press("<esc>")
    #expect(desk.isSending)
  }

  @Test func `one bulk is sent at a time`() {
    var desk = BulkTests.sending(2)
    desk.press("q")
    desk.wait(.seconds(5))
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    desk.press("G g <space> a y")
    #expect(desk.review != nil)
    #expect(desk.model.notice?.text.contains("another bulk is still being sent") == true)
  }

  /// A desk at a profile that asks for its name and waits three seconds before it sends.
  private static func guarded(_ count: Int) -> Desk {
    var desk = Sample.desk(Sample.approvals(count))
    desk.model.profile.isProtected = true
    desk.model.profile.undoWindow = .seconds(3)
    desk.press("* a y")
    return desk
  }

  @Test func `a protected profile asks for its name before a bulk`() {
    var desk = BulkTests.guarded(2)
    #expect(!desk.isSending)
    desk.type("production")
    desk.press("<enter>")
    #expect(!desk.isSending)
    desk.press("<ctrl-u>")
    desk.type("prod")
    desk.press("<enter>")
    #expect(desk.isSending)
    #expect(desk.decisions.isEmpty)
    for _ in 1...3 {
      desk.wait(.seconds(1))
      desk.send(.tick)
    }
    #expect(desk.decisions.count == 2)
  }

  @Test(arguments: ["u", "<esc>"])
  func `a bulk in the undo window is taken back whole, and is not sent after it`(key: String) {
    var desk = BulkTests.guarded(3)
    desk.type("prod")
    desk.press("<enter>")
    let effects = desk.press(key)
    let withdrawn = effects.compactMap { effect in
      if case .withdraw(let decision, _) = effect { decision } else { nil }
    }
    #expect(withdrawn.count == 3)
    for decision in withdrawn { desk.send(.decision(.withdrawn(decision))) }
    for _ in 1...4 {
      desk.wait(.seconds(1))
      desk.send(.tick)
    }
    #expect(desk.decisions.isEmpty)
    #expect(desk.text.contains("0 of 3 done, 3 taken back"))
    #expect(desk.model.inbox.marks.count == 3)
  }

  @Test func `what was sent before is not said to be unsent when its next try is taken back`() {
    var desk = BulkTests.sending(2)
    let decisions = desk.decisions
    desk.model.profile.undoWindow = .seconds(3)
    desk.settle(decisions[0], BulkTests.lost)
    desk.settle(decisions[1], BulkTests.done)
    desk.press("r")
    #expect(desk.press("u") == [.withdraw(decisions[0], why: "taken back")])
    #expect(
      desk.model.notice?.text
        == "taken back: 1 decision; nothing more was sent, of 1 the outcome is unknown"
    )
    desk.settle(decisions[0], BulkTests.lost)
    #expect(desk.text.contains("1 of 2 done, 1 unknown"))
    #expect(desk.model.inbox.marks.count == 0)
  }

  @Test func `before any bulk there is none to show`() {
    var desk = Sample.desk()
    #expect(desk.press("b").isEmpty)
    #expect(desk.model.notice?.text == "no bulk was sent yet")
  }
}
