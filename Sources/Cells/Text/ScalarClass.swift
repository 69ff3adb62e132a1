/// What a scalar is to a terminal; the raw values are those of `ScalarTable`.
enum ScalarClass: UInt32 {
  case narrow = 0
  case wide = 1
  /// Drawn on the scalar before it, without a column of its own.
  case mark = 2
  /// C0, DEL, C1, surrogates.
  case control = 3
  /// Not in Unicode 14.0; terminals disagree about its width.
  case unassigned = 4
  /// Formats, bidi controls, tags, line separators, fillers: changes text without being seen.
  case invisible = 5
  case variationSelector = 6
}

extension ScalarClass {
  init(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x7F {
      self = value >= 0x20 ? .narrow : .control
    } else if value >= 0xA1, value < 0x300, value != 0xAD {
      self = .narrow
    } else if value >= 0x2500, value < 0x25A0 {
      self = .narrow
    } else {
      self = Self.lookup(value)
    }
  }

  /// The last range that starts at or before the value.
  private static func lookup(_ value: UInt32) -> ScalarClass {
    let starts = ScalarTable.starts
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] >> 3 <= value { low = middle } else { high = middle }
    }
    return ScalarClass(rawValue: starts[low] & 7) ?? .unassigned
  }
}

/// Widths of single scalars, by the table of Unicode 14.0.
package enum Width {
  /// How many columns a scalar takes when it is drawn by itself: 0, 1 or 2.
  ///
  /// What the sanitiser replaces has the width of the replacement.
  package static func of(_ scalar: Unicode.Scalar) -> Int {
    switch ScalarClass(scalar) {
    case .narrow, .control, .unassigned, .invisible: 1
    case .wide: 2
    case .mark, .variationSelector: 0
    }
  }

  /// Whether the scalar stands in a cell of its own, as it is.
  static func isDrawn(_ scalar: Unicode.Scalar) -> Bool {
    switch ScalarClass(scalar) {
    case .narrow, .wide: true
    case .mark, .control, .unassigned, .invisible, .variationSelector: false
    }
  }
}
