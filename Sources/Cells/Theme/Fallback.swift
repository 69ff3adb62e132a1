extension Color {
  /// The nearest colour that a terminal of the given depth shows; nil where it shows none.
  package func shown(at depth: ColorDepth) -> Color? {
    switch (depth, self) {
    case (.mono, _): nil
    case (_, .terminal), (_, .ansi), (.direct, _), (.palette256, .palette): self
    case (.palette256, .rgb(let red, let green, let blue)):
      best(of: Self.around((red, green, blue))) ?? self
    case (.sixteen, .rgb), (.sixteen, .palette): best(of: candidates(at: depth)) ?? self
    }
  }

  /// The nearest colour of a depth that can be read on a ground; black or white when none can.
  func nearest(at depth: ColorDepth, to contrast: Double, on ground: Color) -> Color {
    let reaches = { (color: Color) in (color.contrast(with: ground) ?? 0) >= contrast }
    let near = candidates(at: depth).filter { reaches($0) && rank($0).hue <= Self.sameHue }
    if let nearest = best(of: near) { return nearest }
    let black = Color.ansi(0)
    return reaches(black) ? black : .ansi(15)
  }

  /// Red, green and blue, as terminals show the colour unless told otherwise; nil for their own.
  package var components: (red: UInt8, green: UInt8, blue: UInt8)? {
    switch self {
    case .terminal: nil
    case .rgb(let red, let green, let blue): (red, green, blue)
    case .ansi(let index): Self.sixteen[Int(index & 15)]
    case .palette(let index): Self.components(ofPalette: index)
    }
  }

  private typealias Components = (red: UInt8, green: UInt8, blue: UInt8)

  /// How near one colour is to another: by hue, then by the rest.
  private struct Rank: Comparable {
    var hue: Int
    var distance: Int

    static func < (one: Rank, other: Rank) -> Bool {
      (one.hue, one.distance) < (other.hue, other.distance)
    }
  }

  /// Degrees of the colour circle beyond which a colour would say something else.
  private static let sameHue = 45

  /// The colours that this one may become.
  private func candidates(at depth: ColorDepth) -> [Color] {
    switch depth {
    case .mono: []
    case .direct, .palette256: (UInt8(16)...255).map { .palette($0) }
    case .sixteen:
      // Bright black, 8, is left out: many a palette makes it the ground's own colour.
      ((UInt8(0)...7).map { .ansi($0) } + (UInt8(9)...15).map { .ansi($0) })
    }
  }

  /// Of the 256, the corners of the cube around a colour, and the greys.
  private static func around(_ color: Components) -> [Color] {
    func corners(_ value: UInt8) -> [UInt8] {
      let above = UInt8(cubeLevels.firstIndex { $0 >= value } ?? 5)
      return above == 0 || cubeLevels[Int(above)] == value ? [above] : [above - 1, above]
    }
    let cube = corners(color.red).flatMap { red in
      corners(color.green).flatMap { green in
        corners(color.blue).map { Color.palette(16 + 36 * red + 6 * green + $0) }
      }
    }
    return cube + (UInt8(232)...255).map { .palette($0) }
  }

  /// The nearest of some colours, the first of equals.
  private func best(of colors: [Color]) -> Color? {
    var best: (color: Color, rank: Rank)?
    for color in colors {
      let rank = rank(color)
      if best.map({ rank < $0.rank }) ?? true { best = (color, rank) }
    }
    return best?.color
  }

  /// How near a colour of a palette is to this one.
  ///
  /// Of sixteen none is near: a tint is its hue before anything else, and what has none is a grey.
  private func rank(_ candidate: Color) -> Rank {
    guard let one = components, let other = candidate.components else {
      return Rank(hue: 0, distance: .max)
    }
    let distance = Self.distance(one, other)
    guard case .ansi = candidate else { return Rank(hue: 0, distance: distance) }
    switch (Self.hue(one), Self.hue(other)) {
    case (nil, nil): return Rank(hue: 0, distance: distance)
    case (let one?, let other?):
      let apart = abs(one - other)
      return Rank(hue: min(apart, 360 - apart), distance: distance)
    case (nil, _?), (_?, nil): return Rank(hue: 180, distance: distance)
    }
  }

  /// The distance as the eye has it, roughly: green counts most, blue least.
  private static func distance(_ one: Components, _ other: Components) -> Int {
    let mean = (Int(one.red) + Int(other.red)) / 2
    let dr = Int(one.red) - Int(other.red)
    let dg = Int(one.green) - Int(other.green)
    let db = Int(one.blue) - Int(other.blue)
    return ((512 + mean) * dr * dr) >> 8 + 4 * dg * dg + ((767 - mean) * db * db) >> 8
  }

  /// The hue in degrees, red at 0; nil for greys and for what is too dark to have one.
  private static func hue(_ color: Components) -> Int? {
    let (red, green, blue) = (Int(color.red), Int(color.green), Int(color.blue))
    let most = max(red, green, blue)
    let spread = most - min(red, green, blue)
    guard spread >= 40, most >= 96 else { return nil }
    let degrees =
      switch most {
      case red: 60 * (green - blue) / spread
      case green: 120 + 60 * (blue - red) / spread
      default: 240 + 60 * (red - green) / spread
      }
    return (degrees + 360) % 360
  }

  /// The sixteen as xterm has them.
  private static let sixteen: [Components] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
    (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255),
    (255, 0, 255), (0, 255, 255), (255, 255, 255),
  ]

  private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  private static func components(ofPalette index: UInt8) -> Components {
    if index < 16 { return sixteen[Int(index)] }
    if index >= 232 {
      let level = (index - 232) * 10 + 8
      return (level, level, level)
    }
    let cube = Int(index) - 16
    return (cubeLevels[cube / 36], cubeLevels[cube / 6 % 6], cubeLevels[cube % 6])
  }
}
