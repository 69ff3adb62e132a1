/// Finds the word that a mistyped word was meant to be.
enum Spelling {
  /// The word of `known` that is nearest, or nil when none is near enough to be worth a question.
  static func nearest(to word: String, among known: [String]) -> String? {
    // No word that we know is longer: what is, is no slip of a finger.
    guard word.count <= 40 else { return nil }
    let bound = max(1, min(3, word.count / 3))
    return known.map { (word: $0, distance: edits(from: Array(word), to: Array($0))) }
      .filter { $0.distance <= bound }
      .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?
      .word
  }

  /// How many letters must be added, left out or exchanged.
  private static func edits(from: [Character], to: [Character]) -> Int {
    var row = Array(0...to.count)
    for (i, letter) in from.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, wanted) in to.enumerated() {
        let replaced = diagonal + (letter == wanted ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[to.count]
  }
}
