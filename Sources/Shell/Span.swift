package import Runs

/// A length of time as it is typed: `90s`, `10m`, `8h`, `2d`, `1h30m`.
package enum Span {
  /// The longest that counts for something: a hundred years.
  private static let bound = 100 * 366 * 86_400

  /// Reads one; nil for anything else, nothing and zero among it.
  package static func read(_ text: String) -> Duration? {
    var seconds = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let unit = units[character], let count = Int(digits), count <= bound / unit else {
        return nil
      }
      seconds += count * unit
      digits = ""
      guard seconds <= bound else { return nil }
    }
    return digits.isEmpty && seconds > 0 ? .seconds(seconds) : nil
  }

  private static let units: [Character: Int] = [
    "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400,
  ]
}

/// From when on something is wanted: a length of time before now, or a moment.
package enum Since: Sendable, Equatable {
  case ago(Duration)
  case moment(Timestamp)

  /// Reads a span, a date, or a moment in ISO 8601; nil for anything else.
  package init?(_ text: String) {
    if let span = Span.read(text) {
      self = .ago(span)
    } else if let moment = Timestamp(iso8601: text) ?? Timestamp(iso8601: "\(text)T00:00:00Z") {
      self = .moment(moment)
    } else {
      return nil
    }
  }

  /// The moment, seen from now.
  package func moment(at now: Timestamp) -> Timestamp {
    switch self {
    case .ago(let span): Timestamp(milliseconds: now.milliseconds - span.inMilliseconds)
    case .moment(let moment): moment
    }
  }
}
