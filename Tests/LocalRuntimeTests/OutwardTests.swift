import TestHouse
import Testing
import Transport

@testable import LocalRuntime

@Suite(.timeLimit(.minutes(1))) struct OutwardTests {
  @Test func `an end finishes every exchange, also those that were not begun yet`() async throws {
    let socket = try LoopbackSocket()
    try socket.listen(backlog: 1)
    defer { socket.close() }
    let request = Transport.Request(method: "GET", url: "http://127.0.0.1:\(socket.port)/")
    for count in 1...20 {
      let outward = Outward(environment: [:])
      let exchanges = (0..<count).map { _ in outward.send(request) }
      outward.end()
      for parts in exchanges {
        var last: Outward.Part?
        for await part in parts { last = part }
        guard case .end(let failure?)? = last else {
          Issue.record("the exchange has no end")
          continue
        }
        #expect(failure.code == .cancelled)
      }
    }
  }
}
