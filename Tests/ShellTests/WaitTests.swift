import JSON
import Runs
import Shell
import Testing

/// Verbs that go on until runs have ended, or somebody ends them.
@Suite struct WaitTests {
  private static let refund = RunReference(
    workflow: WorkflowID("wf-refund-approvals"),
    run: RunID("7c9e6679-7425")
  )

  private func refund(_ status: RunStatus) -> Run {
    run("7c9e6679-7425", "refund-approvals", status)
  }

  /// An approval that is waited for, done at `now`.
  private func approved(timeout: Duration? = nil) -> (task: ShellTask, told: [ShellEffect]) {
    let action = Action(.approve, ["7c"], wait: Patience(timeout: timeout))
    var task = task(.act(action))
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    guard let decision = decided(told) else { return (task, told) }
    let done = Outcome.done(Confirmation(status: .running, readBack: true, now: refund(.running)))
    told = task.receive(.outcome(decision, done, recorded: true), at: now)
    return (task, told)
  }

  @Test func `a run is looked at every three seconds until it has ended`() {
    var (task, told) = approved()
    #expect(
      told == [
        .progress("approved refund-approvals 7c9e6679: running; waiting for its end"),
        .wait(until: now + .seconds(3)),
      ]
    )
    told = task.receive(.woke, at: now + .seconds(3))
    #expect(told == [.load(WaitTests.refund)])
    let running = RunDetail(run: refund(.running), at: now)
    told = task.receive(looked(running), at: now + .seconds(4))
    #expect(told == [.wait(until: now + .seconds(7))])
    told = task.receive(.woke, at: now + .seconds(7))
    // Of a long run only the news is fetched.
    #expect(told == [.load(WaitTests.refund, known: running)])
    told = task.receive(looked(RunDetail(run: refund(.completed), at: now)), at: now)
    #expect(
      told == [.out("approved refund-approvals 7c9e6679: completed\n"), .finish(.done)]
    )
  }

  @Test(arguments: [RunStatus.failed, .stopped])
  func `a run that fails or is stopped is 1`(status: RunStatus) {
    var (task, _) = approved()
    _ = task.receive(.woke, at: now + .seconds(3))
    let told = task.receive(looked(RunDetail(run: refund(status), at: now)), at: now)
    #expect(output(told) == "approved refund-approvals 7c9e6679: \(status.word)\n")
    #expect(code(told) == .failed)
  }

  @Test func `a stop that is waited for is done when the run is stopped`() throws {
    var task = task(.act(Action(.stop(.graceful), ["7c"], wait: Patience())))
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let decision = try #require(decided(told))
    let done = Outcome.done(Confirmation(status: .draining, readBack: true, now: refund(.draining)))
    _ = task.receive(.outcome(decision, done, recorded: true), at: now)
    _ = task.receive(.woke, at: now + .seconds(3))
    told = task.receive(looked(RunDetail(run: refund(.stopped), at: now)), at: now)
    #expect(code(told) == .done)
  }

  @Test func `after the timeout it is done but its end is unknown`() {
    var (task, told) = approved(timeout: .seconds(5))
    #expect(told.last == .wait(until: now + .seconds(3)))
    told = task.receive(.woke, at: now + .seconds(3))
    #expect(told == [.wait(until: now + .seconds(5)), .load(WaitTests.refund)])
    told = task.receive(.woke, at: now + .seconds(5))
    #expect(output(told) == "approved refund-approvals 7c9e6679: running\n")
    #expect(
      complaints(told) == [
        "approve refund-approvals 7c9e6679: done, but it has not ended within 5s"
      ]
    )
    #expect(code(told) == .unknown)
  }

  @Test func `a server that is away for a while does not end a wait, one that refuses does`() {
    var (task, _) = approved()
    _ = task.receive(.woke, at: now + .seconds(3))
    let away = Fault(.unreachable, "no connection")
    var told = task.receive(.detail(WaitTests.refund, .failure(away)), at: now + .seconds(3))
    #expect(told == [.complain("no connection"), .wait(until: now + .seconds(6))])
    _ = task.receive(.woke, at: now + .seconds(6))
    told = task.receive(.detail(WaitTests.refund, .failure(away)), at: now + .seconds(6))
    #expect(told == [.wait(until: now + .seconds(12))])
    _ = task.receive(.woke, at: now + .seconds(12))
    let refused = Fault(.forbidden, "403")
    told = task.receive(.detail(WaitTests.refund, .failure(refused)), at: now + .seconds(12))
    #expect(complaints(told).last?.hasSuffix("done, but its end was not seen: 403") == true)
    #expect(code(told) == .unknown)
  }

  @Test func `a look that is refused does not end the wait for what is still being sent`() throws {
    var task = task(.act(Action(.resume, ["550e8400", "7c"], wait: Patience())), form: .jsonl)
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let sent = decisions(told)
    try #require(sent.count == 2)
    let done = Outcome.done(Confirmation(status: .running, readBack: true))
    _ = task.receive(.outcome(sent[0], done, recorded: true), at: now)
    told = task.receive(.woke, at: now + .seconds(3))
    #expect(told == [.load(sent[0].subject.run)])
    let gone = Fault(.notFound, "404")
    told = task.receive(.detail(sent[0].subject.run, .failure(gone)), at: now + .seconds(3))
    #expect(code(told) == nil)
    told = task.receive(.outcome(sent[1], done, recorded: true), at: now + .seconds(4))
    #expect(told.contains(.wait(until: now + .seconds(7))))
    told = task.receive(.woke, at: now + .seconds(7))
    #expect(told == [.load(sent[1].subject.run)])
  }

  @Test func `an interrupted wait tells what was done`() {
    var (task, _) = approved()
    let told = task.receive(.interrupted, at: now)
    #expect(output(told) == "approved refund-approvals 7c9e6679: running\n")
    #expect(told.last == .leave)
  }

  @Test func `several runs are waited for through the feed, those beyond it one by one`() throws {
    var task = task(.act(Action(.resume, ["550e8400", "7c"], wait: Patience())), form: .jsonl)
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    for decision in decisions(told) {
      let done = Outcome.done(Confirmation(status: .running, readBack: true))
      told = task.receive(.outcome(decision, done, recorded: true), at: now)
    }
    told = task.receive(.woke, at: now + .seconds(3))
    #expect(told == [.poll])
    let feed = Reading(runs: [run("550e8400-e29b", "crm-sync", .completed)], tasks: [], at: now)
    told = task.receive(.reading(.success(feed)), at: now + .seconds(3))
    #expect(told.first == .load(WaitTests.refund))
    #expect(try JSONValue(parsing: output(told))["status"] == "completed")
    told = task.receive(looked(RunDetail(run: refund(.completed), at: now)), at: now)
    #expect(code(told) == .done)
  }

  // MARK: show

  @Test func `show waits and leaves with how the run ended`() {
    var task = task(.show("7c", wait: Patience(timeout: .seconds(60))), form: .jsonl)
    var told = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    #expect(told == [.poll, .load(WaitTests.refund)])
    let asking = RunDetail(run: refund(.running), tasks: busy.tasks ?? [], at: now)
    told = task.receive(looked(asking), at: now)
    #expect(
      told == [
        .progress("refund-approvals 7c9e6679: running, waits for an approval"),
        .wait(until: now + .seconds(3)),
      ]
    )
    _ = task.receive(.woke, at: now + .seconds(3))
    told = task.receive(looked(RunDetail(run: refund(.failed), at: now)), at: now)
    #expect(output(told).hasPrefix("{\"id\":\"7c9e6679-7425\""))
    #expect(code(told) == .failed)
  }

  @Test func `show tells the run as it is when the time is over`() {
    var task = task(.show("7c", wait: Patience(timeout: .seconds(60))))
    _ = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    _ = task.receive(looked(RunDetail(run: refund(.running), at: now)), at: now)
    let told = task.receive(.woke, at: now + .seconds(60))
    #expect(output(told).hasPrefix("refund-approvals 7c9e6679-7425: running\n"))
    #expect(complaints(told) == ["refund-approvals 7c9e6679: still running after 1m"])
    #expect(code(told) == .unknown)
  }

  // MARK: events --follow

  private func detail(_ status: RunStatus, _ numbers: [Int?]) -> RunDetail {
    RunDetail(
      run: refund(status),
      events: numbers.enumerated().map { index, number in
        RunEvent(type: "e\(index + 1)", sequence: number, at: now)
      },
      at: now
    )
  }

  @Test(arguments: [[1, 2, 3, 4], [nil, nil, nil, nil]] as [[Int?]])
  func `new events are written as they come, each once, until the run has ended`(numbers: [Int?]) {
    var task = task(.events("7c", follows: true), form: .tsv, width: nil)
    _ = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    var told = task.receive(looked(detail(.running, Array(numbers.prefix(2)))), at: now)
    #expect(output(told).split(separator: "\n").count == 3)
    #expect(code(told) == nil)
    told = task.receive(.woke, at: now + .seconds(3))
    #expect(
      told == [
        .load(WaitTests.refund, known: detail(.running, Array(numbers.prefix(2))))
      ]
    )
    told = task.receive(looked(detail(.running, Array(numbers.prefix(2)))), at: now)
    #expect(output(told).isEmpty)
    told = task.receive(looked(detail(.failed, numbers)), at: now)
    #expect(
      output(told).split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false)[3]
      } == ["e3", "e4"]
    )
    #expect(code(told) == .done)
  }

  @Test func `what is followed needs lines, and ends when it is interrupted`() {
    let told = effects(task(.events("7c", follows: true), form: .json))
    #expect(code(told) == .usage)
    var task = task(.events("7c", after: 1, follows: true))
    _ = task.begin(at: now) + task.receive(.reading(.success(busy)), at: now)
    let first = task.receive(looked(detail(.running, [1, 2])), at: now)
    #expect(output(first).contains("e2") && !output(first).contains("e1 "))
    #expect(task.isEndless)
    #expect(task.receive(.interrupted, at: now) == [.leave])
  }

  // MARK: --watch

  @Test func `a watched list is written again when it has changed, and only then`() throws {
    var task = task(.inbox(watches: true), form: .jsonl)
    #expect(task.begin(at: now) == [.keepPolling(.lively)])
    var told = task.receive(.reading(.success(busy)), at: now)
    let first = try JSONValue(parsing: output(told))
    #expect(first["inbox"]?.array?.count == 5)
    #expect(first["at"]?.string == now.iso8601)
    var later = busy
    later.at = now + .seconds(3)
    told = task.receive(.reading(.success(later)), at: now)
    #expect(told == [.keepPolling(.lively)])
    later.runs.removeFirst(4)
    later.tasks = []
    told = task.receive(.reading(.success(later)), at: now)
    #expect(try JSONValue(parsing: output(told))["inbox"]?.array?.count == 1)
    #expect(told.first == .keepPolling(.calm))
    #expect(task.receive(.interrupted, at: now) == [.leave])
  }

  @Test func `a watched table stands below the time of its reading`() {
    var task = task(.tasks(watches: true))
    _ = task.begin(at: now)
    let told = task.receive(.reading(.success(busy)), at: now)
    #expect(output(told).hasPrefix("2026-11-18 11:06:40 UTC\nTASK"))
    var later = busy
    later.tasks = []
    let empty = task.receive(.reading(.success(later)), at: now)
    #expect(output(empty) == "\n2026-11-18 11:06:40 UTC\nnothing waits for an answer\n")
  }

  @Test func `a watched list outlives a server that is away, and says so once`() {
    var task = task(.runs(RunsWanted(watches: true)))
    _ = task.begin(at: now)
    let away = Fault(.unreachable, "no connection")
    _ = task.receive(.reading(.success(busy)), at: now)
    #expect(
      task.receive(.reading(.failure(away)), at: now) == [.complain("no connection")]
    )
    #expect(task.receive(.reading(.failure(away)), at: now).isEmpty)
    let told = task.receive(.reading(.success(busy)), at: now)
    #expect(complaints(told) == ["the server answers again"])
    var other = ShellTests.task(.runs(RunsWanted(watches: true)))
    _ = other.begin(at: now)
    #expect(code(other.receive(.reading(.failure(away)), at: now)) == .notReachable)
    #expect(code(effects(ShellTests.task(.inbox(watches: true), form: .tsv))) == .usage)
  }
}
