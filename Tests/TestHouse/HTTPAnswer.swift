/// An answer over HTTP/1.1, whole.
package struct HTTPAnswer: Sendable, Equatable {
  /// Such as `200 OK`.
  package var status: String
  /// Lines such as `ETag: "1"`; the length follows from the body.
  package var headers: [String]
  package var body: [UInt8]

  /// An answer.
  package init(_ status: String = "200 OK", headers: [String] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// JSON, or what passes for it.
  package static func json(
    _ text: String,
    status: String = "200 OK",
    headers: [String] = []
  ) -> HTTPAnswer {
    let type = "Content-Type: application/json"
    return HTTPAnswer(status, headers: [type] + headers, body: Array(text.utf8))
  }

  /// A web page.
  package static func html(_ text: String, status: String = "200 OK") -> HTTPAnswer {
    let type = "Content-Type: text/html; charset=utf-8"
    return HTTPAnswer(status, headers: [type], body: Array(text.utf8))
  }

  /// Reads what came from a server that ends the connection behind its answer; nil when no whole
  /// head came.
  init?(reading bytes: [UInt8]) {
    guard let end = HTTPBytes.endOfHead(bytes) else { return nil }
    var lines = HTTPBytes.lines(String(decoding: bytes[..<end], as: UTF8.self))
    status = lines.removeFirst().split(separator: " ").dropFirst().joined(separator: " ")
    headers = lines.filter { line in
      let name = line.prefix { $0 != ":" }.lowercased()
      return name != "content-length" && name != "connection"
    }
    body = Array(bytes[(end + 4)...])
  }

  /// The status as a number.
  package var code: Int { Int(status.prefix { $0 != " " }) ?? 0 }

  /// The status line and its end.
  var statusLine: [UInt8] { Array("HTTP/1.1 \(status)\r\n".utf8) }

  /// The headers and the empty line behind them.
  var headerLines: [UInt8] {
    let lines = headers + ["Content-Length: \(body.count)"]
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// Takes a header out.
  mutating func remove(_ name: String) {
    headers.removeAll { $0.prefix { $0 != ":" }.lowercased() == name.lowercased() }
  }
}
