internal import Runs

/// Makes the names of decisions and of runs that we start; fed with randomness from outside, so that
/// tests know what comes.
package struct DecisionSource: Sendable, Equatable {
  private var high: UInt64
  private var low: UInt64

  /// A source from 128 random bits.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A name that nobody else makes: a version 4 UUID.
  package mutating func next() -> String {
    let one = DecisionSource.step(&high) & ~0xF000 | 0x4000
    let two = DecisionSource.step(&low) & ~(3 << 62) | 2 << 62
    let digits = hexadecimal(one) + hexadecimal(two)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  /// SplitMix64: every state leads to another, so names do not repeat.
  private static func step(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  private func hexadecimal(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
