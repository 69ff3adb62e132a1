import Glibc
import JSON
import RunClient
import Runs
import Testing

@Suite struct JournalFolderTests {
  private let running = decide(.pause, saw: .running)

  private func journal(_ folder: String, process: Int32) -> Journal {
    Journal(directory: folder, place: place, startedAt: start, process: process)
  }

  private func named(_ name: String, _ verb: Verb = .pause) -> Decision {
    var decision = decide(verb, saw: .running)
    decision.id = DecisionID(name)
    return decision
  }

  @Test func `lines of one decision become one record`() throws {
    try withTemporaryFolder { folder in
      let journal = journal(folder, process: 1)
      var approve = named("a", .approve)
      approve.fields = ["comment": "fine"]
      approve.conditions = Conditions(statuses: [.paused, .running], lastEvent: 7)
      approve.insists = true
      try journal.append(.sending(approve, at: start + .seconds(1)))
      let done = Outcome.done(Confirmation(status: .running, readBack: true))
      try journal.append(.settled(approve, done, at: start + .seconds(2)))
      try journal.append(.withdrawn(named("b"), why: "taken back", at: start))
      try journal.append(.planned(BatchID("batch"), [named("c"), named("d")], at: start))
      try journal.append(.sending(named("d"), at: start))
      let contents = JournalFolder(directory: folder).read()
      #expect(contents.remarks.isEmpty)
      #expect(contents.records.map(\.id.text) == ["a", "b", "c", "d"])
      #expect(
        contents.records.map(\.fate) == [
          .settled(
            .done,
            detail: "running",
            at: start + .seconds(2),
            latency: .seconds(2),
            later: false
          ),
          .withdrawn(why: "taken back", at: start),
          .planned(BatchID("batch")),
          .open,
        ]
      )
      let read = contents.records[0]
      #expect(read.place == place)
      #expect(read.sentAt == start + .seconds(1))
      #expect(read.isLive && !read.isOpen, "this process writes it yet")
      // What was seen comes back as far as the journal keeps it.
      approve.seen = Seen(status: .running, digest: Digest.of(["title": "pay?"]))
      #expect(read.decision == approve)
      #expect(read.decision.seen?.isSame(["title": "pay?"]) == true)
      #expect(read.decision.seen?.isSame(["title": "pay twice?"]) == false)
    }
  }

  @Test func `what no living process writes is open, until a later one has read it back`() throws {
    try withTemporaryFolder { folder in
      let reader = JournalFolder(directory: folder)
      var dead: Journal? = journal(folder, process: 1)
      try dead?.append(.sending(running, at: start))
      #expect(reader.read().records.map(\.isOpen) == [false])
      dead = nil
      #expect(reader.read().records.map(\.isOpen) == [true])
      // Names sort by when a process began, not by when it wrote; clocks may have been set back.
      let settler = Journal(
        directory: folder,
        place: place,
        startedAt: start + .seconds(-60),
        process: 2
      )
      let unknown = Outcome.unknown(Fault(.timedOut, "nobody knows"))
      try settler.append(.settled(running, unknown, later: true, at: start + .seconds(-30)))
      let record = try #require(reader.read().records.first)
      #expect(!record.isOpen)
      guard case .settled(.unknown, _, _, latency: nil, later: true) = record.fate else {
        Issue.record("it was read back: \(record.fate)")
        return
      }
    }
  }

  @Test func `an unknown outcome is read back at the next start, and once`() throws {
    try withTemporaryFolder { folder in
      let reader = JournalFolder(directory: folder)
      let unknown = Outcome.unknown(Fault(.timedOut, "nobody knows"))
      var dead: Journal? = journal(folder, process: 1)
      try dead?.append(.sending(running, at: start))
      try dead?.append(.settled(running, unknown, at: start))
      dead = nil
      #expect(reader.read().records.map(\.isOpen) == [true])
      try journal(folder, process: 2).append(.settled(running, unknown, later: true, at: start))
      #expect(reader.read().records.map(\.isOpen) == [false])
    }
  }

  @Test func `a decision that was sent again is open again`() throws {
    try withTemporaryFolder { folder in
      let refused = Outcome.notSent(Fault(.unreachable, "no route"))
      var dead: Journal? = journal(folder, process: 1)
      try dead?.append(.settled(running, refused, at: start))
      try dead?.append(.sending(running, at: start + .seconds(9)))
      dead = nil
      let record = try #require(JournalFolder(directory: folder).read().records.first)
      #expect(record.fate == .open && record.isOpen)
      #expect(record.sentAt == start + .seconds(9))
    }
  }

  @Test func `what was planned and is sent by a later program stands where it was decided again`()
    throws
  {
    try withTemporaryFolder { folder in
      let planned = named("a")
      var again = planned
      again.madeAt = start + .seconds(36_000)
      // Names sort by when a process began, whose clock may have been wrong.
      for (first, later) in [(1, 2), (4, 3)] as [(Int32, Int32)] {
        let home = "\(folder)/\(first)"
        let dead = journal(home, process: first)
        try dead.append(.planned(BatchID("batch"), [planned], at: start))
        let next = journal(home, process: later)
        try next.append(.sending(again, at: again.madeAt + .seconds(1)))
        let done = Outcome.done(Confirmation(status: .paused, readBack: true))
        try next.append(.settled(again, done, at: again.madeAt + .seconds(3)))
        let record = try #require(JournalFolder(directory: home).read().records.first)
        #expect(record.at == again.madeAt)
        #expect(record.firstAt == planned.madeAt)
        #expect(record.sentAt == again.madeAt + .seconds(1))
        guard case .settled(.done, _, _, latency: .seconds(3), later: false) = record.fate else {
          Issue.record("it took 3 s: \(record.fate)")
          return
        }
      }
    }
  }

  @Test func `a decision with very long fields is read back without them`() throws {
    try withTemporaryFolder { folder in
      let journal = journal(folder, process: 1)
      var long = named("a", .approve)
      long.fields = ["comment": .string(String(repeating: "x", count: 3 << 20))]
      try journal.append(.sending(long, at: start))
      let contents = JournalFolder(directory: folder).read()
      #expect(contents.remarks.isEmpty)
      let record = try #require(contents.records.first)
      #expect(record.id == long.id)
      #expect(record.decision.fields.isEmpty)
      #expect(record.decision.fieldsDigest == Digest.of(.object(long.fields)))
    }
  }

  @Test func `garbage, a line cut short and what is no file are left out and said once`() throws {
    try withTemporaryFolder { folder in
      var dead: Journal? = journal(folder, process: 1)
      try dead?.append(.sending(running, at: start))
      let path = try #require(dead?.path)
      dead = nil
      try append("\u{1}\u{2}nonsense\n{\"phase\":\"sending\"}\n{\"at\":\"2026", to: path)
      try append(String(repeating: "x", count: 3 << 20) + "\n", to: "\(folder)/zeros.jsonl")
      _ = unsafe mkfifo("\(folder)/pipe.jsonl", 0o600)
      _ = unsafe symlink("/etc/passwd", "\(folder)/link.jsonl")
      _ = unsafe mkdir("\(folder)/folder.jsonl", 0o700)
      try append("not ours", to: "\(folder)/notes.txt")
      let contents = JournalFolder(directory: folder).read()
      #expect(contents.records.map(\.id) == [running.id])
      #expect(contents.remarks.count == 2)
      #expect(contents.remarks.contains { $0.hasPrefix("3 journals cannot be read: ") })
      #expect(contents.remarks.contains("4 lines of the journals cannot be read and are left out"))
      #expect(!contents.isUnread, "something was read")
      // Where there is no folder, nothing was decided; where there is another thing, nobody knows.
      #expect(!JournalFolder(directory: "\(folder)/none").read().isUnread)
      let odd = JournalFolder(directory: "\(folder)/notes.txt").read()
      #expect(odd.isUnread && odd.remarks.count == 1)
    }
  }

  @Test func `of too much the newest is read, and that is said`() throws {
    try withTemporaryFolder { folder in
      for number in 1...9 {
        let journal = Journal(
          directory: folder,
          place: place,
          startedAt: start + .seconds(number),
          process: 1
        )
        try journal.append(.sending(named("key-\(number)"), at: start))
        try journal.append(.sending(named("key-\(number)-second"), at: start))
      }
      let few = JournalFolder(
        directory: folder,
        bounds: .init(files: 2, bytes: 1 << 20, bytesOfFile: 1 << 20)
      ).read()
      #expect(few.records.map(\.id.text) == ["key-8", "key-8-second", "key-9", "key-9-second"])
      #expect(few.remarks.count == 1)
      #expect(few.remarks.first?.contains("only the newest are") == true)
      let short = JournalFolder(
        directory: folder,
        bounds: .init(files: 1, bytes: 1 << 20, bytesOfFile: 500)
      ).read()
      #expect(short.records.map(\.id.text) == ["key-9-second"])
      #expect(short.remarks.contains { $0.contains("only its newest lines") })
      #expect(JournalFolder(directory: "\(folder)/none").read() == JournalFolder.Contents())
    }
  }
}

/// Writes behind what stands in a file.
func append(_ text: String, to path: String) throws {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  let bytes = Array(text.utf8)
  let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  try #require(count == bytes.count)
}
