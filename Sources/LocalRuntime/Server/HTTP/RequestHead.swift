/// Why bytes are no request that can be answered as it was meant; the connection ends with it.
struct RequestMistake: Error, Sendable, Equatable {
  var status: Int
  var code: String
  var message: String

  /// 400.
  init(_ message: String) { self.init(400, "BAD_REQUEST", message) }

  init(_ status: Int, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// As the API says it.
  var rejection: Rejection { Rejection(status, code, message) }
}

/// The request line and the headers of an HTTP/1.1 request.
///
/// Read strictly: what two readers could take for two different requests is refused.
struct RequestHead: Sendable, Equatable {
  /// How the body's end is known.
  enum Body: Sendable, Equatable {
    case length(Int)
    case chunked

    /// Whether it may be that there is room for it.
    func fits(_ room: Int) -> Bool {
      if case .length(let length) = self { length <= room } else { room > 0 }
    }
  }

  /// Looks for the end of a head in bytes that come piece by piece; none is looked at twice.
  struct Search: Sendable {
    private var lineStart = 0
    private var seen = 0

    /// How long the head is, with the empty line behind it; nil while that is not there.
    ///
    /// It is given all bytes from the head's first on, each time.
    /// - Throws: ``RequestMistake`` when it is too long.
    mutating func end(in bytes: ArraySlice<UInt8>) throws(RequestMistake) -> Int? {
      let start = bytes.startIndex
      while seen < bytes.count {
        let index = start + seen
        seen += 1
        guard bytes[index] == 0x0A else { continue }
        let length = index - start - lineStart
        if length == 0 || (length == 1 && bytes[start + lineStart] == 0x0D) { return seen }
        lineStart = seen
      }
      guard bytes.count <= RequestHead.longest else {
        throw RequestMistake(
          431,
          "HEADERS_TOO_LARGE",
          "the head of the request is longer than \(RequestHead.longest) bytes"
        )
      }
      return nil
    }
  }

  /// Longer heads are refused.
  static let longest = 32 << 10
  private static let longestLine = 8 << 10
  private static let mostHeaders = 100
  /// A second one of these would leave open which one counts.
  private static let single: Set<String> = [
    "host", "authorization", "content-length", "content-type", "transfer-encoding",
    "idempotency-key", "x-agentruntime-signature", "sec-websocket-key",
  ]

  var method: String
  /// Path and query, percent-encoded.
  var target: String
  /// By lower-case name.
  var headers: [String: String]
  var body: Body
  /// Whether the connection stays for another request.
  var keepsAlive: Bool

  /// Whether the body is sent only once it is asked for.
  var expectsContinue: Bool { headers["expect"]?.lowercased() == "100-continue" }

  /// Reads a whole head.
  /// - Throws: ``RequestMistake``.
  init(_ bytes: ArraySlice<UInt8>) throws(RequestMistake) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.last == 0x0D ? line.dropLast() : line
    }
    let first = lines.removeFirst()
    let version: String
    (method, target, version) = try Self.requestLine(first)
    headers = try Self.headers(lines)
    body = try Self.body(headers)
    guard version == "HTTP/1.1" || body != .chunked else {
      throw RequestMistake("HTTP/1.0 has no chunks; send Content-Length")
    }
    guard version != "HTTP/1.1" || headers["host"] != nil else {
      throw RequestMistake("the request has no Host header")
    }
    let options = (headers["connection"] ?? "").lowercased().split(separator: ",")
      .map { $0.filter { $0 != " " } }
    keepsAlive =
      version == "HTTP/1.1" ? !options.contains("close") : options.contains("keep-alive")
  }

  private static func requestLine(
    _ line: ArraySlice<UInt8>
  ) throws(RequestMistake) -> (String, String, String) {
    guard line.count <= longestLine else {
      throw RequestMistake(414, "URI_TOO_LONG", "the path is longer than \(longestLine) bytes")
    }
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].allSatisfy(isTokenByte), !parts[0].isEmpty,
      !parts[1].isEmpty, parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw RequestMistake("the first line is no request line such as “GET /v1/runs HTTP/1.1”")
    }
    let version = String(decoding: parts[2], as: UTF8.self)
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      throw RequestMistake(505, "VERSION_NOT_SUPPORTED", "speak HTTP/1.1 with this server")
    }
    var target = Substring(decoding: parts[1], as: UTF8.self)
    for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
      let rest = target.dropFirst(scheme.count)
      target = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    guard target.hasPrefix("/") || target == "*" else {
      throw RequestMistake("the path must begin with “/”")
    }
    return (String(decoding: parts[0], as: UTF8.self), String(target), version)
  }

  private static func headers(
    _ lines: [ArraySlice<UInt8>]
  ) throws(RequestMistake) -> [String: String] {
    var headers: [String: String] = [:]
    var count = 0
    for line in lines where !line.isEmpty {
      count += 1
      guard count <= mostHeaders else {
        throw RequestMistake(431, "HEADERS_TOO_LARGE", "there are more than \(mostHeaders) headers")
      }
      guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
        line[..<colon].allSatisfy(isTokenByte)
      else { throw RequestMistake("a header is no “Name: value” on one line") }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
      guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw RequestMistake("the header “\(name)” holds a control character")
      }
      var text = String(decoding: value, as: UTF8.self)
      while text.last == " " || text.last == "\t" { text.removeLast() }
      if let known = headers[name] {
        guard !single.contains(name) else {
          throw RequestMistake("the header “\(name)” is there twice")
        }
        text = "\(known), \(text)"
      }
      headers[name] = text
    }
    return headers
  }

  private static func body(_ headers: [String: String]) throws(RequestMistake) -> Body {
    if let coding = headers["transfer-encoding"] {
      guard headers["content-length"] == nil else {
        throw RequestMistake("Content-Length and Transfer-Encoding exclude each other")
      }
      guard coding.lowercased() == "chunked" else {
        throw RequestMistake(501, "NOT_IMPLEMENTED", "Transfer-Encoding “\(coding)” is not known")
      }
      return .chunked
    }
    guard let text = headers["content-length"] else { return .length(0) }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
      throw RequestMistake("Content-Length is “\(text)”, which is no length")
    }
    return .length(length)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
