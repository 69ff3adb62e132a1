import FlyingSocks
import Foundation
import Runs

/// Serves one connection: requests one after the other, each answered whole.
struct Connection: Sendable {
  /// How long things may take.
  struct Patience: Sendable, Equatable {
    /// Without a request, of whoever has not shown a token.
    var stranger = Duration.seconds(30)
    /// The same of whoever has; longer than the slowest poll of a client.
    var known = Duration.seconds(120)
    /// From the first byte of a request to the end of its head.
    var head = Duration.seconds(15)
    /// Without a further piece of a body.
    var body = Duration.seconds(60)
    /// For all of a body of whoever has a token; nobody else's takes longer than one piece may.
    var wholeBody = Duration.seconds(900)
    /// Until a piece of an answer is taken, however long the answer is.
    var write = Duration.seconds(60)
    /// For what is still on its way when an answer ends the connection.
    var farewell = Duration.seconds(1)
    var live = LiveStream.Patience()
  }

  /// Of a body that is too long so much is read and dropped, so that its sender hears why.
  private static let longestDropped = 64 << 20
  /// What is written at once, and must be taken within the patience for it.
  private static let pieceLength = 64 << 10

  let socket: AsyncSocket
  let visitor: Visitor
  let router: Router
  let patience: Patience
  let log: RuntimeLog
  /// Takes one of the places for live streams, or gives it back.
  let seats: LiveSeats

  /// Serves until either side ends it.
  func serve() async {
    var input = Input(socket: socket)
    do {
      while try await serveNext(&input) {}
    } catch let mistake as RequestMistake {
      await refuse(mistake)
    } catch {
      // The peer has gone, or was sent away.
    }
    visitor.close()
  }

  /// Serves one request.
  /// - Returns: Whether another one may follow.
  private func serveNext(_ input: inout Input) async throws -> Bool {
    guard visitor.setIdle(true), !visitor.isStopping else { return false }
    visitor.expect(within: visitor.isKnown ? patience.known : patience.stranger)
    guard try await input.hasMore() else { return false }
    guard visitor.setIdle(false) else { return false }
    visitor.expect(within: patience.head)
    let head = try await input.head()
    let begun = ContinuousClock.now
    var request = Self.request(head)
    let room = router.room(for: request)
    let isKnown = router.isKnown(request)
    if isKnown { visitor.becomeKnown() }
    let end = ContinuousClock.now + (isKnown ? patience.wholeBody : patience.body)
    visitor.expect(within: patience.body)
    if head.expectsContinue, head.body != .length(0) {
      guard head.body.fits(room) else {
        let answer = room == 0 ? await router.answer(request) : Self.tooLong(room)
        log.request(request, answer, took: ContinuousClock.now - begun)
        try await write(answer, keepsAlive: false)
        await takeLeave()
        return false
      }
      try await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
    let answer: Answer
    let body = try await input.body(head.body, room: room, dropping: Self.longestDropped) {
      // Whoever sends slowly is waited for as long as something comes.
      visitor.expect(within: min(patience.body, end - .now))
    }
    if let body {
      request.body = body
      visitor.expect(within: nil)
      visitor.setBeingAnswered(true)
      answer = await router.answer(request)
      visitor.setBeingAnswered(false)
    } else {
      answer = Self.tooLong(room)
    }
    log.request(request, answer, took: ContinuousClock.now - begun)
    if let query = answer.live { return try await follow(query, request, answer, input) }
    let stays = head.keepsAlive && !visitor.isStopping
    try await write(answer, keepsAlive: stays)
    return stays
  }

  private func write(_ answer: Answer, keepsAlive: Bool) async throws {
    let bytes = answer.bytes(keepsAlive: keepsAlive, now: router.engine.clock.now())
    var rest = bytes[...]
    while !rest.isEmpty {
      visitor.expect(within: patience.write)
      try await socket.write(Data(rest.prefix(Self.pieceLength)))
      rest = rest.dropFirst(Self.pieceLength)
    }
  }

  private static func tooLong(_ room: Int) -> Answer {
    let longest = room == 0 ? Listener.maximumBody : room
    return Answer(
      Rejection(413, "PAYLOAD_TOO_LARGE", "the body is longer than \(longest) bytes")
    )
  }

  private func follow(
    _ query: LiveQuery,
    _ request: Request,
    _ answer: Answer,
    _ input: Input
  ) async throws -> Bool {
    guard seats.take() else {
      let refusal = Rejection(
        503,
        "DEPENDENCY_UNAVAILABLE",
        "\(seats.count) live streams are open, and no more are served; close some, or poll"
      )
      try await write(Answer(refusal), keepsAlive: false)
      return false
    }
    defer { seats.give() }
    try await write(answer, keepsAlive: true)
    visitor.expect(within: nil)
    let stream = LiveStream(
      store: router.store,
      query: query,
      socket: socket,
      visitor: visitor,
      patience: patience.live,
      isWelcome: { router.isKnown(request) }
    )
    await stream.run(early: input.rest)
    return false
  }

  /// Says what is wrong with bytes that are no request, and ends the connection.
  private func refuse(_ mistake: RequestMistake) async {
    do {
      try await write(Answer(mistake.rejection), keepsAlive: false)
    } catch {
      // It has gone.
      return
    }
    await takeLeave()
  }

  /// Lets the last answer arrive: closed with bytes unread, the connection would be reset.
  private func takeLeave() async {
    visitor.endWriting()
    visitor.expect(within: patience.farewell)
    var dropped = 0
    while dropped < 1 << 20, let piece = try? await socket.read(atMost: 4096) {
      dropped += piece.count
    }
  }

  private static func request(_ head: RequestHead) -> Request {
    let sides = head.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let (path, query) = Request.split(
      path: String(sides.first ?? ""),
      query: sides.count > 1 ? String(sides[1]) : ""
    )
    var request = Request(
      method: head.method,
      path: path,
      query: query,
      target: head.target,
      body: []
    )
    request.headers = head.headers
    return request
  }
}

/// What a connection has sent and nobody has looked at yet.
private struct Input {
  let socket: AsyncSocket
  private var bytes: [UInt8] = []
  private var start = 0

  init(socket: AsyncSocket) { self.socket = socket }

  /// What was read and is not taken yet.
  var rest: ArraySlice<UInt8> { bytes[start...] }

  private mutating func drop(_ count: Int) {
    start += count
    guard start == bytes.count || start > 64 << 10 else { return }
    bytes.removeFirst(start)
    start = 0
  }

  private mutating func fill() async throws { bytes += try await socket.read(atMost: 4096) }

  /// Waits for the first byte of a request; blank lines before one are passed over.
  /// - Returns: False when the connection ended before.
  mutating func hasMore() async throws -> Bool {
    while true {
      while let byte = rest.first, byte == 0x0D || byte == 0x0A { drop(1) }
      if !rest.isEmpty { return true }
      do {
        try await fill()
      } catch SocketError.disconnected {
        return false
      }
    }
  }

  mutating func head() async throws -> RequestHead {
    var search = RequestHead.Search()
    while true {
      if let end = try search.end(in: rest) {
        let head = try RequestHead(rest.prefix(end))
        drop(end)
        return head
      }
      try await fill()
    }
  }

  /// The body, or nil when it is longer than there is room for.
  ///
  /// What stays unread would be taken for the next request, so all of it is read.
  /// - Parameters:
  ///   - body: How it is sent.
  ///   - room: How much of it is kept.
  ///   - longest: How much of it is read.
  ///   - progress: Told after each piece.
  /// - Returns: What is kept; nil when the body is longer.
  /// - Throws: ``RequestMistake`` when it is too long to be read, or broken; else what the socket throws.
  mutating func body(
    _ body: RequestHead.Body,
    room: Int,
    dropping longest: Int,
    progress: () -> Void
  ) async throws -> [UInt8]? {
    var kept: [UInt8] = []
    var count = 0
    func keep(_ piece: ArraySlice<UInt8>) {
      count += piece.count
      if count <= room { kept += piece }
    }
    switch body {
    case .length(let length):
      guard length <= longest else { throw Self.tooLong(longest) }
      while count < length {
        if rest.isEmpty {
          try await fill()
          progress()
        }
        let piece = rest.prefix(length - count)
        keep(piece)
        drop(piece.count)
      }
    case .chunked:
      var decoder = ChunkDecoder()
      while !decoder.isDone {
        if rest.isEmpty {
          try await fill()
          progress()
        }
        drop(try decoder.take(rest, keep))
        guard count <= longest else { throw Self.tooLong(longest) }
      }
    }
    guard count > 0 else { return [] }
    let limit = room == 0 ? Listener.maximumBody : room
    return count <= limit ? kept : nil
  }

  private static func tooLong(_ longest: Int) -> RequestMistake {
    RequestMistake(413, "PAYLOAD_TOO_LARGE", "the body is longer than \(longest) bytes")
  }
}
