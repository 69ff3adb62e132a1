/// A number that keeps its text, so that `420.00` and 64-bit integers survive a round trip.
package struct JSONNumber: Sendable, Hashable {
  /// The number as JSON wrote it; always a valid JSON number.
  package let text: String

  init(unchecked text: String) {
    self.text = text
  }

  /// A number from text, or nil when the text is not a JSON number.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    var at = 0
    guard let number = try? JSONScanner.number(bytes.span, &at), at == bytes.count else {
      return nil
    }
    self = number
  }

  /// A whole number.
  package init(_ value: Int) {
    text = String(value)
  }

  /// The value as a whole number, or nil when it has a fraction or does not fit.
  package var int: Int? {
    if let value = Int(text) { return value }
    guard let double = Double(text), double.rounded() == double, abs(double) < 9e15 else {
      return nil
    }
    return Int(double)
  }

  /// The value as a binary floating-point number, nearest to the text.
  package var double: Double {
    Double(text) ?? .nan
  }
}
