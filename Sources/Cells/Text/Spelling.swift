/// Finds the word that a mistyped word was meant to be.
package enum Spelling {
  /// The word of `known` that is nearest, or nil when none is near enough to be worth a question.
  package static func nearest(to word: String, among known: [String]) -> String? {
    // No word that we know is longer: what is, is no slip of a finger.
    guard word.count <= 40 else { return nil }
    let bound = max(1, min(3, word.count / 3))
    return known.map { (word: $0, distance: edits(from: Array(word), to: Array($0))) }
      .filter { $0.distance <= bound }
      .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?
      .word
  }

  /// How many letters must be added, left out, exchanged, or put behind the next one.
  private static func edits(from: [Character], to: [Character]) -> Int {
    var before: [Int] = []
    var last = Array(0...to.count)
    for (i, letter) in from.enumerated() {
      var row = [i + 1]
      for (j, wanted) in to.enumerated() {
        var least = min(last[j] + (letter == wanted ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, letter == to[j - 1], from[i - 1] == wanted {
          least = min(least, before[j - 1] + 1)
        }
        row.append(least)
      }
      before = last
      last = row
    }
    return last[to.count]
  }
}
