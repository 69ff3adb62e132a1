package import JSON
package import Runs

/// What a server says when it says no: `{"error":"text","code":"CONFLICT"}`, an object under
/// `error`, a `message`, or no JSON at all.
package struct ErrorEnvelope: Sendable, Equatable {
  /// The server's sentence, if it is one.
  package var message: String?
  /// The server's code, such as `CONFLICT`.
  package var code: String?
  /// What else it says: the present status, or who answered and when.
  package var details: JSONObject

  /// An envelope to send.
  package init(message: String?, code: String? = nil, details: JSONObject = [:]) {
    self.message = message
    self.code = code
    self.details = details
  }

  /// Reads what a server sent: an envelope, or the title of a web page that a proxy put in its place;
  /// anything else says nothing.
  package init(reading body: [UInt8]) {
    let value = (try? JSONValue(parsing: body)) ?? .null
    let error = value["error"]
    message =
      error?.string ?? error?["message"]?.string ?? value["message"]?.string
      ?? value["detail"]?.string
    if value == .null { message = ErrorEnvelope.title(of: body) }
    code = value["code"]?.string ?? error?["code"]?.string
    details = (value["details"] ?? error?["details"])?.object ?? [:]
  }

  /// The title of a web page, without the status that it may begin with.
  private static func title(of body: [UInt8]) -> String? {
    let page = String(decoding: body.prefix(1024), as: UTF8.self)
    guard let start = page.firstRange(of: "<title>")?.upperBound,
      let end = page[start...].firstRange(of: "</title>")?.lowerBound
    else { return nil }
    let words = page[start..<end].drop { $0.isNumber || $0 == " " }.prefix(100)
    return words.isEmpty ? nil : String(words)
  }

  /// The envelope as the embedded runtime sends it.
  package var json: JSONValue {
    var object: JSONObject = [:]
    object["error"] = message.map { .string($0) }
    object["code"] = code.map { .string($0) }
    if !details.isEmpty { object["details"] = .object(details) }
    return .object(object)
  }
}

extension Fault {
  /// The fault of an answer that is no success.
  /// - Parameters:
  ///   - status: The HTTP status.
  ///   - body: What came with it.
  ///   - place: The server, for the sentence: host and port.
  ///   - retryAfter: How long the server asks to wait; said and kept up to an hour.
  ///   - location: Where a redirect points.
  package init(
    status: Int,
    body: [UInt8],
    place: String,
    retryAfter: Duration? = nil,
    location: String? = nil
  ) {
    let envelope = ErrorEnvelope(reading: body)
    let said = envelope.message.map { ": \($0)" } ?? ""
    let delay = retryAfter.map { min(max($0, .zero), .seconds(3600)) }
    switch status {
    case 300..<400:
      let target = location.map { " to \($0)" } ?? ""
      self.init(
        .notTheAPI,
        "\(place) redirects\(target) (\(status)); redirects are not followed: correct the url of "
          + "the profile"
      )
    case 401:
      self.init(
        .unauthenticated,
        "\(place) does not accept the token (401\(said)); set a valid one and try again"
      )
    case 403:
      self.init(
        .forbidden,
        "\(place) forbids this (403\(said)); check the token's scopes, tenant and project"
      )
    case 404:
      self.init(.notFound, "\(place) does not have this (404\(said))")
    case 429:
      let time = delay.map { " for \(Fault.inWords($0))" } ?? ""
      self.init(.limited, "\(place) asks to slow down\(time) (429\(said))", retryAfter: delay)
    case 500..<600:
      self.init(.server, "\(place) has a problem of its own (\(status)\(said))", retryAfter: delay)
    default:
      self.init(.rejected, "\(place) does not accept this (\(status)\(said))")
    }
  }

  /// A pause as people say it, rounded up: `42 s`, `5 min`.
  private static func inWords(_ pause: Duration) -> String {
    let seconds = (pause.inMilliseconds + 999) / 1000
    return seconds <= 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
  }

  /// The fault of a body that should be the API's and is not.
  package init(unreadable body: [UInt8], type: String?, mistake: JSONMistake, place: String) {
    let start = body.prefix(256).drop { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
    if start.first == UInt8(ascii: "<") || type?.hasPrefix("text/html") == true {
      self.init(
        .notTheAPI,
        "\(place) answered with a web page instead of the API; check the url of the profile and "
          + "any proxy between"
      )
    } else {
      self.init(.notTheAPI, "\(place) gave an answer that cannot be read: \(mistake.sentence)")
    }
  }
}
