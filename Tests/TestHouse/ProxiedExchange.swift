import Glibc

/// One exchange on its way through the proxy.
struct ProxiedExchange {
  let client: Int32
  let core: ProxyCore
  private var entry: FaultProxy.Entry
  /// The line of the log that this is.
  private var line: Int?

  init(client: Int32, core: ProxyCore) {
    self.client = client
    self.core = core
    entry = FaultProxy.Entry(
      method: "",
      path: "",
      reachedServer: false,
      isWhole: false,
      began: .now
    )
  }

  /// What becomes of a connection on which nothing was asked yet; true when it is served after all.
  func connectionMeets(_ work: FaultAtWork) -> Bool {
    switch work.fault.deed {
    case .end(_, let abruptly):
      if abruptly { Wire.reset(client) }
      return false
    default: return Wire.wait(for: work.gate, with: client)
    }
  }

  /// Carries a request to the server and the answer back, as far as the fault that it meets lets it.
  /// - Returns: Whether the connection is kept.
  mutating func run(head: String, body: [UInt8]) -> Bool {
    let words = HTTPBytes.lines(head).first?.split(separator: " ") ?? []
    entry.method = words.first.map(String.init) ?? ""
    entry.path = words.dropFirst().first.map { String($0.prefix { $0 != "?" }) } ?? ""
    let work = core.claim(entry.method, entry.path)
    entry.fault = work?.fault.name
    line = core.begin(entry)
    defer { note() }
    let request = Outgoing(head: head, body: body, isChanged: work?.changesAnswer ?? false)
    guard let work else { return forward(request) }
    switch work.fault.deed {
    case .refuse: return false
    case .answer(let answer): return send(answer)
    case .redirect(let status):
      return send(HTTPAnswer(status, headers: ["Location: \(core.elsewhere)"]))
    case .flood(let megabytes):
      flood(megabytes)
      return false
    case .creep: return creep(request, work)
    case .change(let change):
      guard var answer = fetch(request) else { return send(ProxiedExchange.noServer) }
      change(&answer)
      answer.remove("ETag")
      return send(answer)
    case .end(let boundary, let abruptly):
      _ = travel(request, to: boundary)
      if abruptly { Wire.reset(client) }
      return false
    case .hold(let boundary): return hold(request, at: boundary, work)
    }
  }

  // MARK: Ways

  private static let noServer = HTTPAnswer.json(
    #"{"error":"the server behind the proxy is gone"}"#,
    status: "502 Bad Gateway"
  )

  private mutating func forward(_ request: Outgoing) -> Bool {
    send(fetch(request) ?? ProxiedExchange.noServer)
  }

  /// Asks the server.
  private mutating func fetch(_ request: Outgoing) -> HTTPAnswer? {
    guard let server = try? LoopbackSocket.connected(to: core.upstream) else { return nil }
    defer { close(server) }
    guard HTTPBytes.send(request.bytes, to: server) else { return nil }
    entry.reachedServer = true
    return HTTPAnswer(reading: Wire.readAll(server))
  }

  /// Gives the client a whole answer.
  private mutating func send(_ answer: HTTPAnswer) -> Bool {
    entry.status = answer.code
    return sendLast(answer.statusLine + answer.headerLines + answer.body)
  }

  /// Gives the client the last bytes of an answer.
  private mutating func sendLast(_ bytes: [UInt8]) -> Bool {
    entry.isWhole = true
    note()
    entry.isWhole = HTTPBytes.send(bytes, to: client)
    return entry.isWhole
  }

  /// Brings the log up to date.
  private mutating func note() {
    entry.ended = .now
    if let line { core.amend(line, entry) }
  }

  /// Goes as far as a boundary.
  /// - Returns: What has not been sent back when it lies on the way back; nil when the server was
  ///   not asked, or has not answered.
  private mutating func travel(
    _ request: Outgoing,
    to boundary: ServerFault.Boundary
  ) -> [UInt8]? {
    if let count = request.count(at: boundary) {
      // The server gets a piece of a request, and then nothing more.
      if count > 0, let server = try? LoopbackSocket.connected(to: core.upstream) {
        entry.reachedServer =
          HTTPBytes.send(Array(request.bytes.prefix(count)), to: server)
          && count == request.bytes.count
        close(server)
      }
      return nil
    }
    guard let answer = fetch(request) else { return nil }
    let bytes = answer.statusLine + answer.headerLines + answer.body
    let head = answer.statusLine.count + answer.headerLines.count
    let count =
      switch boundary {
      case .statusLine: answer.statusLine.count
      case .head: head
      case .halfBody: head + answer.body.count / 2
      case .answerBytes(let count): min(count, bytes.count)
      case .answer: bytes.count
      default: 0
      }
    if count >= answer.statusLine.count { entry.status = answer.code }
    let part = Array(bytes.prefix(count))
    let isSent = count == bytes.count ? sendLast(part) : HTTPBytes.send(part, to: client)
    return isSent ? Array(bytes.dropFirst(count)) : nil
  }

  private mutating func hold(
    _ request: Outgoing,
    at boundary: ServerFault.Boundary,
    _ work: FaultAtWork
  ) -> Bool {
    // On the way there nothing has reached the server while the request is held.
    if request.count(at: boundary) != nil {
      return Wire.wait(for: work.gate, with: client) && forward(request)
    }
    guard let rest = travel(request, to: boundary), Wire.wait(for: work.gate, with: client) else {
      return false
    }
    return sendLast(rest)
  }

  private mutating func creep(_ request: Outgoing, _ work: FaultAtWork) -> Bool {
    guard let answer = fetch(request) else { return send(ProxiedExchange.noServer) }
    entry.status = answer.code
    guard HTTPBytes.send(answer.statusLine + answer.headerLines, to: client) else { return false }
    var rest = answer.body[...]
    while let byte = rest.popFirst() {
      guard HTTPBytes.send([byte], to: client) else { return false }
      switch Wire.wait(for: work.gate, with: client, milliseconds: 1000) {
      case nil: continue
      case false?: return false
      case true?: return sendLast(Array(rest))
      }
    }
    return sendLast([])
  }

  /// Sends an answer that says nothing, for long.
  private mutating func flood(_ megabytes: Int) {
    entry.status = 200
    let head =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      + "Content-Length: \((megabytes << 20) + 11)\r\n\r\n"
    guard HTTPBytes.send(Array(head.utf8) + Array(#"{"runs":["#.utf8), to: client) else { return }
    let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
    for _ in 0..<megabytes {
      guard HTTPBytes.send(piece, to: client) else { return }
    }
    entry.isWhole = HTTPBytes.send(Array("]}".utf8), to: client)
  }
}

extension FaultAtWork {
  /// Whether the server must tell all, and not only that nothing is new.
  fileprivate var changesAnswer: Bool {
    switch fault.deed {
    case .change, .creep: true
    case .end(let boundary, _), .hold(let boundary): boundary == .halfBody
    default: false
    }
  }
}

/// A request as it leaves for the server, on a connection of its own.
private struct Outgoing {
  let bytes: [UInt8]
  private let line: Int
  private let head: Int

  init(head: String, body: [UInt8], isChanged: Bool) {
    let lines = HTTPBytes.lines(head)
    let kept = lines.dropFirst().filter { line in
      let name = line.prefix { $0 != ":" }.lowercased()
      return name != "connection" && !(isChanged && name == "if-none-match")
    }
    let first = Array(((lines.first ?? "") + "\r\n").utf8)
    let others = (kept + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n"
    line = first.count
    self.head = first.count + others.utf8.count
    bytes = first + Array(others.utf8) + body
  }

  /// How many bytes have left at a boundary on the way there; nil on the way back.
  func count(at boundary: ServerFault.Boundary) -> Int? {
    switch boundary {
    case .connection: 0
    case .requestBytes(let count): min(count, bytes.count)
    case .requestLine: line
    case .requestHead: head
    case .request: bytes.count
    case .performed, .statusLine, .head, .halfBody, .answerBytes, .answer: nil
    }
  }
}

/// Sockets of a peer of tests.
enum Wire {
  /// All that comes until the other side ends it.
  static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe recv(descriptor, &piece, piece.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  /// Makes the end of a connection a reset.
  static func reset(_ descriptor: Int32) {
    var now = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<linger>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, size)
  }

  /// POLLRDHUP, which Swift does not see: the other side has ended what it sends.
  ///
  /// Being readable would not do, for a client may have sent a request that is not read yet.
  private static let leaving: Int16 = 0x2000

  /// Waits until a gate is open; false when the client left before that.
  static func wait(for gate: Gate, with client: Int32) -> Bool {
    wait(for: gate, with: client, milliseconds: -1) ?? false
  }

  /// The same, for so long; nil when nothing happened.
  static func wait(for gate: Gate, with client: Int32, milliseconds: Int32) -> Bool? {
    var polled = [
      pollfd(fd: gate.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: client, events: leaving, revents: 0),
    ]
    var count: Int32
    repeat { count = unsafe poll(&polled, 2, milliseconds) } while count < 0 && errno == EINTR
    guard count > 0 else { return nil }
    return polled[1].revents == 0
  }
}
