internal import Runs

/// The words that stand behind `status:`.
enum StatusWords {
  /// How a row stands that waits for a person.
  static let awaiting = "awaiting approval"

  /// The product's words, in the order of a run's life.
  private static let known: [RunStatus] = [
    .pending, .queued, .starting, .running, .paused, .draining, .completed, .failed, .stopped,
  ]
  /// Other words that servers use for the same.
  private static let synonyms = ["succeeded", "success", "cancelled", "canceled"]

  /// How many words that are not the product's are told.
  private static let toldOthers = 8

  /// What a beginning of a word looks for: itself, and the product's word for a synonym.
  static func searched(_ text: String) -> [SearchWord] {
    let word = text.lowercased()
    let meant = synonyms.filter { $0.hasPrefix(word) }.map { RunStatus($0).word }
    return [SearchWord(word)] + Set(meant).sorted().map { SearchWord($0) }
  }

  /// The words of a term that begin none of those we know.
  static func doubts(_ token: FilterToken) -> [Filter.Doubt] {
    guard token.key?.text == FilterKey.status.rawValue else { return [] }
    let words = known.map(\.word) + synonyms + [awaiting]
    return token.values.compactMap { value in
      let word = value.text.lowercased()
      guard !words.contains(where: { $0.hasPrefix(word) }) else { return nil }
      return Filter.Doubt(word: word, range: value.range)
    }
  }

  /// What to say of a word that no run shows either.
  static func mistake(_ doubt: Filter.Doubt, _ others: [String]) -> Filter.Mistake {
    let known = ["awaiting"] + known.map(\.word) + others.sorted().prefix(toldOthers)
    let fact = "status: no run is \(doubt.word)"
    return Filter.Mistake(
      range: doubt.range,
      sentence: "\(fact); there are \(known.joined(separator: ", "))",
      slip: Filter.Slip(fact: fact, word: doubt.word, known: known)
    )
  }
}
