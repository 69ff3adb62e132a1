import Glibc
import JSON
import RunClient
import Runs
import Synchronization
import TestHouse
import Testing
import Transport

/// Programs that ended between sending and knowing, as the next start finds them.
@Suite(.timeLimit(.minutes(1)))
struct SettleTests {
  private static func answer(_ text: String) -> RawServer.Action { .answer(body: Array(text.utf8)) }

  /// A server whose run `r1` is paused since the tests began, and takes no command.
  private static let paused: RawServer.Script = { request in
    #expect(request.method == "GET", "nothing is sent")
    return [answer(#"{"id":"r1","status":"paused","status_at":"\#(start.iso8601)"}"#)]
  }

  private static func named(_ name: String, _ verb: Verb = .pause) -> Decision {
    var decision = decide(verb, saw: .running)
    decision.id = DecisionID(name)
    return decision
  }

  /// Leaves the journal of a program that was killed.
  private static func leave(
    _ entries: [JournalEntry],
    in folder: String,
    place: JournalPlace,
    process: Int32
  ) throws {
    let journal = Journal(directory: folder, place: place, startedAt: start, process: process)
    for entry in entries { try journal.append(entry) }
  }

  private static func place(_ peer: RawServer, tenant: String = "acme") -> JournalPlace {
    JournalPlace(
      profile: "another name",
      url: peer.url(""),
      tenant: tenant,
      project: "payments"
    )
  }

  @Test func `an open command is read back, settled under its key, and told`() throws {
    let peer = try RawServer(Self.paused)
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let decision = Self.named("left")
      let place = Self.place(peer)
      try Self.leave([.sending(decision, at: start)], in: folder, place: place, process: 7)
      let house = try House(url: peer.url(""), folder: folder, process: 8)
      let unfinished = try house.unfinished()
      let settled = try #require(unfinished.settled.first)
      #expect(unfinished.settled.count == 1 && unfinished.planned.isEmpty)
      #expect(settled.record.id == DecisionID("left"))
      guard case .success(.done(let confirmation)) = settled.outcome else {
        Issue.record("it is paused: \(settled.outcome)")
        return
      }
      #expect(confirmation.status == .paused)
      // In this process's own journal, under the key that was sent.
      let line = try contents("\(folder)/\(start.iso8601)-8.jsonl")
      #expect(line.contains(#""key":"left""#) && line.contains(#""outcome":"done""#))
      #expect(line.contains(#""later":true"#))
      #expect(try House(url: peer.url(""), folder: folder, process: 9).unfinished().isEmpty)
    }
  }

  @Test func `what another process writes, and other servers' decisions, are left alone`() throws {
    let peer = try RawServer(Self.paused)
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let entry = JournalEntry.sending(Self.named("theirs"), at: start)
      let other = Self.place(peer, tenant: "umbrella")
      try Self.leave([entry], in: folder, place: other, process: 1)
      var old = Self.place(peer)
      old.url = ""
      try Self.leave([.sending(Self.named("old"), at: start)], in: folder, place: old, process: 2)
      try Self.leave(
        [.sending(Self.named("live"), at: start)],
        in: folder,
        place: Self.place(peer),
        process: 3
      )
      // A process of its own holds the file, as one that lives does.
      let neighbour = try Child(
        ["/usr/bin/flock", "\(folder)/\(start.iso8601)-3.jsonl", "/bin/sh", "-c", "echo; cat"],
        environment: ["PATH": "/usr/bin:/bin"]
      )
      defer { neighbour.end() }
      _ = try neighbour.readLine()
      let house = try House(url: peer.url(""), folder: folder, process: 8)
      #expect(try house.unfinished().isEmpty)
      #expect(peer.received.isEmpty)
      // Once it has ended, what it left is found.
      neighbour.endInput()
      try neighbour.wait()
      #expect(try house.unfinished().settled.map(\.record.id.text) == ["live"])
    }
  }

  @Test func `of two that start at once one settles`() throws {
    let gate = try RawServer(Self.paused)
    defer { gate.stop() }
    try withTemporaryFolder { folder in
      let place = Self.place(gate)
      let left = (1...20).map { JournalEntry.sending(Self.named("left-\($0)"), at: start) }
      try Self.leave(left, in: folder, place: place, process: 1)
      let houses = try (11...12).map {
        try House(url: gate.url(""), folder: folder, process: $0)
      }
      for house in houses { house.client.settleUnfinished(now: house.now) }
      // Turn by turn, so that both are in the middle of it at the same time.
      while houses.contains(where: { $0.told == nil }) {
        for house in houses where house.told == nil { house.turn() }
      }
      let told = houses.flatMap { $0.told?.settled ?? [] }.map(\.record.id.text)
      #expect(told.count == 20)
      #expect(Set(told).count == 20)
      // One of them may have had nothing to write.
      let lines = houses.map { (try? TextFile.read($0.journalPath)) ?? "" }.joined()
      #expect(lines.split(separator: "\n").count == 20)
    }
  }

  @Test func `what cannot be read back stays open for the next start`() throws {
    let peer = try RawServer { _ in [.close] }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let entry = JournalEntry.sending(Self.named("left"), at: start)
      try Self.leave([entry], in: folder, place: Self.place(peer), process: 1)
      for process in Int32(2)...3 {
        let house = try House(url: peer.url(""), folder: folder, process: process)
        let settled = try #require(try house.unfinished().settled.first)
        guard case .failure = settled.outcome else {
          Issue.record("nothing could be read: \(settled.outcome)")
          return
        }
      }
      #expect(JournalFolder(directory: folder).read().records.map(\.isOpen) == [true])
    }
  }

  @Test func `what was planned and not sent is told and held, not sent`() throws {
    let peer = try RawServer(Self.paused)
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let (one, two, three) = (Self.named("one"), Self.named("two"), Self.named("three"))
      try Self.leave(
        [
          .planned(BatchID("b"), [one, two, three], at: start), .sending(one, at: start),
          .withdrawn(two, why: "taken back", at: start),
        ],
        in: folder,
        place: Self.place(peer),
        process: 1
      )
      let house = try House(url: peer.url(""), folder: folder, process: 2)
      let unfinished = try house.unfinished()
      #expect(unfinished.settled.map(\.record.id.text) == ["one"])
      #expect(unfinished.planned.map(\.id.text) == ["three"])
      #expect(unfinished.planned.first?.fate == .planned(BatchID("b")))
      let other = try House(url: peer.url(""), folder: folder, process: 3)
      #expect(try other.unfinished().isEmpty, "the first one holds it")
      house.client.withdraw(three, why: "not any more", now: house.now)
      let fault: Fault? = try house.run {
        if case .journal(let fault) = $0 { .some(fault) } else { nil }
      }
      #expect(fault == nil)
      #expect(
        JournalFolder(directory: folder).read().records.last?.fate
          == .withdrawn(why: "not any more", at: house.now)
      )
    }
  }

  @Test func `what waited in an undo window is settled as not sent, and told once`() throws {
    let peer = try RawServer { _ in
      Issue.record("nothing is asked")
      return [.close]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let (sent, taken, left) = (Self.named("sent"), Self.named("taken"), Self.named("left"))
      let done = Outcome.done(Confirmation(status: .paused, readBack: true))
      try Self.leave(
        [
          .held(sent, at: start), .held(taken, at: start), .held(left, at: start),
          .sending(sent, at: start), .settled(sent, done, at: start),
          .withdrawn(taken, why: "taken back", at: start),
        ],
        in: folder,
        place: Self.place(peer),
        process: 1
      )
      let house = try House(url: peer.url(""), folder: folder, process: 2)
      house.now = start + .seconds(60)
      let unfinished = try house.unfinished()
      #expect(unfinished.unsent.map(\.id.text) == ["left"])
      #expect(unfinished.settled.isEmpty && unfinished.planned.isEmpty)
      let fates = JournalFolder(directory: folder).read().records.map(\.fate)
      #expect(
        fates == [
          .settled(.done, detail: "paused", at: start, latency: .zero, later: false),
          .withdrawn(why: "taken back", at: start),
          .withdrawn(
            why: "not sent: the program ended inside the undo window",
            at: start + .seconds(60)
          ),
        ]
      )
      #expect(try House(url: peer.url(""), folder: folder, process: 3).unfinished().isEmpty)
    }
  }

  @Test func `what cannot be settled as not sent is told again at the next start`() throws {
    let peer = try RawServer { _ in [.close] }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let entry = JournalEntry.held(Self.named("left"), at: start)
      try Self.leave([entry], in: folder, place: Self.place(peer), process: 1)
      for process in Int32(2)...3 {
        let house = try House(url: peer.url(""), folder: folder, process: process)
        // Where its own journal should be is a folder.
        _ = unsafe mkdir(house.journalPath, 0o700)
        let unfinished = try house.unfinished()
        #expect(unfinished.unsent.map(\.id.text) == ["left"])
        #expect(unfinished.remarks.contains { $0.contains("cannot be opened") })
      }
      #expect(JournalFolder(directory: folder).read().records.map(\.fate) == [.held])
    }
  }

  // MARK: Within one process

  @Test func `a decision in the undo window is on record, and taking it back completes that`()
    throws
  {
    let peer = try RawServer { _ in [.close] }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      let decision = Self.named("one")
      house.client.hold(decision, now: house.now)
      house.settle()
      let records = { JournalFolder(directory: folder).read().records }
      #expect(records().map(\.fate) == [.held])
      #expect(records().first?.isLeftHeld == false, "it is held by a program that lives")
      #expect(!house.events.contains { if case .journal = $0 { true } else { false } })
      house.client.withdraw(decision, why: "taken back", now: house.now)
      house.settle()
      #expect(records().map(\.fate) == [.withdrawn(why: "taken back", at: house.now)])
      #expect(peer.received.isEmpty)
    }
  }

  @Test func `a decision in the undo window that cannot be put on record says so`() throws {
    let peer = try RawServer { _ in [.close] }
    defer { peer.stop() }
    let house = try House(peer, folder: "/proc/none/journal")
    house.client.hold(Self.named("one"), now: house.now)
    let fault: Fault? = try house.run {
      if case .journal(let fault) = $0 { .some(fault) } else { nil }
    }
    #expect(fault?.sentence.contains("cannot be opened") == true)
  }

  @Test func `what is unknown because nothing answered is read back once something does`() throws {
    let isOut = Flag()
    let peer = try RawServer { request in
      if request.method == "POST" { isOut.set(true) }
      if isOut.value { return [.close] }
      return request.line.contains("/r1 ")
        ? [Self.answer(#"{"id":"r1","status":"running"}"#)] : [Self.answer("[]")]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      let decision = decide(.stop(.immediate), saw: .running)
      #expect(try house.outcome(of: decision).outcome.word == "unknown")
      isOut.set(false)
      _ = try house.poll()
      let second: Outcome = try house.run {
        if case .outcome(decision, let outcome, _) = $0 { outcome } else { nil }
      }
      #expect(second.word == "unknown", "the run runs: \(second)")
      #expect(peer.received.count { $0.method == "POST" } == 1)
      let records = JournalFolder(directory: folder).read().records
      #expect(records.count == 1)
      guard case .settled(.unknown, let detail, _, _, later: false) = records[0].fate else {
        Issue.record("it is on record: \(records[0].fate)")
        return
      }
      #expect(detail?.hasSuffix("the run is running") == true)
    }
  }

  @Test func `a decision given again keeps its key, and is read back before it is sent`() throws {
    let posts = Counter()
    let peer = try RawServer { request in
      guard request.method == "POST" else {
        return [Self.answer(#"{"id":"r1","status":"\#(posts.value > 1 ? "paused" : "running")"}"#)]
      }
      return posts.next() == 1 ? [.close] : [Self.answer("{}")]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      let decision = decide(.pause, saw: .running)
      #expect(try house.outcome(of: decision).outcome.word == "unknown")
      #expect(try house.outcome(of: decision).outcome.word == "done")
      let keys = peer.received.filter { $0.method == "POST" }.map { $0.header("Idempotency-Key") }
      #expect(keys == ["key-1", "key-1"])
    }
  }

  @Test func `what was sent stays open on record when its next try is taken back`() throws {
    let peer = try RawServer { request in
      request.method == "POST"
        ? [.close] : [Self.answer(#"{"id":"r1","status":"running"}"#)]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      let (decision, other) = (Self.named("one"), Self.named("other"))
      #expect(try house.outcome(of: decision).outcome.word == "unknown")
      // Behind another about its run, and where it did not come here again.
      house.client.carryOut(other, now: house.now)
      house.client.carryOut(decision, now: house.now)
      for _ in 1...2 {
        house.client.withdraw(decision, why: "taken back", now: house.now)
        let told: Outcome = try house.run {
          if case .outcome(decision, let outcome, _) = $0 { outcome } else { nil }
        }
        #expect(told.word == "unknown")
      }
      let second: Outcome = try house.run {
        if case .outcome(other, let outcome, _) = $0 { outcome } else { nil }
      }
      #expect(second.word == "unknown")
      #expect(peer.received.count { $0.method == "POST" } == 2, "it was not tried again")
      #expect(!house.events.contains { if case .withdrawn = $0 { true } else { false } })
      let records = JournalFolder(directory: folder).read().records
      #expect(records.count == 2)
      let isUnknown = { (fate: JournalRecord.Fate) -> Bool in
        if case .settled(.unknown, _, _, _, later: false) = fate { true } else { false }
      }
      #expect(records.allSatisfy { isUnknown($0.fate) })
    }
  }

  @Test func `taking back what is under way is answered, and its outcome is told`() throws {
    let peer = try RawServer { request in
      request.method == "POST"
        ? [.close] : [Self.answer(#"{"id":"r1","status":"running"}"#)]
    }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: folder)
      let decision = decide(.stop(.immediate), saw: .running)
      house.client.carryOut(decision, now: house.now)
      house.client.withdraw(decision, why: "taken back", now: house.now)
      let told: Bool = try house.run {
        if case .underWay(let which) = $0 { which == decision } else { nil }
      }
      #expect(told)
      let outcome: Outcome = try house.run {
        if case .outcome(decision, let outcome, _) = $0 { outcome } else { nil }
      }
      #expect(outcome.word == "unknown")
      #expect(!house.events.contains { if case .withdrawn = $0 { true } else { false } })
    }
  }

  @Test func `whether the journal can be written is found out without leaving a file`() throws {
    let peer = try RawServer { _ in [Self.answer("[]")] }
    defer { peer.stop() }
    try withTemporaryFolder { folder in
      let house = try House(peer, folder: "\(folder)/journal")
      #expect(try house.journalFault() == nil)
      var names = TextFile.names(in: "\(folder)/journal")
      #expect(names.isEmpty)
      let decision = decide(.pause, saw: .running)
      house.client.plan(BatchID("b"), [decision], now: house.now)
      let planned: Fault? = try house.run {
        if case .journal(let fault) = $0 { .some(fault) } else { nil }
      }
      #expect(planned == nil)
      #expect(try house.journalFault() == nil)
      names = TextFile.names(in: "\(folder)/journal")
      #expect(names.count == 1)
      let taken = try House(peer, folder: "/proc/none/journal")
      #expect(try taken.journalFault()?.sentence.contains("cannot be opened") == true)
    }
  }
}

/// Something that the threads of a test share.
private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

/// A switch that the threads of a test share.
private final class Flag: Sendable {
  private let state = Mutex(false)
  var value: Bool { state.withLock { $0 } }
  func set(_ value: Bool) { state.withLock { $0 = value } }
}
