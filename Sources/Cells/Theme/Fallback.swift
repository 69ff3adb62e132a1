extension Color {
  /// The nearest colour that a terminal of the given depth shows; nil where it shows none.
  package func shown(at depth: ColorDepth) -> Color? {
    switch (depth, self) {
    case (.mono, _): nil
    case (_, .terminal), (_, .ansi), (.direct, _), (.palette256, .palette): self
    case (.palette256, .rgb(let red, let green, let blue)):
      .palette(Self.nearest256(Components(red, green, blue)))
    case (.sixteen, .rgb(let red, let green, let blue)):
      .ansi(Self.nearest16(Components(red, green, blue)))
    case (.sixteen, .palette(let index)): .ansi(Self.nearest16(Self.components(ofPalette: index)))
    }
  }

  /// Red, green and blue, as terminals show the colour unless told otherwise; nil for their own.
  package var components: (red: UInt8, green: UInt8, blue: UInt8)? {
    let parts: Components
    switch self {
    case .terminal: return nil
    case .rgb(let red, let green, let blue): return (red, green, blue)
    case .ansi(let index): parts = Self.sixteen[Int(index & 15)]
    case .palette(let index): parts = Self.components(ofPalette: index)
    }
    return (UInt8(parts.red), UInt8(parts.green), UInt8(parts.blue))
  }

  private struct Components {
    var red: Int
    var green: Int
    var blue: Int

    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      self.red = Int(red)
      self.green = Int(green)
      self.blue = Int(blue)
    }

    /// The distance as the eye has it, roughly: green counts most, blue least.
    func distance(to other: Components) -> Int {
      let mean = (red + other.red) / 2
      let dr = red - other.red
      let dg = green - other.green
      let db = blue - other.blue
      return ((512 + mean) * dr * dr) >> 8 + 4 * dg * dg + ((767 - mean) * db * db) >> 8
    }
  }

  /// The sixteen as xterm has them.
  private static let sixteen: [Components] = [
    Components(0, 0, 0), Components(205, 0, 0), Components(0, 205, 0), Components(205, 205, 0),
    Components(0, 0, 238), Components(205, 0, 205), Components(0, 205, 205),
    Components(229, 229, 229), Components(127, 127, 127), Components(255, 0, 0),
    Components(0, 255, 0), Components(255, 255, 0), Components(92, 92, 255),
    Components(255, 0, 255), Components(0, 255, 255), Components(255, 255, 255),
  ]

  private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  private static func components(ofPalette index: UInt8) -> Components {
    if index < 16 { return sixteen[Int(index)] }
    if index >= 232 {
      let level = (index - 232) * 10 + 8
      return Components(level, level, level)
    }
    let cube = Int(index) - 16
    return Components(cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
  }

  private static func nearest256(_ color: Components) -> UInt8 {
    var best: UInt8 = 16
    var distance = Int.max
    for index in UInt8(16)...255 {
      let candidate = components(ofPalette: index).distance(to: color)
      if candidate < distance {
        distance = candidate
        best = index
      }
    }
    return best
  }

  private static func nearest16(_ color: Components) -> UInt8 {
    // A tint is a hue before it is a lightness: of the greys only real greys make use.
    let spread =
      max(color.red, color.green, color.blue) - min(color.red, color.green, color.blue)
    var best: UInt8 = 0
    var distance = Int.max
    for (index, candidate) in sixteen.enumerated() {
      let isGrey = candidate.red == candidate.green && candidate.green == candidate.blue
      if spread > 64, isGrey { continue }
      let next = candidate.distance(to: color)
      if next < distance {
        distance = next
        best = UInt8(index)
      }
    }
    return best
  }
}
