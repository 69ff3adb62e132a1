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
  var authorization: String?
  var ifNoneMatch: String?
  var idempotencyKey: String?
  var body: [UInt8]

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
    guard let text = parameter(name), !text.isEmpty else { return fallback }
    guard let number = Int(text), number >= lowest, number <= 1 << 40 else {
      throw .malformed("“\(name)” must be a whole number from \(lowest) on, not “\(text)”")
    }
    return number
  }

  /// `limit`: longer pages than 500 are cut to that.
  func limit() throws(Rejection) -> Int { min(500, try number("limit", from: 1, default: 100)) }

  /// The body as a JSON object; no body is an empty one.
  /// - Throws: ``Rejection``, 400.
  func object() throws(Rejection) -> JSONObject {
    guard !body.isEmpty else { return [:] }
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
      && left.authorization == right.authorization && left.ifNoneMatch == right.ifNoneMatch
      && left.idempotencyKey == right.idempotencyKey
  }
}

/// What a request is answered with.
struct Answer: Sendable, Equatable {
  var status: Int
  /// The JSON text; empty for a 304.
  var body: String
  var headers: [String: String] = [:]

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
    case 503: headers["Retry-After"] = "2"
    default: break
    }
  }
}
