import CommandCenter
import JSON
import Runs
import TestHouse
import Testing
import Triage

/// What a program that ended too early had planned and not sent: offered, compared, decided.
@Suite struct RestTests {
  private static let place = JournalPlace(profile: "prod", url: "https://api.example.com")

  /// The plans of another session to approve what a reading holds, as its journal has them.
  private static func plans(_ reading: Reading) -> [JournalRecord] {
    (reading.tasks ?? []).enumerated().compactMap { number, task in
      guard let subject = task.reference else { return nil }
      let decision = Decision(
        id: DecisionID("planned-\(number)"),
        verb: .approve,
        subject: .task(subject),
        title: "refund-approvals",
        seen: Seen(status: .paused, digest: Digest.of(.object(task.payload))),
        madeAt: Sample.ago(.seconds(600))
      )
      return JournalRecord(
        decision: decision,
        place: place,
        fate: .planned(BatchID("batch")),
        file: "other.jsonl"
      )
    }
  }

  /// A desk that was told of four plans; one task asks something else now, and one was answered.
  private static func desk() -> Desk {
    var reading = Sample.approvals(4)
    let plans = plans(reading)
    reading.tasks?[1].payload["amount"] = 4000
    reading.tasks?.remove(at: 2)
    var desk = Sample.desk(reading)
    desk.send(.decision(.unfinished(Unfinished(planned: plans))))
    return desk
  }

  @Test func `what was planned and never sent is told, and stays told`() {
    var desk = RestTests.desk()
    #expect(desk.text.contains("4 decisions"))
    #expect(desk.text.contains("b reviews"))
    desk.press("<esc>")
    #expect(desk.text.contains("4 never sent"))
    #expect(desk.decisions.isEmpty)
  }

  @Test func `what came of a later bulk is shown before it`() throws {
    var desk = RestTests.desk()
    desk.press("<esc> * a y q")
    for decision in desk.decisions {
      desk.settle(decision, .done(Confirmation(status: .running, readBack: true)))
    }
    desk.press("b")
    #expect(desk.isSending)
    desk.press("q b")
    #expect(desk.review?.rest == BatchID("batch"))
  }

  @Test func `its review is bound to what there is now`() throws {
    var desk = RestTests.desk()
    desk.press("b")
    let page = try #require(desk.review)
    #expect(page.items.map(\.verdict) == [.approve, .approve, nil, nil])
    #expect(
      Set(page.items.compactMap(\.remark)) == [
        .changed("it asks something else than when it was decided"),
        .gone("it was answered meanwhile"),
      ]
    )
    #expect(desk.text.contains("Review 2 decisions, the rest of a bulk that was cut short"))
  }

  @Test func `what the journal holds without its fields wants a new verdict`() throws {
    let reading = Sample.approvals(1)
    var plans = RestTests.plans(reading)
    plans[0].decision.fieldsDigest = "93fe01aa77c0de11"
    var desk = Sample.desk(reading)
    desk.send(.decision(.unfinished(Unfinished(planned: plans))))
    desk.press("b")
    let page = try #require(desk.review)
    #expect(page.items.map(\.verdict) == [nil])
    #expect(
      page.items.map(\.remark) == [
        .changed("what was to be sent with it is too long to be on record")
      ]
    )
    desk.press("a y")
    #expect(desk.decisions.map(\.verb) == [.approve])
    #expect(desk.decisions.map(\.fieldsDigest) == [nil])
    #expect(!desk.decisions.contains { $0.id == plans[0].id })
  }

  @Test func `what is the same is sent as the same decision, once`() throws {
    var desk = RestTests.desk()
    desk.press("b")
    let effects = desk.press("y")
    #expect(desk.decisions.map(\.id.text) == ["planned-0", "planned-3"])
    #expect(desk.decisions.map(\.seen?.payload?["amount"]) == [1, 4])
    #expect(desk.decisions.allSatisfy { $0.batch == BatchID("batch") })
    // It is on the other program's record already.
    #expect(!effects.contains { if case .plan = $0 { true } else { false } })
    let withdrawn = effects.compactMap { effect in
      if case .withdraw(let decision, let why) = effect { (decision.id.text, why) } else { nil }
    }
    #expect(withdrawn.map(\.0) == ["planned-2"])
    #expect(withdrawn.map(\.1) == ["it was answered meanwhile"])
    // What wants a new verdict is still offered.
    #expect(desk.model.leftPlans.map(\.id.text) == ["planned-1"])
  }

  @Test func `a new verdict is a new decision, and the planned one is taken back on record`() throws
  {
    var desk = RestTests.desk()
    desk.press("b x j j a")
    let effects = desk.press("y")
    let decisions = desk.decisions
    #expect(decisions.map(\.verb) == [.reject, .approve, .approve])
    #expect(decisions.map { $0.id.text.hasPrefix("planned") } == [false, true, false])
    let withdrawn = effects.compactMap { effect in
      if case .withdraw(let decision, _) = effect { decision.id.text } else { nil }
    }
    #expect(Set(withdrawn) == ["planned-0", "planned-1", "planned-2"])
    // What is decided anew is on a plan before what it stands for is taken back.
    let fresh = decisions.filter { !$0.id.text.hasPrefix("planned") }
    let plan = try #require(effects.firstIndex(of: .plan(BatchID("batch"), fresh)))
    let first = effects.firstIndex { if case .withdraw = $0 { true } else { false } }
    #expect(first.map { plan < $0 } == true)
    #expect(desk.model.leftPlans.isEmpty)
  }

  @Test func `with all of it taken out nothing is sent, and that is on record`() throws {
    var desk = RestTests.desk()
    desk.press("b <space> <space> <space> <space>")
    let effects = desk.press("y")
    #expect(desk.decisions.isEmpty)
    #expect(effects.count { if case .withdraw = $0 { true } else { false } } == 4)
    #expect(desk.model.layers == [.inbox])
    #expect(desk.model.leftPlans.isEmpty)
  }

  @Test func `about a run that is not listed it stays bound to what was seen then`() {
    let seen = Seen(status: .running, lastEvent: 7)
    let decision = Decision(
      id: DecisionID("planned"),
      verb: .pause,
      subject: .run(RunReference(workflow: WorkflowID("wf-old"), run: RunID("0a0a0a0a-0000"))),
      title: "old-sync",
      seen: seen,
      madeAt: Sample.ago(.seconds(600))
    )
    let plan = JournalRecord(
      decision: decision,
      place: RestTests.place,
      fate: .planned(BatchID("batch")),
      file: "other.jsonl"
    )
    var desk = Sample.desk()
    desk.send(.decision(.unfinished(Unfinished(planned: [plan]))))
    desk.press("b y")
    #expect(desk.decisions.map(\.id.text) == ["planned"])
    #expect(desk.decisions.map(\.seen) == [seen])
  }

  @Test func `leaving the review keeps the offer`() {
    var desk = RestTests.desk()
    desk.press("b <esc>")
    #expect(desk.model.leftPlans.count == 4)
  }

  @Test func `nothing is compared with what an earlier session saw`() {
    var desk = Desk(Sample.blank())
    desk.send(.decision(.unfinished(Unfinished(planned: RestTests.plans(Sample.approvals(2))))))
    desk.press("b")
    #expect(desk.review == nil)
    #expect(desk.model.notice?.text.contains("the inbox was not read yet") == true)
  }
}
