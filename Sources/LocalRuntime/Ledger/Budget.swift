package import Runs

/// What may be spent in a folder, over all its life: `budget` of the configuration.
package struct Budget: Sendable, Equatable {
  /// Spent first.
  package var trial = Credits(microcredits: 0)
  /// Spent when the trial is.
  package var included = Credits(microcredits: 0)
  /// Spent last.
  package var payAsYouGo = Credits(microcredits: 0)

  /// A budget of nothing.
  package init() {}

  /// All of it.
  var total: Credits { trial + included + payAsYouGo }

  /// What is left once so much was spent: trial first, then included, then pay as you go.
  ///
  /// A call that had begun is charged in full, so that more may be spent than there was; then nothing
  /// is left, not less.
  func remaining(after spent: Credits) -> Budget {
    var rest = max(0, spent.microcredits)
    var left = Budget()
    left.trial = Self.take(&rest, from: trial)
    left.included = Self.take(&rest, from: included)
    left.payAsYouGo = Self.take(&rest, from: payAsYouGo)
    return left
  }

  private static func take(_ rest: inout Int64, from bucket: Credits) -> Credits {
    let taken = min(rest, bucket.microcredits)
    rest -= taken
    return Credits(microcredits: bucket.microcredits - taken)
  }
}
