import Glibc
import Synchronization

/// An HTTP proxy that makes tunnels, as companies have them; every tunnel leads to one port of this
/// machine, whatever host was asked for.
package final class ConnectProxy: Sendable {
  private let core: TunnelCore

  /// Begins to listen.
  /// - Parameters:
  ///   - target: Where tunnels lead.
  ///   - authorization: The `Proxy-Authorization` that is wanted, as in `Basic …`; nil wants none.
  /// - Throws: ``SystemMistake`` when there is no socket to be had.
  package init(to target: Int, authorization: String? = nil) throws {
    core = try TunnelCore(to: target, authorization: authorization)
  }

  deinit { core.stop() }

  package var port: Int { core.listener.port }
  package var url: String { "http://127.0.0.1:\(port)" }

  /// The first lines of what was asked so far.
  package var asked: [String] {
    core.state.withLock(\.heads).map { HTTPBytes.lines($0).first ?? "" }
  }
}

private final class TunnelCore: Sendable {
  struct State {
    var open: Set<Int32> = []
    var threads: [Thread] = []
    var heads: [String] = []
    var isStopped = false
  }

  let listener: LoopbackSocket
  let target: Int
  let authorization: String?
  let state = Mutex(State())

  init(to target: Int, authorization: String?) throws {
    listener = try LoopbackSocket()
    self.target = target
    self.authorization = authorization
    try listener.listen(backlog: 64)
    try start { [self] in acceptAll() }
  }
}

extension TunnelCore {
  fileprivate func stop() {
    state.withLock { state in
      state.isStopped = true
      for descriptor in state.open.union([listener.descriptor]) {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
      }
    }
    while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
    listener.close()
  }

  fileprivate func start(_ body: @escaping @Sendable () -> Void) throws {
    try state.withLock { state in
      guard !state.isStopped else { throw SystemMistake(call: "start", code: ECANCELED) }
      state.threads.append(try Thread(body))
    }
  }

  fileprivate func acceptAll() {
    while true {
      let client = accept(listener.descriptor, nil, nil)
      if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard client >= 0 else { return }
      guard (try? start { [self] in serve(client) }) != nil else {
        close(client)
        return
      }
    }
  }

  fileprivate func serve(_ client: Int32) {
    with(client) {
      var reader = RequestReader(descriptor: client)
      guard let (head, _) = reader.nextRequest() else { return }
      state.withLock { $0.heads.append(head) }
      let given = HTTPBytes.lines(head).first {
        $0.lowercased().hasPrefix("proxy-authorization:")
      }
      if let authorization, given?.hasSuffix(" \(authorization)") != true {
        let answer =
          "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
          + "Content-Length: 0\r\n\r\n"
        _ = HTTPBytes.send(Array(answer.utf8), to: client)
        return
      }
      guard head.hasPrefix("CONNECT "),
        let server = try? LoopbackSocket.connected(to: target)
      else {
        _ = HTTPBytes.send(Array("HTTP/1.1 502 Bad Gateway\r\n\r\n".utf8), to: client)
        return
      }
      with(server) {
        guard HTTPBytes.send(Array("HTTP/1.1 200 Connected\r\n\r\n".utf8), to: client) else {
          return
        }
        tunnel(client, server)
      }
    }
  }

  /// Carries bytes both ways until one side ends.
  fileprivate func tunnel(_ client: Int32, _ server: Int32) {
    var polled = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      guard unsafe poll(&polled, 2, -1) > 0 || errno == EINTR else { return }
      for (from, to) in [(0, server), (1, client)] where polled[from].revents != 0 {
        let count = unsafe recv(polled[from].fd, &piece, piece.count, 0)
        guard count > 0, HTTPBytes.send(Array(piece[..<count]), to: to) else { return }
      }
    }
  }

  /// Keeps a descriptor where stopping finds it, for as long as it is used.
  fileprivate func with(_ descriptor: Int32, _ body: () -> Void) {
    defer { close(descriptor) }
    let goesOn = state.withLock { state in
      if !state.isStopped { state.open.insert(descriptor) }
      return !state.isStopped
    }
    guard goesOn else { return }
    // Taken out first: nobody may shut down a number that is someone else's.
    defer { state.withLock { _ = $0.open.remove(descriptor) } }
    body()
  }
}
