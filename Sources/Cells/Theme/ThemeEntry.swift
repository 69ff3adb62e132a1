/// What a theme file says about one role; nil where it says nothing.
package struct ThemeEntry: Hashable, Sendable {
  /// Attributes without colours.
  package struct Marks: Hashable, Sendable {
    package var bold: Bool?
    package var underline: Bool?
    package var reverse: Bool?
    package var dim: Bool?

    package init(
      bold: Bool? = nil,
      underline: Bool? = nil,
      reverse: Bool? = nil,
      dim: Bool? = nil
    ) {
      self.bold = bold
      self.underline = underline
      self.reverse = reverse
      self.dim = dim
    }

    /// The marks with their gaps filled from others.
    func inheriting(from parent: Marks?) -> Marks {
      Marks(
        bold: bold ?? parent?.bold,
        underline: underline ?? parent?.underline,
        reverse: reverse ?? parent?.reverse,
        dim: dim ?? parent?.dim
      )
    }
  }

  /// A name of the palette, or a colour as `Color.init(_:)` reads it.
  package var foreground: String?
  package var background: String?
  package var marks: Marks
  /// The marks where there are no colours.
  package var mono: Marks

  package init(
    foreground: String? = nil,
    background: String? = nil,
    bold: Bool? = nil,
    underline: Bool? = nil,
    reverse: Bool? = nil,
    dim: Bool? = nil,
    mono: Marks = Marks()
  ) {
    self.foreground = foreground
    self.background = background
    marks = Marks(bold: bold, underline: underline, reverse: reverse, dim: dim)
    self.mono = mono
  }

  /// The entry with its gaps filled from the one it inherits from.
  func inheriting(from parent: ThemeEntry?) -> ThemeEntry {
    guard let parent else { return self }
    var entry = self
    entry.foreground = foreground ?? parent.foreground
    entry.background = background ?? parent.background
    entry.marks = marks.inheriting(from: parent.marks)
    entry.mono = mono.inheriting(from: parent.mono)
    return entry
  }
}

/// A colour of a theme's palette, and what stands for it where there are fewer colours.
package struct Shade: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The colour, as `Color.init(_:)` reads it.
  package var own: String
  /// A colour of the 256; nil takes the nearest.
  package var on256: String?
  /// A colour of the sixteen; nil takes the nearest.
  package var on16: String?

  package init(_ own: String, on256: String? = nil, on16: String? = nil) {
    self.own = own
    self.on256 = on256
    self.on16 = on16
  }

  package init(stringLiteral text: String) { self.init(text) }

  /// The colour that is given for a depth; nil where it is computed or cannot be read.
  func given(at depth: ColorDepth) -> Color? {
    switch depth {
    case .mono, .direct: nil
    case .palette256: on256.flatMap { Color($0) }
    case .sixteen: on16.flatMap { Color($0) }
    }
  }
}

/// Something in a theme that could not be used; the rest of the theme still is.
package struct ThemeMistake: Hashable, Sendable {
  /// What the word should have been.
  package enum Kind: Hashable, Sendable {
    case role
    case color
  }

  package var kind: Kind
  /// The key path in the file: `roles.title.fg`, `palette.sky`.
  package var path: String
  /// What is wrong there and what to do.
  package var sentence: String
  /// The word that means nothing.
  package var word: String
  /// What it may have been meant to be.
  package var known: [String]
}

extension Role {
  /// What sets the role apart where there are no colours and the theme does not say it.
  ///
  /// The bar needs none: what cannot be told from the ground is reversed.
  var marks: ThemeEntry.Marks {
    switch self {
    case .title, .tabActive, .section, .key, .attention, .warning: .init(bold: true)
    case .failure: .init(bold: true, underline: true)
    case .faint: .init(dim: true)
    case .field: .init(underline: true)
    case .text, .secondary, .chrome, .tab, .accent, .draining, .running, .paused, .queued, .success,
      .stopped, .selection, .dialog:
      .init()
    }
  }
}
