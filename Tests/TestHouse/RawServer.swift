import Glibc
import Synchronization

/// A TCP peer on a loopback port that answers each request with what a script says, byte for byte.
///
/// Connections have a thread each. Every request is recorded before its script is asked, so that
/// whoever has seen an effect of the script can rely on the record.
package final class RawServer: Sendable {
  /// One request as it came.
  package struct Received: Hashable, Sendable {
    /// The number of its connection, from 0 in the order they were accepted.
    package var connection: Int
    /// The request line and headers, without the empty line.
    package var head: String
    package var body: [UInt8]

    /// The request line, as in `GET /path HTTP/1.1`.
    package var line: String { lines.first ?? "" }
    package var method: String { String(line.prefix { $0 != " " }) }

    /// The value of a header, looked up without regard to case.
    package func header(_ name: String) -> String? {
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { continue }
        return String(parts[1].drop { $0 == " " })
      }
      return nil
    }

    private var lines: [String] { HTTPBytes.lines(head) }
  }

  /// What the peer does next.
  package enum Action: Sendable {
    case send([UInt8])
    /// Each byte in a packet of its own.
    case sendByteByByte([UInt8])
    /// Waits until the gate is opened, the client leaves or the server stops.
    case hold(Gate)
    /// Ends the connection in the ordinary way.
    case close
    /// Ends the connection with a reset.
    case reset

    /// A complete answer that keeps the connection.
    package static func answer(
      _ status: String = "200 OK",
      headers: [String] = [],
      body: [UInt8] = []
    ) -> Action {
      let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.count)"]
      return .send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// A complete answer with a text.
    package static func answer(text: String) -> Action {
      answer(body: Array(text.utf8))
    }

    /// Bytes given as text.
    package static func send(text: String) -> Action {
      .send(Array(text.utf8))
    }
  }

  /// The answer to a request, given what came.
  package typealias Script = @Sendable (Received) -> [Action]

  private struct State {
    var received: [Received] = []
    var open: [Int32] = []
    var threads: [Thread] = []
    var accepted = 0
    var isStopped = false
  }

  package let port: Int
  private let listener: LoopbackSocket
  private let script: Script
  private let state = Mutex(State())

  /// Begins to listen; a test calls `stop` before it ends.
  package init(_ script: @escaping Script) throws {
    listener = try LoopbackSocket()
    try listener.listen(backlog: 64)
    port = listener.port
    self.script = script
    let thread = try Thread { [self] in acceptAll() }
    state.withLock { $0.threads.append(thread) }
  }

  /// The root of this server, with a path after it.
  package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// Every request so far, in the order they were complete.
  package var received: [Received] { state.withLock(\.received) }

  /// How many connections were accepted so far.
  package var connections: Int { state.withLock(\.accepted) }

  /// Ends every connection and waits for the threads.
  package func stop() {
    state.withLock { state in
      state.isStopped = true
      // Shut down and not closed: the threads close what they use, and their calls return now.
      for descriptor in state.open + [listener.descriptor] {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
      }
    }
    while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
    listener.close()
  }

  private func acceptAll() {
    while true {
      let descriptor = accept(listener.descriptor, nil, nil)
      if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard descriptor >= 0 else { return }
      state.withLock { state in
        let number = state.accepted
        guard !state.isStopped,
          let thread = try? Thread({ [self] in serve(descriptor, number) })
        else {
          close(descriptor)
          return
        }
        state.accepted += 1
        state.open.append(descriptor)
        state.threads.append(thread)
      }
    }
  }

  private func serve(_ descriptor: Int32, _ number: Int) {
    defer {
      // Taken out of the list first: `stop` must not shut down a number that is someone else's.
      state.withLock { $0.open.removeAll { $0 == descriptor } }
      close(descriptor)
    }
    var reader = RequestReader(descriptor: descriptor)
    while let (head, body) = reader.nextRequest() {
      let request = Received(connection: number, head: head, body: body)
      state.withLock { $0.received.append(request) }
      for action in script(request) {
        guard perform(action, on: descriptor) else { return }
      }
    }
  }

  /// Does one thing; false when the connection is to be closed.
  private func perform(_ action: Action, on descriptor: Int32) -> Bool {
    switch action {
    case .send(let bytes):
      return HTTPBytes.send(bytes, to: descriptor)
    case .sendByteByByte(let bytes):
      var one: Int32 = 1
      _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
      return bytes.allSatisfy { HTTPBytes.send([$0], to: descriptor) }
    case .hold(let gate):
      return Wire.wait(for: gate, with: descriptor)
    case .close:
      return false
    case .reset:
      Wire.reset(descriptor)
      return false
    }
  }
}
