import Glibc
import TestHouse
import Testing
import Transport

/// The kit's own proxy: what it does to a call, and what it says it did.
@Suite(.timeLimit(.minutes(1)))
struct FaultProxyTests {
  private let server: RawServer
  private let proxy: FaultProxy
  private let pool: TransferPool

  init() throws {
    server = try RawServer { request in
      let body = #"{"runs":[{"id":"r1","status":"running","created_at":"2026-01-01T10:00:00Z"}]}"#
      return [.answer(headers: ["ETag: \"1\""], body: Array(body.utf8)), .close]
    }
    proxy = try FaultProxy(before: server.port)
    pool = try TransferPool.make()
  }

  private func ask(
    _ method: String = "GET",
    milliseconds: Int = 20_000
  ) throws
    -> Result<Response, Failure>
  {
    try pool.perform(
      Request(
        method: method,
        url: "\(proxy.url)/v1/runs",
        body: method == "POST" ? Array("{}".utf8) : nil,
        limits: Limits(totalMilliseconds: milliseconds)
      )
    )
  }

  @Test func `calls pass as they are`() throws {
    defer { server.stop() }
    let answer = try ask().get()
    #expect(answer.status == 200)
    #expect(answer.headers["ETag"] == "\"1\"")
    #expect(answer.body.count == 77)
    let entry = try #require(proxy.log.first)
    #expect(entry.method == "GET" && entry.path == "/v1/runs" && entry.fault == nil)
    #expect(entry.reachedServer && entry.isWhole && entry.status == 200)
  }

  @Test(arguments: KnownFault.allCases)
  func `a known fault ends as it began`(known: KnownFault) throws {
    defer { server.stop() }
    let isSlow = [.hungBeforeHeaders, .hungInTheBody, .oneByteASecond].contains(known)
    let imposed = try proxy.impose(known.fault())
    let spoiled = try ask(milliseconds: isSlow ? 200 : 20_000)
    switch known {
    case .refused: #expect(spoiled.failure?.code == .refused)
    case .hungBeforeHeaders, .hungInTheBody, .oneByteASecond:
      #expect(spoiled.failure?.code == .timedOut)
    case .hugeBody, .gzipBomb: #expect(spoiled.failure?.code == .bodyTooLarge)
    case .reset, .cutAtConnection, .cutInRequest, .cutBeforeAnswer, .cutInStatusLine,
      .cutInHeaders, .cutInBody:
      #expect(spoiled.failure?.code == .cut)
    case .movedPermanently, .found, .temporaryRedirect, .permanentRedirect:
      #expect(try spoiled.get().headers["Location"] == proxy.elsewhere)
    default: #expect((try spoiled.get().body.count) > 0)
    }
    #expect(proxy.strayConnections == 0)
    #expect(known == .refused || proxy.count(of: known.rawValue) > 0)
    try proxy.lift(imposed)
    #expect(try ask().get().status == 200)
  }

  @Test(
    arguments: [
      (.requestLine, false), (.requestHead, false), (.request, true), (.performed, true),
    ] as [(ServerFault.Boundary, Bool)]
  )
  func `a command is cut at a boundary once, and the log says how far it came`(
    boundary: ServerFault.Boundary,
    reaches: Bool
  ) throws {
    defer { server.stop() }
    try proxy.impose(
      ServerFault("cut", on: .commands, .end(boundary, abruptly: false), times: 1)
    )
    #expect(try ask("POST").failure?.code == .cut)
    #expect(try ask("POST").get().status == 200)
    #expect(proxy.log.map(\.fault) == ["cut", nil])
    #expect(proxy.log.map(\.reachedServer) == [reaches, true])
    #expect(server.received.count <= 2)
  }

  @Test func `answers come in another order than they were asked for`() throws {
    defer { server.stop() }
    let first = try proxy.impose(ServerFault("late", .hold(.performed), times: 1))
    let early = pool.start(Request(url: "\(proxy.url)/early"))
    while proxy.count(of: "late") == 0 { _ = pool.wait(milliseconds: 10) }
    let late = pool.start(Request(url: "\(proxy.url)/late"))
    #expect(pool.drive(until: 1).map(\.id) == [late])
    try proxy.lift(first)
    #expect(pool.drive(until: 1).map(\.id) == [early])
    #expect(proxy.log.map(\.path) == ["/early", "/late"])
    #expect(proxy.log.map(\.fault) == ["late", nil])
  }
}
