import JSON

/// A request as the routes see it.
struct Request: Sendable, Equatable {
  var method: String
  /// The path's parts, percent-decoded.
  var path: [String]
  /// The query, percent-decoded; names may repeat.
  var query: [(name: String, value: String)]
  /// Path and query as they came: what a cached answer is found by.
  var target: String
  /// By lower-case name.
  var headers: [String: String] = [:]
  var body: [UInt8]

  var authorization: String? { headers["authorization"] }
  var ifNoneMatch: String? { headers["if-none-match"] }
  var idempotencyKey: String? { headers["idempotency-key"] }

  /// The last value of a name in the query.
  func parameter(_ name: String) -> String? {
    query.last { $0.name == name }?.value
  }

  /// A whole number of the query.
  /// - Throws: ``Rejection``, 400, when it is none or out of its range.
  func number(
    _ name: String,
    from lowest: Int,
    default fallback: Int
  ) throws(Rejection) -> Int {
    guard query.count(where: { $0.name == name }) <= 1 else {
      throw .malformed("“\(name)” must be given once")
    }
    guard let text = parameter(name), !text.isEmpty else { return fallback }
    guard let number = Int(text), number >= lowest, number <= 1 << 40 else {
      throw .malformed("“\(name)” must be a whole number from \(lowest) on, not “\(text)”")
    }
    return number
  }

  /// `limit`: longer pages than allowed are cut to that.
  func limit(atMost longest: Int = 500) throws(Rejection) -> Int {
    min(longest, try number("limit", from: 1, default: 100))
  }

  /// `limit`, and `cursor` or `offset`: of both the cursor counts.
  func place() throws(Rejection) -> (limit: Int, offset: Int) {
    let offset = try number("offset", from: 0, default: 0)
    return (try limit(), try number("cursor", from: 0, default: offset))
  }

  /// The body as a JSON object; no body is an empty one.
  /// - Throws: ``Rejection``, 400.
  func object() throws(Rejection) -> JSONObject {
    guard !body.isEmpty else { return [:] }
    try checkEncoding()
    do throws(JSONMistake) {
      let value = try JSONValue(parsing: body)
      guard let object = value.object else {
        throw JSONMistake(.unexpected, at: 0, wanted: "an object, not \(value.typeName)")
      }
      return object
    } catch {
      throw .malformed("the body: \(error.sentence)")
    }
  }

  /// - Throws: ``Rejection``; 415 when the body says that it is no JSON, or is packed; 400 when it is
  ///   not UTF-8.
  func checkEncoding() throws(Rejection) {
    if let coding = headers["content-encoding"], coding.lowercased() != "identity" {
      throw Rejection(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "the body is encoded as “\(coding)”; send it plain, without Content-Encoding"
      )
    }
    let parts = (headers["content-type"] ?? "").lowercased().split(separator: ";")
      .map { $0.filter { $0 != " " && $0 != "\"" } }
    let type = parts.first ?? ""
    // curl names a form when it is not told otherwise; what it sends is read as what it is.
    let isJSON =
      ["", "application/json", "text/json", "application/x-www-form-urlencoded"].contains(type)
      || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst(8)
    guard isJSON, ["utf-8", "utf8", "us-ascii"].contains(charset ?? "utf-8") else {
      throw Rejection(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "the body is “\(headers["content-type"] ?? "")”; send JSON in UTF-8 as application/json"
      )
    }
    guard String(validating: body, as: UTF8.self) != nil else {
      throw .malformed("the body is not UTF-8")
    }
  }

  /// Decodes a path or a query: `/v1/runs`, `limit=3&status=failed`.
  static func split(
    path: String,
    query: String
  ) -> (path: [String], query: [(name: String, value: String)]) {
    let parts = path.split(separator: "/").map { decode(String($0), plusIsBlank: false) }
    let pairs = query.split(separator: "&").map { pair -> (name: String, value: String) in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = sides.count > 1 ? String(sides[1]) : ""
      return (
        decode(String(sides[0]), plusIsBlank: true), decode(value, plusIsBlank: true)
      )
    }
    return (parts, pairs)
  }

  private static func decode(_ text: String, plusIsBlank: Bool) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+"), plusIsBlank {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(Substring(rest.prefix(2))), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func == (left: Request, right: Request) -> Bool {
    left.method == right.method && left.target == right.target && left.body == right.body
      && left.headers == right.headers
  }
}

/// What a request is answered with.
struct Answer: Sendable, Equatable {
  var status: Int
  /// The JSON text; empty for a 304.
  var body: String
  var headers: [String: String] = [:]
  /// What is sent behind it when it agrees to a live stream.
  var live: LiveQuery?

  /// An answer of a value.
  init(_ status: Int, _ value: JSONValue) {
    self.status = status
    body = JSONWriter.text(value)
  }

  /// An answer whose JSON text is there already.
  init(_ status: Int, text: String) {
    self.status = status
    body = text
  }

  /// An answer that says no.
  init(_ rejection: Rejection) {
    self.init(rejection.status, rejection.json)
    switch rejection.status {
    case 401: headers["WWW-Authenticate"] = "Bearer"
    case 429: headers["Retry-After"] = (rejection.details["retry_after_s"]?.int).map { "\($0)" }
    case 503: headers["Retry-After"] = "2"
    default: break
    }
  }
}
