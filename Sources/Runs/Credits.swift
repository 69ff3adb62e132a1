package import JSON

/// An amount of credits, exact: 1 credit is 1,000,000 microcredits, the unit that the API counts in.
package struct Credits: Hashable, Sendable, Comparable {
  /// Millionths of a credit.
  package var microcredits: Int64

  /// An amount in millionths of a credit.
  package init(microcredits: Int64) {
    self.microcredits = microcredits
  }

  /// Reads `12.40`, as text or as a number; nil for anything that is no decimal amount.
  package init?(_ value: JSONValue) {
    guard let text = value.identity else { return nil }
    let negative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(
      separator: ".",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    guard let head = parts.first, let whole = Int64(head), whole >= 0, whole < 1 << 40 else {
      return nil
    }
    let digits = parts.count > 1 ? parts[1].prefix(6) : ""
    guard let fraction = digits.isEmpty ? 0 : Int64(digits), fraction >= 0 else { return nil }
    var scaled = fraction
    for _ in digits.count..<6 { scaled *= 10 }
    let amount = whole * 1_000_000 + scaled
    microcredits = negative ? -amount : amount
  }

  /// Less is less.
  package static func < (left: Credits, right: Credits) -> Bool {
    left.microcredits < right.microcredits
  }

  /// The exact amount with at least two digits behind the point: `12.40`, `0.000001`.
  package var text: String {
    let magnitude = microcredits.magnitude
    var digits = String(magnitude % 1_000_000)
    digits = String(repeating: "0", count: 6 - digits.count) + digits
    while digits.count > 2, digits.hasSuffix("0") { digits.removeLast() }
    return "\(microcredits < 0 ? "-" : "")\(magnitude / 1_000_000).\(digits)"
  }
}
