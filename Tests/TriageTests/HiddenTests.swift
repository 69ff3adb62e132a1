import Runs
import Testing
import Triage

/// Failures that are done until something new happens to them.
@Suite struct HiddenTests {
  private let now = Timestamp(milliseconds: 1_795_440_060_000)

  private func failure(
    _ id: String,
    ago seconds: Int,
    message: String = "401 Unauthorized",
    _ change: (inout Run) -> Void = { _ in }
  ) -> Run {
    var run = Run(id: RunID(id), workflow: WorkflowID("w"), status: .failed)
    run.endedAt = now + .seconds(-seconds)
    run.lastEvent = 9
    run.failure = Failure(code: "MCP_TOOL_FAILED", step: StepID("ticket"), message: message)
    change(&run)
    return run
  }

  private func inbox(_ runs: [Run], _ hidden: Hidden = Hidden(), shows: Bool = false) -> Inbox {
    Inbox(
      Reading(runs: runs, tasks: [], at: now),
      Arrangement(hidden: hidden, showsHidden: shows)
    )
  }

  private func hiding(_ ids: String..., in inbox: Inbox) throws -> Hidden {
    var hidden = inbox.arrangement.hidden
    for id in ids {
      let row = try #require(inbox.rows[.failed]?.first { $0.id.run.text == id })
      let entry: Hidden.Entry = try #require(Hidden.entry(of: row, in: inbox))
      hidden[row.id.run] = entry
    }
    return hidden
  }

  private func ids(_ inbox: Inbox) -> [String] { inbox.shown(.none).map(\.id.run.text) }

  @Test func `a hidden failure is not listed and not counted, and can be shown`() throws {
    let runs = [failure("one", ago: 60), failure("two", ago: 120, message: "model gone")]
    let before = inbox(runs)
    let hidden = try hiding("one", in: before)
    let after = inbox(runs, hidden)
    #expect(ids(after) == ["two"])
    #expect(after.count(.failed) == 1)
    #expect(after.hiddenCount == 1)
    let shown = inbox(runs, hidden, shows: true)
    #expect(ids(shown) == ["one", "two"])
    #expect(shown.rows[.failed]?.map(\.isHidden) == [true, false])
    #expect(shown.count(.failed) == 1)
    #expect(shown.count == 1)
  }

  @Test func `the next of a hidden failure's cause tells the cause itself`() throws {
    let runs = [failure("one", ago: 60), failure("two", ago: 120), failure("three", ago: 180)]
    let before = inbox(runs)
    #expect(before.rows[.failed]?.map { $0.sameCause?.count } == [nil, 3, 3])
    let after = inbox(runs, try hiding("one", in: before))
    #expect(after.rows[.failed]?.map { $0.sameCause?.count } == [nil, 2])
  }

  @Test func `a change of the run brings it back`() throws {
    let hidden = try hiding("one", in: inbox([failure("one", ago: 60)]))
    let changed = inbox([failure("one", ago: 60) { $0.lastEvent = 10 }], hidden)
    #expect(ids(changed) == ["one"])
    #expect(changed.arrangement.hidden.isEmpty)
    let running = inbox([failure("one", ago: 60) { $0.status = .running }], hidden)
    #expect(running.arrangement.hidden.isEmpty)
  }

  @Test func `a newer failure of the same cause brings it back, for good`() throws {
    let hidden = try hiding("one", in: inbox([failure("one", ago: 60)]))
    let runs = [failure("one", ago: 60), failure("new", ago: 5, message: "403 Unauthorized")]
    let woken = inbox(runs, hidden)
    #expect(ids(woken) == ["new", "one"])
    #expect(woken.arrangement.hidden.isEmpty)
  }

  @Test func `an older failure of the cause, or one of another, brings nothing back`() throws {
    let first = [failure("one", ago: 60), failure("two", ago: 30)]
    let hidden = try hiding("one", in: inbox(first))
    let runs = first + [failure("late", ago: 45), failure("other", ago: 1, message: "model gone")]
    let after = inbox(runs, hidden)
    #expect(ids(after) == ["other", "two", "late"])
    #expect(after.hiddenCount == 1)
  }

  @Test func `a failure without a word is hidden until its own run changes`() throws {
    let silent = failure("one", ago: 60) { $0.failure = nil }
    let hidden = try hiding("one", in: inbox([silent]))
    let after = inbox([silent, failure("two", ago: 1) { $0.failure = nil }], hidden)
    #expect(ids(after) == ["two"])
  }

  @Test func `what is out of its day is forgotten`() throws {
    let run = failure("one", ago: 60)
    let hidden = try hiding("one", in: inbox([run]))
    var later = Reading(runs: [run], tasks: [], at: now + .seconds(24 * 3600 - 30))
    #expect(Inbox(later, Arrangement(hidden: hidden)).arrangement.hidden.isEmpty)
    later.at = now + .seconds(23 * 3600)
    #expect(!Inbox(later, Arrangement(hidden: hidden)).arrangement.hidden.isEmpty)
  }

  @Test func `a hidden run that the reading does not hold stays hidden within its day`() throws {
    let hidden = try hiding("one", in: inbox([failure("one", ago: 60)]))
    #expect(!inbox([], hidden).arrangement.hidden.isEmpty)
  }

  @Test func `only failures can be hidden`() {
    var run = Run(id: RunID("one"), workflow: WorkflowID("w"), status: .running)
    run.startedAt = now
    let inbox = inbox([run])
    #expect(inbox.shown(.none).allSatisfy { Hidden.entry(of: $0, in: inbox) == nil })
  }

  @Test func `the name of a cause is the same whenever it is asked for`() {
    let run = failure("one", ago: 60)
    #expect(Cause(run)?.key == Cause(failure("two", ago: 9, message: "403 Unauthorized"))?.key)
    #expect(Cause(run)?.key != Cause(failure("two", ago: 9, message: "model gone"))?.key)
    #expect(Cause(run)?.key == "\(Cause(run)?.key ?? "")")
  }
}
