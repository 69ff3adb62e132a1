/// A colour as a theme names it.
package enum Color: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case terminal
  /// One of the terminal's sixteen, 0 to 15.
  case ansi(UInt8)
  /// One of the 256, from 16 on: the cube and the greys.
  case palette(UInt8)
  case rgb(UInt8, UInt8, UInt8)
}

/// How many colours a terminal shows.
package enum ColorDepth: Hashable, Sendable, CaseIterable {
  /// None: bold, underline, reverse and dim only.
  case mono
  case sixteen
  case palette256
  /// Red, green and blue as they are.
  case direct
}

extension Color {
  /// Reads `terminal`, `#rgb`, `#rrggbb`, a number from 0 to 255, or one of the sixteen by name:
  /// `red`, `bright-red`; nil when it is none of them.
  package init?(_ text: String) {
    let lower = text.lowercased()
    if lower == "terminal" {
      self = .terminal
    } else if let index = Self.names.firstIndex(of: lower) {
      self = .ansi(UInt8(index))
    } else if lower.hasPrefix("#") {
      guard let color = Self.hexadecimal(lower.dropFirst()) else { return nil }
      self = color
    } else if let number = UInt8(lower) {
      self = number < 16 ? .ansi(number) : .palette(number)
    } else {
      return nil
    }
  }

  /// The colour as `init(_:)` reads it.
  package var text: String {
    switch self {
    case .terminal: "terminal"
    case .ansi(let index): Self.names[Int(index & 15)]
    case .palette(let index): String(index)
    case .rgb(let red, let green, let blue):
      "#"
        + [red, green, blue].map { value in
          let digits = String(value, radix: 16)
          return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
  }

  /// The sixteen by name, in the order of their numbers.
  static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "bright-black", "bright-red", "bright-green", "bright-yellow",
    "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
  ]

  private static func hexadecimal(_ digits: Substring) -> Color? {
    guard digits.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }),
      let value = UInt32(digits, radix: 16)
    else { return nil }
    switch digits.utf8.count {
    case 3:
      return .rgb(
        UInt8(value >> 8 & 0xF) * 17,
        UInt8(value >> 4 & 0xF) * 17,
        UInt8(value & 0xF) * 17
      )
    case 6:
      return .rgb(UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
    default:
      return nil
    }
  }
}
