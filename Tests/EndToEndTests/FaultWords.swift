import TestHouse

/// What the screen says of a fault.
struct FaultWords {
  /// The word at the end of the truth line; `live` when the fault does no harm.
  var truth: String
  /// What the sentence begins with; `PLACE` stands for host and port.
  var sentence: String?

  /// A fault that stands in nobody's way.
  static let harmless = FaultWords(truth: "live", sentence: nil)

  var isHarmless: Bool { truth == "live" }

  func sentence(at place: String) -> String? {
    sentence?.replacing("PLACE", with: place)
  }
}

extension KnownFault {
  /// Whether it is noticed only by its time running out.
  var isSlow: Bool { [.hungBeforeHeaders, .hungInTheBody, .oneByteASecond].contains(self) }

  /// How many polls in a row must fail before the rows count as old.
  var patience: Int { ["OFFLINE", "SERVER FAULT", "SLOWED DOWN"].contains(words.truth) ? 3 : 1 }

  /// What the screen says while all reads meet this fault.
  var words: FaultWords {
    switch self {
    case .wrongTypes, .unknownWords, .missingFields, .duplicates, .hugeString, .clockAhead,
      .clockBehind:
      .harmless
    case .refused:
      offline("connection refused; is the server running? Retry in")
    case .hungBeforeHeaders:
      offline("no answer within 15 s; the server may be busy. Retry in")
    case .hungInTheBody, .oneByteASecond:
      offline("the answer was not complete after 15 s. Retry in")
    case .reset, .cutAtConnection, .cutInRequest, .cutBeforeAnswer, .cutInStatusLine:
      offline("the connection ended before an answer came. Retry in")
    case .cutInHeaders, .cutInBody:
      offline("the connection ended before the answer was complete. Retry in")
    case .webPage:
      other("answered with a web page instead of the API; check the url of the profile and any")
    case .truncatedJSON: other("gave an answer that cannot be read: the JSON ends after ")
    case .wrongIdentities:
      other("gave a list that cannot be read: none of its 2 items is as the API has them. Retry in")
    case .movedPermanently: other("redirects to http://127.0.0.1:", status: 301)
    case .found: other("redirects to http://127.0.0.1:", status: 302)
    case .temporaryRedirect: other("redirects to http://127.0.0.1:", status: 307)
    case .permanentRedirect: other("redirects to http://127.0.0.1:", status: 308)
    case .notFound: other("does not have this (404: no such project). Retry in")
    case .hugeBody, .gzipBomb:
      FaultWords(
        truth: "TOO LARGE",
        sentence: "PLACE: the answer is larger than 32 MB; it was cut off. Retry in"
      )
    case .unauthorized:
      FaultWords(
        truth: "TOKEN REFUSED",
        sentence: "PLACE does not accept the token (401: token expired); set a valid one"
      )
    case .forbidden:
      FaultWords(
        truth: "FORBIDDEN",
        sentence: "PLACE forbids this (403: the role lacks workflow:read); check the token's "
          + "scopes, tenant and project. Retry in"
      )
    case .conflict: refused("409: the tenant is moving")
    case .tooLarge: refused("413: too much asked for")
    case .unprocessable: refused("422: limit is odd")
    case .slowDown:
      FaultWords(
        truth: "SLOWED DOWN",
        sentence: "PLACE asks to slow down (429: too many calls). Retry in"
      )
    case .slowDownFor:
      FaultWords(
        truth: "SLOWED DOWN",
        sentence: "PLACE asks to slow down for 40 s (429: too many calls)."
      )
    case .internalError: broken("500: something broke")
    case .badGateway: broken("502: Bad Gateway")
    case .unavailable: broken("503: the store is down")
    }
  }

  private func offline(_ sentence: String) -> FaultWords {
    FaultWords(truth: "OFFLINE", sentence: "PLACE: \(sentence)")
  }

  private func other(_ sentence: String, status: Int? = nil) -> FaultWords {
    FaultWords(truth: "NOT THE API", sentence: "PLACE \(sentence)")
  }

  private func refused(_ detail: String) -> FaultWords {
    FaultWords(truth: "REFUSED", sentence: "PLACE does not accept this (\(detail)). Retry in")
  }

  private func broken(_ detail: String) -> FaultWords {
    FaultWords(
      truth: "SERVER FAULT",
      sentence: "PLACE has a problem of its own (\(detail)). Retry in"
    )
  }
}
