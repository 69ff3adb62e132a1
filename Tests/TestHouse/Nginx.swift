/// nginx from Debian before a server on this machine: TLS, HTTP/2, gzip, as operators have them.
///
/// One process without privileges, with all its files in a home; it ends with the test.
package final class Nginx: Sendable {
  package let port: Int
  /// Keeps the port for nginx alone.
  private let socket: LoopbackSocket
  private let child: Child
  private let log: String

  /// Starts it and waits until it listens.
  /// - Parameters:
  ///   - upstream: The port of the server behind it; nobody need listen there.
  ///   - home: Where its config, log and temporary files lie.
  ///   - tls: What it shows; nil speaks plain HTTP.
  ///   - clients: The authority that a client's certificate must be from; nil wants none.
  /// - Throws: ``WaitMistake`` with nginx's words when it does not start; ``SystemMistake`` when it
  ///   is not there (`tools/setup test` installs it).
  package init(
    before upstream: Int,
    home: TemporaryHome,
    tls: Certificates.Pair? = nil,
    clients: String? = nil
  ) throws {
    socket = try LoopbackSocket()
    try socket.lend()
    let port = socket.port
    self.port = port
    let folder = "nginx-\(port)"
    log = home.path("\(folder)/access.log")
    var server = ["listen 127.0.0.1:\(port)\(tls == nil ? "" : " ssl http2");"]
    if let tls {
      server += ["ssl_certificate \(tls.certificate);", "ssl_certificate_key \(tls.key);"]
    }
    if let clients { server += ["ssl_client_certificate \(clients);", "ssl_verify_client on;"] }
    try home.write(
      Nginx.config(folder: home.path(folder), server: server, upstream: upstream),
      to: "\(folder)/nginx.conf"
    )
    child = try Child(
      [
        "/usr/sbin/nginx", "-c", home.path("\(folder)/nginx.conf"),
        "-e", home.path("\(folder)/error.log"),
      ],
      environment: home.environment,
      complaints: home.path("\(folder)/complaints")
    )
    let complaints = { (try? TextFile.read(home.path("\(folder)/error.log"))) ?? "it says nothing" }
    _ = try Waiting.until("nginx to listen", situation: complaints) { [child] in
      if let ending = child.ending { throw WaitMistake(description: "\(ending): \(complaints())") }
      return LoopbackSocket.isOpen(port) ? true : nil
    }
  }

  deinit { socket.close() }

  package var place: String { "127.0.0.1:\(port)" }
  package var url: String { "https://\(place)" }

  /// The requests so far: protocol, TLS version, status, what the body was compressed by, request.
  package func requests() throws -> [String] {
    try TextFile.read(log).split(separator: "\n").map(String.init)
  }

  private static func config(folder: String, server: [String], upstream: Int) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { name in
      "\(name)_temp_path \(folder)/\(name);"
    }
    return """
      daemon off;
      master_process off;
      pid \(folder)/nginx.pid;
      events {}
      http {
        \(temporary.joined(separator: " "))
        log_format test '$server_protocol $ssl_protocol $status $gzip_ratio $request_method $uri';
        access_log \(folder)/access.log test;
        default_type application/json;
        gzip on;
        gzip_types application/json;
        gzip_min_length 1;
        gzip_proxied any;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_cache none;
        server {
          \(server.joined(separator: " "))
          location / {
            proxy_pass http://127.0.0.1:\(upstream);
            proxy_http_version 1.1;
            proxy_set_header Connection "";
          }
        }
      }
      """
  }
}
