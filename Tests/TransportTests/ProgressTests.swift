import TestHouse
import Testing
import Transport

/// Answers that are read as they come.
@Suite(.timeLimit(.minutes(1)))
struct ProgressTests {
  private static func head(_ length: Int) -> RawServer.Action {
    .send(text: "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: \(length)\r\n\r\n")
  }

  /// Drives until so many bytes were taken of an exchange.
  private func take(_ count: Int, of id: TransferID, _ pool: TransferPool) -> (Progress?, [UInt8]) {
    var last: Progress?
    var bytes: [UInt8] = []
    pool.drive {
      guard let progress = pool.take(id) else { return false }
      last = progress
      bytes += progress.body
      return bytes.count >= count
    }
    return (last, bytes)
  }

  @Test func `what came is taken before the end, and the result has the rest`() throws {
    let gate = try Gate()
    let server = try RawServer { _ in
      [Self.head(5), .send(text: "abc"), .hold(gate), .send(text: "de")]
    }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let id = pool.start(Request(url: server.url()))
    #expect(pool.take(id) == nil)
    let (progress, bytes) = take(3, of: id, pool)
    #expect(progress?.status == 200)
    #expect(progress?.headers["x-a"] == "b")
    #expect(bytes == Array("abc".utf8))
    gate.open()
    let results = pool.drive(until: 1)
    #expect(try results.first?.result.get().body == Array("de".utf8))
    #expect(pool.take(id) == nil)
  }

  @Test func `what came of an answer that broke off is not lost`() throws {
    let server = try RawServer { _ in [Self.head(99), .send(text: "abc"), .close] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let id = pool.start(Request(url: server.url()))
    let (_, bytes) = take(3, of: id, pool)
    #expect(bytes == Array("abc".utf8))
    let results = pool.drive(until: 1)
    #expect(results.first?.result.failure?.code == .cut)
    #expect(pool.take(id) == nil)
  }

  @Test func `what was taken counts towards the bound all the same`() throws {
    let gate = try Gate()
    let server = try RawServer { _ in
      [Self.head(6), .send(text: "abc"), .hold(gate), .send(text: "def")]
    }
    defer { server.stop() }
    let pool = try TransferPool.make()
    let id = pool.start(Request(url: server.url(), limits: Limits(maximumBodyBytes: 5)))
    _ = take(3, of: id, pool)
    gate.open()
    #expect(pool.drive(until: 1).first?.result.failure?.code == .bodyTooLarge)
  }
}
