internal import Glibc
internal import Runs

/// Answers the inbox's calls on loopback from memory, in a process of its own.
///
/// It prints its port, then one line for every poll of the run feed (its first page). It ends when
/// its standard input does, so that it cannot outlive who started it.
struct CannedServer {
  private var answers: CannedAnswers
  private let listener: CInt
  private var connections: [CInt: [UInt8]] = [:]

  /// A request's head may have this many bytes.
  private static let headLimit = 16 * 1024

  /// Listens on a port that the system chooses, and says which.
  init(_ runs: CannedRuns, changesEveryPoll: Bool) throws(Mistake) {
    answers = CannedAnswers(runs, changesEveryPoll: changesEveryPoll)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16? = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard unsafe bind(listener, address, size) == 0, listen(listener, 16) == 0,
          unsafe getsockname(listener, address, &size) == 0
        else { return nil }
        return unsafe pointer.pointee.sin_port.bigEndian
      }
    }
    guard let port else { throw .system("The canned server cannot listen on 127.0.0.1") }
    say("\(port)")
  }

  /// Serves until standard input ends.
  mutating func serve() {
    while true {
      var waits = [pollfd(fd: 0, events: 0, revents: 0)]
      waits += ([listener] + connections.keys).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      guard unsafe poll(&waits, nfds_t(waits.count), -1) > 0 else { continue }
      if waits[0].revents != 0 { return }
      for wait in waits.dropFirst() where wait.revents != 0 {
        if wait.fd == listener { accept() } else { read(wait.fd) }
      }
    }
  }

  private mutating func accept() {
    let connection = Glibc.accept(listener, nil, nil)
    guard connection >= 0 else { return }
    var on: CInt = 1
    unsafe setsockopt(
      connection,
      Int32(IPPROTO_TCP),
      TCP_NODELAY,
      &on,
      socklen_t(MemoryLayout<CInt>.size)
    )
    connections[connection] = []
  }

  private mutating func read(_ connection: CInt) {
    let bytes = Descriptor.read(connection)
    guard let bytes, !bytes.isEmpty, var head = connections[connection] else {
      return close(connection)
    }
    head += bytes
    while let end = head.firstIndex(of: [13, 10, 13, 10]) {
      let request = Request(head: String(decoding: head[..<end], as: UTF8.self))
      head.removeSubrange(..<(end + 4))
      let answer = answers.answer(to: request)
      if answer.isPoll { say("poll") }
      guard Descriptor.write(connection, answer.bytes) else { return close(connection) }
    }
    guard head.count <= CannedServer.headLimit else { return close(connection) }
    connections[connection] = head
  }

  private mutating func close(_ connection: CInt) {
    connections[connection] = nil
    _ = Glibc.close(connection)
  }

  private func say(_ line: String) { _ = Descriptor.write(1, Array("\(line)\n".utf8)) }
}

/// The parts of a request that an answer depends on.
struct Request {
  let method: String
  let path: String
  let query: [String: String]
  let etag: String?

  init(head: String) {
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = (lines.first ?? "").split(separator: " ")
    let target = (words.count > 1 ? words[1] : "").split(separator: "?", maxSplits: 1)
    method = String(words.first ?? "")
    path = String(target.first ?? "")
    let pairs = (target.count > 1 ? target[1] : "").split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      // Of what is asked for only the colons of moments are escaped.
      let value = String(parts.count > 1 ? parts[1] : "").replacing("%3A", with: ":")
      return (String(parts.first ?? ""), value)
    }
    query = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    let name = "if-none-match:"
    etag = lines.first { $0.lowercased().hasPrefix(name) }.map { line in
      String(line.dropFirst(name.count).drop { $0 == " " })
    }
  }
}

/// What the canned server says to a request.
struct CannedAnswers {
  /// An answer as it goes over the wire.
  struct Answer {
    let bytes: [UInt8]
    /// Whether this was the first page of the run feed.
    let isPoll: Bool
  }

  /// A page has this many runs at most, as the embedded runtime's.
  private static let pageLimit = 500

  private let runs: CannedRuns
  private let changesEveryPoll: Bool
  private var version = 0
  private var items: [[UInt8]]

  init(_ runs: CannedRuns, changesEveryPoll: Bool) {
    self.runs = runs
    self.changesEveryPoll = changesEveryPoll
    items = (0..<runs.count).map { runs.text($0, version: 0) }
  }

  mutating func answer(to request: Request) -> Answer {
    switch (request.method, request.path) {
    case ("GET", "/v1/runs"): return page(request)
    case ("GET", "/v1/tasks/pending"):
      return Answer(
        bytes: fresh(request, etag: "\"tasks\"") { Array(#"{"tasks":[]}"#.utf8) },
        isPoll: false
      )
    case ("GET", "/v1/workflows"):
      return Answer(
        bytes: fresh(request, etag: "\"workflows\"") { CannedAnswers.workflows },
        isPoll: false
      )
    default:
      let body = Array(#"{"error":"There is nothing here.","code":"NOT_FOUND"}"#.utf8)
      return Answer(bytes: CannedAnswers.message("404 Not Found", body: body), isPoll: false)
    }
  }

  private mutating func page(_ request: Request) -> Answer {
    let offset = (request.query["cursor"] ?? request.query["offset"]).flatMap { Int($0) } ?? 0
    let limit = request.query["limit"].flatMap { Int($0) } ?? 100
    if offset <= 0, changesEveryPoll, CannedRuns.changing < runs.count {
      version += 1
      items[CannedRuns.changing] = runs.text(CannedRuns.changing, version: version)
    }
    if let since = request.query["updated_since"].flatMap(Timestamp.init(iso8601:)) {
      return changes(since, request)
    }
    let first = min(max(offset, 0), runs.count)
    let end = min(first + min(max(limit, 1), CannedAnswers.pageLimit), runs.count)
    let isChanging = (first..<end).contains(CannedRuns.changing)
    let etag = "\"\(first)-\(end)-\(isChanging ? version : 0)\""
    let bytes = fresh(request, etag: etag) {
      let next = end < runs.count ? #","next_cursor":"\#(end)""# : ""
      var body = Array(#"{"total":\#(runs.count)\#(next),"runs":["#.utf8)
      body += items[first..<end].joined(separator: [UInt8(ascii: ",")])
      return body + Array("]}".utf8)
    }
    return Answer(bytes: bytes, isPoll: first == 0)
  }

  /// What has changed since a moment, on one page: with these runs it is one, or all.
  private func changes(_ since: Timestamp, _ request: Request) -> Answer {
    let changed = items.indices.filter { runs.updatedAt($0, version: version) >= since }
    let bytes = fresh(request, etag: "\"since-\(since.milliseconds)-\(version)\"") {
      Array(#"{"total":\#(changed.count),"runs":["#.utf8)
        + changed.map { items[$0] }.joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
    }
    return Answer(bytes: bytes, isPoll: true)
  }

  private static let workflows: [UInt8] = {
    let items = CannedRuns.workflows.map {
      #"{"id":"wf-\#($0)","name":"\#($0)","status":"published","version":3}"#
    }
    return Array(#"{"workflows":[\#(items.joined(separator: ","))]}"#.utf8)
  }()

  private func fresh(_ request: Request, etag: String, body: () -> [UInt8]) -> [UInt8] {
    if request.etag == etag {
      return CannedAnswers.message("304 Not Modified", etag: etag, body: nil)
    }
    return CannedAnswers.message("200 OK", etag: etag, body: body())
  }

  private static func message(
    _ status: String,
    etag: String? = nil,
    body: [UInt8]?
  ) -> [UInt8] {
    var head = "HTTP/1.1 \(status)\r\n"
    if let etag { head += "ETag: \(etag)\r\n" }
    if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
    return Array("\(head)\r\n".utf8) + (body ?? [])
  }
}

extension [UInt8] {
  /// Where `mark` begins, from `start` on.
  func firstIndex(of mark: [UInt8], from start: Int = 0) -> Int? {
    guard count >= mark.count, start >= 0 else { return nil }
    var at = start
    while at + mark.count <= count {
      if self[at] == mark[0], self[at..<at + mark.count].elementsEqual(mark) { return at }
      at += 1
    }
    return nil
  }
}
