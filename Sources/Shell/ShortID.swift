internal import Runs

/// Shortens ids as far as they still tell apart what is listed beside them.
struct ShortID {
  private let length: Int

  /// The least letters that are shown.
  static let least = 8

  /// For ids that stand side by side.
  init(_ ids: some Sequence<String>) {
    let ids = Set(ids).sorted()
    var length = ShortID.least
    for (one, other) in zip(ids, ids.dropFirst()) {
      let common = zip(one, other).prefix { $0 == $1 }.count
      length = max(length, common + 1)
    }
    self.length = length
  }

  /// The beginning of an id.
  func callAsFunction(_ id: RunID) -> String { String(id.text.prefix(length)) }
}
