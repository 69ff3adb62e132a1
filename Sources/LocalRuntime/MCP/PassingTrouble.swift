/// Tells from the words of a tool whether what failed may go better a little later.
///
/// The protocol has no field for it. Only words that mean nothing else are taken: too many requests,
/// a service that is away for a while, a time that was over. What is retried in vain costs a wait; what
/// is not retried is a person's work.
enum PassingTrouble {
  /// Words that say so wherever they stand as words.
  private static let phrases = [
    "rate limit", "rate-limit", "rate_limit", "ratelimit", "too many requests",
    "temporarily unavailable", "timeout", "timed out", "etimedout",
  ]
  /// Of these a word may go on: `rate limited`, `rate limiting`.
  private static let openPhrases = phrases.filter { $0.hasPrefix("rate") }
  /// The statuses of HTTP that say so.
  private static let statuses = ["429", "503"]
  /// What may stand around a status: in “(503)”, “HTTP/1.1 503:”, “status=429”, but not in “$503.20”
  /// or “ticket-429”.
  private static let opening = Set<Character>("([{:=\"'“‘")
  private static let closing = Set<Character>(")]}:;,.!\"'”’")

  /// Whether a sentence says that it is such a trouble.
  static func isTold(in sentence: String) -> Bool {
    let text = sentence.lowercased()
    return phrases.contains { phrase in
      places(of: phrase, in: text).contains {
        isWord($0, in: text, isOpen: openPhrases.contains(phrase))
      }
    }
      || statuses.contains { status in
        places(of: status, in: text).contains { isStatus($0, in: text) }
      }
  }

  private static func places(of word: String, in text: String) -> [Range<String.Index>] {
    text.ranges(of: word)
  }

  private static func isWord(
    _ place: Range<String.Index>,
    in text: String,
    isOpen: Bool
  ) -> Bool {
    let (before, after) = neighbours(of: place, in: text)
    return !isLetter(before) && (isOpen || !isLetter(after))
  }

  private static func isStatus(_ place: Range<String.Index>, in text: String) -> Bool {
    let (before, after) = neighbours(of: place, in: text)
    if let before, !before.isWhitespace, !opening.contains(before) { return false }
    guard let after else { return true }
    guard closing.contains(after) else { return after.isWhitespace }
    // A number may go on behind its point.
    let rest = text[place.upperBound...].dropFirst()
    return rest.first?.isNumber != true
  }

  private static func neighbours(
    of place: Range<String.Index>,
    in text: String
  ) -> (before: Character?, after: Character?) {
    (text[..<place.lowerBound].last, text[place.upperBound...].first)
  }

  /// Whether a character goes on with a name: `timeout_s` is a field, no trouble.
  private static func isLetter(_ character: Character?) -> Bool {
    character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
  }
}
