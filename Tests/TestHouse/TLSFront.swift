/// TLS before a server of a test that speaks none: what comes in is handed on as it was sent.
package final class TLSFront: Sendable {
  package let port: Int
  private let relay: Child

  /// Begins to listen.
  /// - Parameters:
  ///   - pair: What is shown.
  ///   - port: Where the server listens.
  ///   - home: The home of the test.
  /// - Throws: What kept it from listening.
  package init(_ pair: Certificates.Pair, before port: Int, home: TemporaryHome) throws {
    relay = try Child(
      ["/usr/bin/python3", "-c", Self.script, pair.certificate, pair.key, "\(port)"],
      environment: home.environment,
      complaints: home.path("tls-front")
    )
    let line = try relay.readLine()
    guard let port = Int(line) else { throw WaitMistake(description: "no port: \(line)") }
    self.port = port
  }

  package var url: String { "https://127.0.0.1:\(port)" }

  private static let script = """
    import socket, ssl, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def carry(source, target):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve(raw):
        try:
            outer = context.wrap_socket(raw, server_side=True)
            inner = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
        except OSError:
            raw.close()
            return
        threading.Thread(target=carry, args=(outer, inner), daemon=True).start()
        carry(inner, outer)

    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """
}
