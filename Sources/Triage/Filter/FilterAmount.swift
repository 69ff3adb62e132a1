internal import Runs

/// Amounts as a filter compares them: `>10m`, `<=5`, `1h..3h`, or one as it is shown.
package enum FilterAmount {
  /// An amount, and how much more is still shown as the same.
  typealias Reader = (Substring) -> (amount: Int64, width: Int64)?

  /// The amounts that a text lets pass; nil when it is none.
  static func range(_ text: String, _ read: Reader) -> ClosedRange<Int64>? {
    if let dots = dots(text) { return between(text[..<dots.lower], text[dots.upper...], read) }
    for sign in [">=", "<=", ">", "<", "="] where text.hasPrefix(sign) {
      guard let (amount, width) = read(text.dropFirst(sign.count)) else { return nil }
      switch sign {
      case ">=": return amount...Int64.max
      case "<=": return Int64.min...amount
      case ">": return amount + 1...Int64.max
      case "<": return Int64.min...amount - 1
      default: return amount...amount + width
      }
    }
    return read(text[...]).map { $0.amount...$0.amount + $0.width }
  }

  private static func dots(_ text: String) -> (lower: String.Index, upper: String.Index)? {
    guard let first = text.indices.first(where: { text[$0...].hasPrefix("..") }) else { return nil }
    return (first, text.index(first, offsetBy: 2))
  }

  /// `1h..3h`; either end may be left out.
  private static func between(
    _ low: Substring,
    _ high: Substring,
    _ read: Reader
  ) -> ClosedRange<Int64>? {
    guard !low.isEmpty || !high.isEmpty else { return nil }
    var range = Int64.min...Int64.max
    if !low.isEmpty {
      guard let least = read(low)?.amount else { return nil }
      range = least...Int64.max
    }
    if !high.isEmpty {
      guard let most = read(high)?.amount, most >= range.lowerBound else { return nil }
      range = range.lowerBound...most
    }
    return range
  }

  /// The longest duration that is understood, in milliseconds: a thousand years.
  private static let longest: Int64 = 1000 * 366 * 86_400_000

  /// Milliseconds from `90s`, `10m`, `1h30m`, `2.5d`, `1w`; what is shown as the same reaches to the
  /// next of its last unit.
  package static func duration(_ text: Substring) -> (amount: Int64, width: Int64)? {
    var sum: Int64 = 0
    var rest = text
    var last: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
      rest = rest.dropFirst(digits.count)
      guard let unit = rest.popFirst().flatMap(unit), let thousandths = thousandths(digits)
      else { return nil }
      let (part, isTooLong) = thousandths.multipliedReportingOverflow(by: unit / 1000)
      guard !isTooLong, part <= longest else { return nil }
      sum += part
      last = unit
      guard sum <= longest else { return nil }
    }
    return last > 0 ? (sum, last - 1) : nil
  }

  private static func unit(_ letter: Character) -> Int64? {
    switch letter {
    case "s", "S": 1000
    case "m", "M": 60_000
    case "h", "H": 3_600_000
    case "d", "D": 86_400_000
    case "w", "W": 604_800_000
    default: nil
    }
  }

  /// `2.5` as 2500; what is smaller than a thousandth is cut off.
  private static func thousandths(_ digits: Substring) -> Int64? {
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, (1...12).contains(whole.count),
      let number = Int64(whole)
    else { return nil }
    guard parts.count == 2 else { return number * 1000 }
    guard let fraction = parts.last, !fraction.isEmpty,
      let tail = Int64(
        fraction.prefix(3) + String(repeating: "0", count: 3 - min(3, fraction.count))
      )
    else { return nil }
    return number * 1000 + tail
  }

  /// Millionths of a credit from `5`, `0.2`.
  static func credits(_ text: Substring) -> (amount: Int64, width: Int64)? {
    guard text.first != ".", text.last != "." else { return nil }
    return Credits(String(text)).map { ($0.microcredits, 0) }
  }
}
