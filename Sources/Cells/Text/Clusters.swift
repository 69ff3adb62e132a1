/// What stands in one cell: a scalar of one or two columns and up to three combining marks.
struct Cluster {
  var scalar: Unicode.Scalar
  var marks: UInt64 = 0
  var width: Int

  static let blank = Cluster(scalar: " ", width: 1)
  /// The visible mark for what was taken out.
  static let replacement = Cluster(scalar: "\u{FFFD}", width: 1)
  /// The visible mark for a line break inside of one line.
  static let lineBreak = Cluster(scalar: "\u{21B5}", width: 1)
  /// The visible mark for a tab.
  static let tab = Cluster(scalar: "\u{21E5}", width: 1)
}

/// The one sanitiser: cuts foreign text into clusters that are safe to draw.
///
/// - Controls, bidi controls, zero-width characters, tags, fillers and what came after Unicode 14.0
///   become U+FFFD, a run of them one.
/// - A line break becomes ↵, a tab ⇥.
/// - A fourth combining mark on one character becomes U+FFFD, together with those behind it.
/// - What is writing is taken out without a trace: one variation selector behind its character, a
///   joiner between two characters of a script that joins, a skin tone behind an emoji. Terminals
///   disagree about their widths; what stays is what they join.
/// - Regional indicators become the letters they stand for.
///
/// Sanitised text passes unchanged.
struct Clusters: Sequence, IteratorProtocol {
  private var scalars: String.UnicodeScalarView.Iterator
  private var pending: Unicode.Scalar?
  /// The cluster given last was a replacement; another one is not given.
  private var replaced = false
  /// Something was taken out behind the cluster given last.
  private var owesReplacement = false

  /// Line breaks and tabs are given as they are.
  private let keepsLines: Bool

  init(_ text: String, keepsLines: Bool = false) {
    self.keepsLines = keepsLines
    scalars = text.unicodeScalars.makeIterator()
    pending = scalars.next()
  }

  mutating func next() -> Cluster? {
    if owesReplacement {
      owesReplacement = false
      replaced = true
      return .replacement
    }
    while let scalar = pending {
      pending = scalars.next()
      // Nearly all text: printable ASCII before printable ASCII.
      if scalar.value >= 0x20, scalar.value < 0x7F, (pending?.value ?? 0x20) < 0x7F {
        replaced = false
        return Cluster(scalar: scalar, width: 1)
      }
      guard let cluster = cluster(from: scalar) else { continue }
      let isReplacement = cluster.scalar == "\u{FFFD}" && cluster.marks == 0
      if isReplacement, replaced { continue }
      replaced = isReplacement
      return cluster
    }
    return nil
  }

  /// The cluster that begins with a scalar.
  private mutating func cluster(from scalar: Unicode.Scalar) -> Cluster? {
    if let special = special(scalar) { return special }
    switch ScalarClass(scalar) {
    case .control, .unassigned, .invisible, .mark, .variationSelector:
      return .replacement
    case .narrow:
      var cluster = Cluster(scalar: Self.letter(ofRegionalIndicator: scalar) ?? scalar, width: 1)
      if scalar != "\u{FFFD}" { absorb(into: &cluster) }
      return cluster
    case .wide:
      if Self.isSkinTone(scalar) { return .replacement }
      var cluster = Cluster(scalar: scalar, width: 2)
      absorb(into: &cluster)
      return cluster
    }
  }

  /// Tabs and line breaks.
  private mutating func special(_ scalar: Unicode.Scalar) -> Cluster? {
    switch scalar {
    case "\t":
      return keepsLines ? Cluster(scalar: "\t", width: 0) : .tab
    case "\r":
      if pending == "\n" { pending = scalars.next() }
      return keepsLines ? Cluster(scalar: "\n", width: 0) : .lineBreak
    case "\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}":
      return keepsLines ? Cluster(scalar: "\n", width: 0) : .lineBreak
    default:
      return nil
    }
  }

  /// Takes what belongs to the cluster's character: marks, and what is dropped without a trace.
  private mutating func absorb(into cluster: inout Cluster) {
    var selectors = 0
    var tones = 0
    while let scalar = pending, scalar.value >= 0x300 {
      switch ScalarClass(scalar) {
      case .mark:
        guard cluster.marks >> 42 == 0 else { return }
        let shift: UInt64 = cluster.marks == 0 ? 0 : cluster.marks >> 21 == 0 ? 21 : 42
        cluster.marks |= UInt64(scalar.value) << shift
      case .variationSelector where selectors == 0 && cluster.scalar != " ":
        selectors = 1
      case .wide where Self.isSkinTone(scalar) && tones == 0 && cluster.scalar.value >= 0x2600:
        tones = 1
      case .invisible where Self.isJoiner(scalar) && cluster.scalar.value >= 0x590:
        pending = scalars.next()
        // A joiner with nothing to join behind it hides something: it leaves its mark.
        owesReplacement = !Self.joins(pending)
        return
      default:
        return
      }
      pending = scalars.next()
    }
  }

  /// Whether a joiner before the scalar is part of the writing.
  private static func joins(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.value >= 0x590, !isSkinTone(scalar) else { return false }
    return Width.isDrawn(scalar)
  }

  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{200C}" || scalar == "\u{200D}"
  }

  private static func isSkinTone(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x1F3FB && scalar.value <= 0x1F3FF
  }

  /// The letter that a regional indicator stands for; two of them name a flag.
  private static func letter(ofRegionalIndicator scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard scalar.value >= 0x1F1E6, scalar.value <= 0x1F1FF else { return nil }
    return Unicode.Scalar(scalar.value - 0x1F1E6 + 0x41)
  }

  /// A character to fill a rectangle with: one column, else a blank.
  static func fill(_ character: Character) -> Cluster {
    var clusters = Clusters(String(character))
    guard let cluster = clusters.next(), cluster.width == 1 else { return .blank }
    return cluster
  }
}

extension Cluster {
  /// Appends the scalar and its marks.
  func write(to text: inout String) {
    text.unicodeScalars.append(scalar)
    var rest = marks
    while rest != 0 {
      if let mark = Unicode.Scalar(UInt32(rest & 0x1F_FFFF)) { text.unicodeScalars.append(mark) }
      rest >>= 21
    }
  }
}
