/// Amounts as a sentence says them.
enum Words {
  /// `300 ms`, `5 s`, `1.5 s`.
  static func duration(_ milliseconds: Int) -> String {
    guard milliseconds >= 1_000 else { return "\(milliseconds) ms" }
    let tenths = milliseconds % 1_000 / 100
    return tenths == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds / 1_000).\(tenths) s"
  }

  /// `512 bytes`, `64 kB`, `32 MB`, by the powers of 1024 that limits are made of.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<(1 << 10): "\(count) bytes"
    case ..<(1 << 20): "\(count >> 10) kB"
    default: "\(count >> 20) MB"
    }
  }
}
