/// Finds the word that a mistyped word was meant to be.
enum Spelling {
  /// The nearest of `words` to `word`, or nil when none is near enough to be worth a question.
  static func nearest(to word: String, in words: some Sequence<String>) -> String? {
    let limit = max(1, min(3, word.count / 3))
    var best: (word: String, distance: Int)?
    let length = word.count
    // Words of very different lengths are far apart; of the others the first in order wins a tie.
    for candidate in words.filter({ abs($0.count - length) <= limit }).sorted() {
      let distance = distance(word.lowercased(), candidate.lowercased())
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// How many letters must be put in, taken out, exchanged or swapped to get from one to the other.
  private static func distance(_ left: String, _ right: String) -> Int {
    // Words of configuration and graphs are short; what is not short is not a misspelling.
    let left = Array(left.prefix(64))
    let right = Array(right.prefix(64))
    var before: [Int] = []
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var next = [i + 1]
      for (j, b) in right.enumerated() {
        var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, before[j - 1] + 1) }
        next.append(cost)
      }
      before = row
      row = next
    }
    return row[right.count]
  }
}
