import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

/// A feed on paper, whose server knows `updated_since` in one way or another.
private final class Feed {
  struct Item {
    var id: String
    var status = "running"
    /// Seconds after the start; nil where it is not said.
    var updated: Int? = 0
    var created: Int? = 0
  }

  /// What the server does with `updated_since`.
  var isHonoured = true
  /// Answers the call with `updated_since` instead.
  var refusal: Result<Response, Transport.Failure>?
  var headers: [String: String] = [:]
  var items: [Item]
  private(set) var asked: [String] = []
  private(set) var learnt = Knowledge()
  private var known = KnownInbox()

  init(_ items: [Item]) { self.items = items }

  /// Ten runs, the newest first, a minute apart and long at rest.
  static func ten() -> Feed {
    Feed((0..<10).map { Item(id: "r\($0)", updated: -60 * $0, created: -60 * $0) })
  }

  private func answer(_ call: Call) -> Result<Response, Transport.Failure> {
    guard call.path == "/v1/runs" else { return Fed.json("[]") }
    let since = call.query.first { $0.name == "updated_since" }
      .flatMap { Timestamp(iso8601: $0.value) }
    if since != nil, let refusal { return refusal }
    let listed = items.filter { item in
      guard isHonoured, let since else { return true }
      return item.updated.map { start + .seconds($0) >= since } ?? true
    }
    return Fed.json("[\(listed.map(Self.text).joined(separator: ","))]", headers: headers)
  }

  private static func text(_ item: Item) -> String {
    let moment = { (name: String, seconds: Int?) in
      seconds.map { #","\#(name)":"\#((start + .seconds($0)).iso8601)""# } ?? ""
    }
    return #"{"id":"\#(item.id)","workflow_id":"w","workflow_name":"W","status":"\#(item.status)""#
      + moment("updated_at", item.updated) + moment("created_at", item.created) + "}"
  }

  /// Polls; what is asked for stands in ``asked`` afterwards.
  @discardableResult
  func poll(whole: Bool = false) throws -> Refreshed {
    let job = backend.refresh(known: known, knowledge: learnt, isWhole: whole)
    let talk = try feed(job) { answer($0) }
    asked = talk.asked.filter { $0.contains("/v1/runs") }
    learnt.merge(talk.learnt)
    let refreshed = try talk.result.get()
    known = refreshed.known
    return refreshed
  }

  /// Whether the last poll asked for changes.
  var asksForChanges: Bool { asked.contains { $0.contains("updated_since") } }

  func change(_ id: String, _ status: String, at seconds: Int?) {
    for place in items.indices where items[place].id == id {
      items[place].status = status
      items[place].updated = seconds
    }
  }
}

extension Refreshed {
  fileprivate var statuses: [String: String] {
    reading.runs.reduce(into: [:]) { $0[$1.id.text] = $1.status.word }
  }
  fileprivate var ids: [String] { reading.runs.map(\.id.text) }
}

/// Polls that read only what has changed.
@Suite struct ChangesTests {
  private static let whole = "GET /v1/runs?limit=100"

  @Test func `after everything was read, only what has changed is, by the server's own times`()
    throws
  {
    let feed = Feed.ten()
    let first = try feed.poll()
    #expect(feed.asked == [Self.whole])
    #expect(first.isWhole)
    feed.change("r7", "failed", at: 20)
    let second = try feed.poll()
    #expect(feed.asked == ["\(Self.whole)&updated_since=2026-04-10T10%3A59%3A55.000Z"])
    #expect(!second.isWhole)
    #expect(second.changed)
    #expect(second.statuses["r7"] == "failed")
    #expect(second.ids == first.ids, "it stays where the server listed it")
    let third = try feed.poll()
    #expect(feed.asked == ["\(Self.whole)&updated_since=2026-04-10T11%3A00%3A15.000Z"])
    #expect(!third.changed)
    #expect(third.statuses == second.statuses)
    #expect(try !feed.poll(whole: true).changed)
    #expect(feed.learnt.offers(.changes))
  }

  @Test func `new runs stand in front, the newest first, and an old one where it belongs`() throws {
    let feed = Feed.ten()
    try feed.poll()
    feed.items.insert(.init(id: "b", updated: 20, created: 20), at: 0)
    feed.items.insert(.init(id: "c", updated: 20, created: 20), at: 0)
    feed.items.insert(.init(id: "old", updated: 21, created: -90), at: 4)
    let changes = try feed.poll()
    #expect(feed.asksForChanges)
    #expect(changes.ids == ["c", "b", "r0", "r1", "old"] + (2..<10).map { "r\($0)" })
    #expect(try feed.poll(whole: true).ids == changes.ids)
  }

  @Test func `a run that leaves the feed is gone with the next whole reading`() throws {
    let feed = Feed.ten()
    try feed.poll()
    feed.items.removeAll { $0.id == "r3" }
    #expect(try feed.poll().ids.contains("r3"))
    let whole = try feed.poll(whole: true)
    #expect(whole.changed)
    #expect(!whole.ids.contains("r3"))
    #expect(feed.learnt.offers(.changes), "nobody promises to list what is not there")
  }

  @Test func `a server that knows no updated_since is asked with it once`() throws {
    let feed = Feed.ten()
    feed.isHonoured = false
    try feed.poll()
    feed.change("r9", "failed", at: 20)
    let second = try feed.poll()
    #expect(feed.asked.count == 2)
    #expect(feed.asked.last == Self.whole)
    #expect(second.isWhole)
    #expect(second.statuses["r9"] == "failed")
    #expect(!feed.learnt.offers(.changes))
    try feed.poll()
    #expect(feed.asked == [Self.whole])
  }

  @Test(arguments: [400, 404, 422, 501])
  func `a server that refuses updated_since is asked with it once`(_ status: Int) throws {
    let feed = Feed.ten()
    feed.refusal = Fed.status(status, #"{"error":"unknown parameter"}"#)
    try feed.poll()
    feed.change("r9", "failed", at: 20)
    let second = try feed.poll()
    #expect(second.isWhole)
    #expect(second.statuses["r9"] == "failed")
    try feed.poll()
    #expect(feed.asked == [Self.whole])
  }

  @Test(arguments: [
    Fed.status(500), Fed.json("<html>no</html>"), Fed.json(#"{"runs":[{"id":"#), Fed.status(403),
  ])
  func `a server that stumbles over updated_since is asked with it twice`(
    _ answer: Result<Response, Transport.Failure>
  ) throws {
    let feed = Feed.ten()
    feed.refusal = answer
    try feed.poll()
    for count in 1...2 {
      #expect(try feed.poll().reading.runs.count == 10)
      #expect(feed.asked.count == 2, "poll \(count)")
    }
    try feed.poll()
    #expect(feed.asked == [Self.whole])
  }

  @Test(arguments: [Fed.status(401), Fed.status(429), Fed.status(503), Fed.failure(.timedOut)])
  func `what has nothing to do with updated_since is the fault of the poll`(
    _ answer: Result<Response, Transport.Failure>
  ) throws {
    let feed = Feed.ten()
    try feed.poll()
    feed.refusal = answer
    #expect(throws: Fault.self) { try feed.poll() }
    #expect(feed.asked.count == 1)
    feed.refusal = nil
    try feed.poll()
    #expect(feed.asksForChanges)
  }

  @Test func `a server that lists only some of what has changed is found out`() throws {
    let feed = Feed.ten()
    try feed.poll()
    feed.change("r1", "paused", at: 100)
    try feed.poll()
    // It bears a time of before the changes that were told already.
    feed.change("r8", "failed", at: 30)
    #expect(try feed.poll().statuses["r8"] == "running")
    let whole = try feed.poll(whole: true)
    #expect(whole.changed)
    #expect(whole.statuses["r8"] == "failed")
    #expect(!feed.learnt.offers(.changes))
  }

  @Test func `older news than what is known are not believed`() throws {
    let feed = Feed.ten()
    try feed.poll()
    feed.change("r2", "failed", at: 20)
    try feed.poll()
    // A copy that lags behind.
    feed.change("r2", "running", at: 16)
    #expect(try feed.poll().statuses["r2"] == "failed")
    #expect(feed.asksForChanges)
  }

  @Test func `runs that do not say when they changed are read whole each time`() throws {
    let feed = Feed.ten()
    feed.change("r4", "running", at: nil)
    try feed.poll()
    try feed.poll()
    #expect(feed.asked == [Self.whole])
    let dated = Feed.ten()
    try dated.poll()
    dated.change("r0", "failed", at: nil)
    #expect(try dated.poll().statuses["r0"] == "failed", "the server was no help")
    #expect(dated.asked.count == 2)
  }

  @Test func `a new run that does not say when it began is placed by the server`() throws {
    let feed = Feed.ten()
    try feed.poll()
    feed.items.insert(.init(id: "new", updated: 20, created: nil), at: 2)
    let second = try feed.poll()
    #expect(second.isWhole)
    #expect(second.ids.firstIndex(of: "new") == 2)
    #expect(feed.learnt.offers(.changes))
  }

  @Test func `a run from the future does not hide what changes now`() throws {
    let feed = Feed.ten()
    feed.headers = ["Date": "Fri, 10 Apr 2026 11:00:30 GMT"]
    feed.change("r5", "running", at: 365 * 86_400)
    try feed.poll()
    feed.change("r6", "failed", at: 31)
    #expect(try feed.poll().statuses["r6"] == "failed")
    #expect(feed.asked == ["\(Self.whole)&updated_since=2026-04-10T11%3A00%3A25.000Z"])
  }

  @Test func `more changes than pages of the feed are read whole`() throws {
    let feed = Feed((0..<40).map { .init(id: "r\($0)", updated: -60 * $0, created: -60 * $0) })
    try feed.poll()
    let news = (0..<100).map { Feed.Item(id: "n\($0)", updated: 20, created: 20) }
    feed.items = news + feed.items
    let second = try feed.poll()
    #expect(second.isWhole)
    #expect(second.reading.runs.count == 140)
  }

  @Test func `an unchanged inbox costs a small answer that is not decoded, or none`() throws {
    var count = 0
    let answer = { (call: Call) -> Result<Response, Transport.Failure> in
      guard call.path == "/v1/runs" else { return Fed.json("[]") }
      guard call.query.contains(where: { $0.name == "updated_since" }) else {
        return Fed.json(
          #"[{"id":"r","workflow_name":"W","status":"running","updated_at":"2026-04-10T11:00:00Z"}]"#
        )
      }
      count += 1
      return count == 1 ? Fed.json("[]", headers: ["ETag": "\"d\""]) : Fed.status(304)
    }
    var known = KnownInbox()
    var tags: [String?] = []
    for number in 0..<4 {
      let job = backend.refresh(known: known, isWhole: number == 0)
      let talk = try feed(job, at: start + .seconds(number), answer)
      let refreshed = try talk.result.get()
      tags.append(talk.etags.first ?? nil)
      #expect(refreshed.changed == (number == 0))
      #expect(refreshed.reading.at == start + .seconds(number))
      known = refreshed.known
    }
    #expect(tags == [nil, nil, "\"d\"", "\"d\""])
  }

  @Test func `of a feed that is longer than a poll reads, older runs stay out`() throws {
    var changed = ""
    let answer = { (call: Call) -> Result<Response, Transport.Failure> in
      guard call.path == "/v1/runs" else { return Fed.json("[]") }
      let row = { (id: String, age: Int, status: String) in
        let moment = (start + .seconds(-age)).iso8601
        return
          #"{"id":"\#(id)","workflow_name":"W","status":"\#(status)","created_at":"\#(moment)","#
          + #""updated_at":"\#((start).iso8601)"}"#
      }
      if call.query.contains(where: { $0.name == "updated_since" }) {
        return Fed.json("[\(changed)]")
      }
      let page = call.query.first { $0.name == "cursor" }.flatMap { Int($0.value) } ?? 0
      let rows = (page * 100..<page * 100 + 100).map { row("r\($0)", $0, "running") }
      changed =
        "\(row("new", -5, "running")),\(row("r3", 3, "failed")),\(row("old", 9000, "failed"))"
      return Fed.json(#"{"runs":[\#(rows.joined(separator: ","))],"next_cursor":"\#(page + 1)"}"#)
    }
    let first = try feed(backend.refresh(known: KnownInbox()), answer).result.get()
    let talk = try feed(backend.refresh(known: first.known, isWhole: false), answer)
    let second = try talk.result.get()
    #expect(talk.asked.count == 2)
    #expect(!second.isWhole)
    #expect(second.reading.isCut)
    #expect(second.ids.count == 2000)
    #expect(second.ids.first == "new")
    #expect(second.statuses["r3"] == "failed")
    #expect(!second.ids.contains("old"))
    #expect(!second.ids.contains("r1999"), "there is room for so many")
  }
}
