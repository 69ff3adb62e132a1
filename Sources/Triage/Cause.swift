package import Runs

/// Why a run failed, so that runs with one cause can be told to share it: the failure's code, its
/// step, and its message with numbers, ids and quoted text blanked.
package struct Cause: Hashable, Sendable {
  private var code: String
  private var step: String
  private var message: String

  /// The cause of a failed run; nil for a run that failed without a word, or did not fail.
  package init?(_ run: Run) {
    guard run.status == .failed, let failure = run.failure,
      failure.code != nil || failure.message != nil
    else { return nil }
    code = failure.code ?? ""
    step = failure.step?.text ?? ""
    message = Cause.blanked(failure.message ?? "")
  }

  /// A message without what differs from run to run.
  package static func blanked(_ message: String) -> String {
    var words: [String] = []
    var quote: Character?
    var word = ""
    let flush = { (word: inout String) in
      if !word.isEmpty { words.append(isVariable(word) ? "#" : word) }
      word = ""
    }
    for character in message {
      if let open = quote {
        if character == open {
          quote = nil
          words.append("…")
        }
        continue
      }
      switch character {
      case "\"", "`", "“":
        flush(&word)
        quote = character == "“" ? "”" : character
      case let letter where letter.isLetter || letter.isNumber || letter == "-" || letter == "_":
        word.append(letter)
      case let blank where blank.isWhitespace: flush(&word)
      default:
        flush(&word)
        words.append(String(character))
      }
    }
    flush(&word)
    return words.joined(separator: " ")
  }

  /// Whether a word is a number or an id: it holds a digit.
  private static func isVariable(_ word: String) -> Bool { word.contains(where: \.isNumber) }
}
