internal import JSON
package import Runs
internal import RuntimeAPI
package import Transport

/// What came of one call.
package struct Answer: Sendable {
  package var result: Result<Response, Transport.Failure>
  package var receivedAt: Timestamp

  /// What came, and when.
  package init(_ result: Result<Response, Transport.Failure>, at receivedAt: Timestamp) {
    self.result = result
    self.receivedAt = receivedAt
  }

  /// The HTTP status, where an answer came.
  var status: Int? { (try? result.get())?.status }

  /// Whether the server does not offer what was asked for, or does not have it.
  var isMissing: Bool { status == 404 || isNoWay }

  /// Whether the server does not offer what was asked for, whatever it has.
  var isNoWay: Bool { status == 405 || status == 501 }

  /// The server's clock less ours, to the second, where the answer carries a date.
  var clockSkew: Duration? {
    guard let text = (try? result.get())?.headers["Date"], let date = Timestamp(httpDate: text)
    else { return nil }
    return date - receivedAt
  }

  /// The answer when it is a success, or what is wrong with it.
  func response(place: String, accepts304: Bool = false) throws(Fault) -> Response {
    switch result {
    case .failure(let failure): throw Fault(failure)
    case .success(let response):
      if (200..<300).contains(response.status) { return response }
      if accepts304, response.status == 304 { return response }
      throw fault(response, place: place)
    }
  }

  /// The fault of an answer that is no success.
  func fault(_ response: Response, place: String) -> Fault {
    Fault(
      status: response.status,
      body: response.body,
      place: place,
      retryAfter: retryAfter,
      location: response.headers["Location"]
    )
  }
}

extension Response {
  /// What the body says.
  func decoded<Value>(
    place: String,
    _ read: ([UInt8]) throws(JSONMistake) -> Value
  ) throws(Fault) -> Value {
    do throws(JSONMistake) {
      return try read(body)
    } catch {
      throw Fault(
        unreadable: body,
        type: headers["Content-Type"],
        mistake: error,
        place: place
      )
    }
  }
}

extension Fault {
  /// The fault of a call that has no answer.
  init(_ failure: Transport.Failure) {
    let kind: Kind =
      switch failure.code {
      case .timedOut: .timedOut
      case .protocolBroken: .notTheAPI
      case .tls: .untrusted
      case .bodyTooLarge, .headersTooLarge: .tooLarge
      case .badURL, .badRequest, .badSetting, .cancelled: .local
      default: .unreachable
      }
    self.init(kind, failure.sentence)
  }
}

/// Tells bodies apart without keeping them.
struct BodyDigest: Hashable, Sendable {
  private let count: Int
  private let hash: UInt64

  init(_ body: [UInt8]) {
    count = body.count
    let bytes = body.span
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    var at = 0
    while at + 8 <= bytes.count {
      var word: UInt64 = 0
      for index in 0..<8 { word |= UInt64(bytes[at + index]) << UInt64(8 * index) }
      hash = BodyDigest.mix(hash, word)
      at += 8
    }
    var word: UInt64 = 0
    while at < bytes.count {
      word = word << 8 | UInt64(bytes[at])
      at += 1
    }
    self.hash = BodyDigest.mix(hash, word)
  }

  /// Spreads a word over the hash: multiply, then fold the high half, where the mixing is best,
  /// over the low one.
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let wide = (hash ^ word).multipliedFullWidth(by: 0xbf58_476d_1ce4_e5b9)
    return (wide.high ^ wide.low) &+ 0x94d0_49bb_1331_11eb
  }
}

extension Timestamp {
  /// Reads the date of an HTTP header: `Sun, 06 Nov 1994 08:49:37 GMT`.
  init?(httpDate text: String) {
    let parts = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2,
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let digits = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    self.init(iso8601: "\(parts[3])-\(digits)-\(parts[1])T\(parts[4])Z")
  }
}
