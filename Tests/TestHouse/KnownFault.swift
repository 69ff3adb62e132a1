internal import Glibc
internal import JSON
internal import Runs

/// The server faults that the design lists, to go through one by one.
package enum KnownFault: String, CaseIterable, Sendable {
  case refused
  case reset
  case hungBeforeHeaders = "hung before headers"
  case hungInTheBody = "hung in the body"
  case oneByteASecond = "one byte a second"
  case webPage = "200 with HTML"
  case truncatedJSON = "truncated JSON"
  case wrongTypes = "wrong types"
  case wrongIdentities = "identities of wrong types"
  case unknownWords = "unknown status and event types"
  case missingFields = "missing fields"
  case duplicates = "duplicate ids"
  case hugeString = "10 MB of one string"
  case hugeBody = "100 MB body"
  case gzipBomb = "gzip bomb"
  case movedPermanently = "redirect 301"
  case found = "redirect 302"
  case temporaryRedirect = "redirect 307"
  case permanentRedirect = "redirect 308"
  case unauthorized = "401"
  case forbidden = "403"
  case notFound = "404"
  case conflict = "409"
  case tooLarge = "413"
  case unprocessable = "422"
  case slowDown = "429"
  case slowDownFor = "429 with Retry-After"
  case internalError = "500"
  case badGateway = "502"
  case unavailable = "503"
  case clockAhead = "clock an hour ahead"
  case clockBehind = "clock an hour behind"
  case cutAtConnection = "cut at the connection"
  case cutInRequest = "cut in the request"
  case cutBeforeAnswer = "cut before the answer"
  case cutInStatusLine = "cut in the status line"
  case cutInHeaders = "cut in the headers"
  case cutInBody = "cut in the body"

  /// How long ``slowDownFor`` asks to wait.
  package static let retryAfter = 40

  /// The fault, ready to be imposed.
  package func fault(on calls: ServerFault.Calls = .all, times: Int? = nil) -> ServerFault {
    ServerFault(rawValue, on: calls, deed, times: times)
  }

  private var deed: ServerFault.Deed {
    switch self {
    case .refused: .refuse
    case .reset: .end(.performed, abruptly: true)
    case .hungBeforeHeaders: .hold(.performed)
    case .hungInTheBody: .hold(.halfBody)
    case .oneByteASecond: .creep
    case .webPage: .answer(.html("<!DOCTYPE html><title>Sign in</title><h1>Hotel Wi-Fi</h1>"))
    case .truncatedJSON: .change { $0.body.removeLast($0.body.count / 2) }
    case .wrongTypes: .change { $0.editItems(ItemFaults.wrongTypes) }
    case .wrongIdentities: .change { $0.editItems(ItemFaults.wrongIdentities) }
    case .unknownWords: .change { $0.editItems(ItemFaults.unknownWords) }
    case .missingFields: .change { $0.editItems(ItemFaults.missingFields) }
    case .duplicates: .change { $0.repeatItems() }
    case .hugeString: .change { $0.swell(bytes: 10 << 20) }
    case .hugeBody: .flood(megabytes: 100)
    case .gzipBomb: .answer(.gzipBomb)
    case .movedPermanently: .redirect("301 Moved Permanently")
    case .found: .redirect("302 Found")
    case .temporaryRedirect: .redirect("307 Temporary Redirect")
    case .permanentRedirect: .redirect("308 Permanent Redirect")
    case .clockAhead: .change { $0.shiftClock(seconds: 3600) }
    case .clockBehind: .change { $0.shiftClock(seconds: -3600) }
    case .cutAtConnection: .end(.connection, abruptly: false)
    case .cutInRequest: .end(.requestHead, abruptly: false)
    case .cutBeforeAnswer: .end(.performed, abruptly: false)
    case .cutInStatusLine: .end(.answerBytes(11), abruptly: false)
    case .cutInHeaders: .end(.statusLine, abruptly: false)
    case .cutInBody: .end(.halfBody, abruptly: false)
    case .unauthorized, .forbidden, .notFound, .conflict, .tooLarge, .unprocessable, .slowDown,
      .slowDownFor, .internalError, .badGateway, .unavailable:
      .answer(refusal)
    }
  }

  /// The answers that are no success, as the API words them.
  private var refusal: HTTPAnswer {
    switch self {
    case .unauthorized: .refusal("401 Unauthorized", "token expired", "UNAUTHORIZED")
    case .forbidden: .refusal("403 Forbidden", "the role lacks workflow:read", "FORBIDDEN")
    case .notFound: .refusal("404 Not Found", "no such project", "NOT_FOUND")
    case .conflict: .refusal("409 Conflict", "the tenant is moving", "CONFLICT")
    case .tooLarge: .refusal("413 Content Too Large", "too much asked for", "TOO_LARGE")
    case .unprocessable: .refusal("422 Unprocessable Content", "limit is odd", "VALIDATION")
    case .slowDown: .refusal("429 Too Many Requests", "too many calls", "RATE_LIMITED")
    case .slowDownFor:
      .refusal(
        "429 Too Many Requests",
        "too many calls",
        "RATE_LIMITED",
        headers: ["Retry-After: \(KnownFault.retryAfter)"]
      )
    case .internalError: .refusal("500 Internal Server Error", "something broke", "INTERNAL")
    // What a proxy in front says of a server that is down.
    case .badGateway:
      .html("<html><title>502 Bad Gateway</title>nginx", status: "502 Bad Gateway")
    default: .refusal("503 Service Unavailable", "the store is down", "DEPENDENCY_UNAVAILABLE")
    }
  }
}

extension HTTPAnswer {
  fileprivate static func refusal(
    _ status: String,
    _ sentence: String,
    _ code: String,
    headers: [String] = []
  ) -> HTTPAnswer {
    .json(#"{"error":"\#(sentence)","code":"\#(code)"}"#, status: status, headers: headers)
  }

  /// Small on the wire, 64 MB in memory.
  fileprivate static let gzipBomb = HTTPAnswer(
    headers: ["Content-Type: application/json", "Content-Encoding: gzip"],
    body: Gzip.zeros(megabytes: 64)
  )

  /// Changes the items of a list; other answers stay as they are.
  fileprivate mutating func editItems(_ edit: (JSONObject) -> JSONObject) {
    editLists { items in items.map { item in .object(edit(item.object ?? [:])) } }
  }

  /// Lists every item a second time.
  fileprivate mutating func repeatItems() {
    editLists { $0 + $0 }
  }

  private mutating func editLists(_ edit: ([JSONValue]) -> [JSONValue]) {
    guard var object = (try? JSONValue(parsing: body))?.object else { return }
    for name in ["runs", "tasks", "workflows", "events"] {
      guard let items = object[name]?.array else { continue }
      object[name] = .array(edit(items))
    }
    body = JSONWriter.bytes(.object(object))
  }

  /// Gives the first item of a list a name of so many bytes.
  fileprivate mutating func swell(bytes: Int) {
    let mark = "@here@"
    editLists { items in
      guard var first = items.first?.object else { return items }
      first["workflow_name"] = .string(mark)
      return [.object(first)] + items.dropFirst()
    }
    guard let range = body.firstRange(of: Array(mark.utf8)) else { return }
    body =
      Array(body[..<range.lowerBound]) + [UInt8](repeating: UInt8(ascii: "w"), count: bytes)
      + Array(body[range.upperBound...])
  }

  /// Tells all times, and the date, as a clock tells them that is off.
  fileprivate mutating func shiftClock(seconds: Int) {
    if let value = try? JSONValue(parsing: body) {
      body = JSONWriter.bytes(ItemFaults.shifted(value, by: .seconds(seconds)))
    }
    remove("Date")
    headers.append("Date: \(HTTPAnswer.date(time(nil) + seconds))")
  }

  /// A moment as HTTP writes it, in seconds since 1970.
  private static func date(_ moment: Int) -> String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let time = CalendarTime(Timestamp(milliseconds: Int64(moment) * 1000))
    let day = time.day < 10 ? "0\(time.day)" : "\(time.day)"
    return "\(days[moment / 86_400 % 7]), \(day) \(months[time.month - 1]) \(time.year) "
      + "\(time.clock()) GMT"
  }
}

/// What can be wrong with the items of a list.
private enum ItemFaults {
  private static let identity = ["id", "run_id", "workflow_id", "status", "step_id"]

  /// What is only told is of another type; what names the item is not.
  static func wrongTypes(_ item: JSONObject) -> JSONObject {
    var item = item
    for member in item.members where !identity.contains(member.key) {
      item[member.key] =
        switch member.value {
        case .string, .null: ["nested": [1, nil]]
        case .object, .array: 7
        case .number, .bool: "seven"
        }
    }
    return item
  }

  /// Nothing tells which run or task this is.
  static func wrongIdentities(_ item: JSONObject) -> JSONObject {
    var item = item
    for key in ["id", "run_id", "workflow_id"] { item[key] = ["nested": true] }
    return item
  }

  /// Words that no version of the API has used so far.
  static func unknownWords(_ item: JSONObject) -> JSONObject {
    var item = item
    if item["event_type"] != nil { item["event_type"] = "quantum_leap" }
    if item["status"] != nil, item["step_id"] == nil { item["status"] = "hibernating" }
    return item
  }

  /// Only what names the item, and its status.
  static func missingFields(_ item: JSONObject) -> JSONObject {
    JSONObject(item.members.filter { identity.contains($0.key) || $0.key == "event_type" })
  }

  /// All moments in a value, told by another clock.
  static func shifted(_ value: JSONValue, by duration: Duration) -> JSONValue {
    switch value {
    case .string(let text):
      Timestamp(iso8601: text).map { .string(($0 + duration).iso8601) } ?? value
    case .array(let items): .array(items.map { shifted($0, by: duration) })
    case .object(let object):
      .object(
        JSONObject(object.members.map { .init($0.key, shifted($0.value, by: duration)) })
      )
    default: value
    }
  }
}
