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
    guard let amount = value.identity.flatMap({ Credits($0) }) else { return nil }
    self = amount
  }

  /// Reads `12.40`; what is smaller than a millionth is cut off.
  package init?(_ text: String) {
    let bytes = text.utf8.span
    let start = bytes.count > 0 && bytes[0] == UInt8(ascii: "-") ? 1 : 0
    var amount: Int64 = 0
    var point: Int?
    for index in start..<bytes.count {
      let digit = bytes[index] &- 0x30
      if digit < 10 {
        if let point, index - point > 6 { continue }
        amount = amount * 10 + Int64(digit)
        guard point != nil || amount < 1 << 40 else { return nil }
      } else {
        guard bytes[index] == UInt8(ascii: "."), point == nil, index > start else { return nil }
        point = index
      }
    }
    guard bytes.count > start else { return nil }
    let digits = point.map { min(bytes.count - 1 - $0, 6) } ?? 0
    for _ in digits..<6 { amount *= 10 }
    microcredits = start == 1 ? -amount : amount
  }

  /// The sum; what does not fit stays at the largest amount there is.
  package static func + (left: Credits, right: Credits) -> Credits {
    let (sum, isTooLarge) = left.microcredits.addingReportingOverflow(right.microcredits)
    guard isTooLarge else { return Credits(microcredits: sum) }
    return Credits(microcredits: right.microcredits < 0 ? .min : .max)
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
