import Cells
import Testing

@Suite struct ThemeTests {
  private static let looks: [Look] = Role.allCases.flatMap { role in
    [false, true].flatMap { selected in
      [false, true].map { Look(role, selected: selected, dimmed: $0) }
    }
  }

  @Test(arguments: ColorDepth.allCases)
  func `every look has a style that the depth can show`(depth: ColorDepth) {
    for look in Self.looks {
      let style = Theme.builtin.style(look, depth: depth)
      for color in [style.foreground, style.background] {
        #expect(isShown(color, at: depth), "\(look.role) \(String(describing: color))")
      }
      if let foreground = style.foreground, foreground != .terminal {
        #expect(foreground != style.background, "\(look.role) cannot be read")
      }
      let plain = Theme.builtin.style(Look(look.role, dimmed: look.dimmed), depth: depth)
      if look.selected { #expect(style != plain, "\(look.role) does not look selected") }
    }
  }

  private func isShown(_ color: Color?, at depth: ColorDepth) -> Bool {
    switch (depth, color) {
    case (.mono, let color): color == nil
    case (_, nil), (_, .terminal), (_, .ansi), (.direct, _): true
    case (.palette256, .palette): true
    case (.palette256, _), (.sixteen, _): false
    }
  }

  @Test func `roles can be told apart without colours`() {
    let mono = ColorDepth.mono
    let builtin = Theme.builtin
    #expect(builtin.style(Look(.text, selected: true), depth: mono).reverse)
    #expect(builtin.style(Look(.text, dimmed: true), depth: mono).dim)
    #expect(builtin.style(.attention, depth: mono).bold)
    #expect(builtin.style(.field, depth: mono).underline)
    #expect(builtin.style(Look(.text, bold: true, underlined: true), depth: mono).bold)
    #expect(builtin.style(Look(.text, bold: true, underlined: true), depth: mono).underline)
  }

  @Test func `a selected row keeps its colours on the bar`() throws {
    let builtin = Theme.builtin
    let bar = try #require(builtin.styles[.selection]?.background)
    for role in Role.allCases {
      let style = builtin.style(Look(role, selected: true), depth: .direct)
      #expect(style.background == bar)
    }
    #expect(
      builtin.style(Look(.failure, selected: true), depth: .direct).foreground
        == builtin.styles[.failure]?.foreground
    )
  }

  @Test(arguments: [
    ("#ff0000", Color.rgb(255, 0, 0)), ("#F80", .rgb(255, 136, 0)), ("terminal", .terminal),
    ("red", .ansi(1)), ("Bright-White", .ansi(15)), ("0", .ansi(0)), ("16", .palette(16)),
    ("255", .palette(255)),
  ])
  func `colours are read as they are written`(text: String, color: Color) {
    #expect(Color(text) == color)
    #expect(Color(color.text) == color)
  }

  @Test(arguments: [
    "", "#", "#12", "#12345", "#ggg", "#+12345", "256", "-1", "reddish", "#12345678",
  ])
  func `what is no colour is none`(text: String) {
    #expect(Color(text) == nil)
  }

  @Test(arguments: [
    (Color.rgb(255, 0, 0), Color.palette(196), Color.ansi(9)),
    (.rgb(0, 0, 0), .palette(16), .ansi(0)), (.rgb(255, 255, 255), .palette(231), .ansi(15)),
    (.rgb(8, 8, 8), .palette(232), .ansi(0)), (.rgb(170, 170, 170), .palette(248), .ansi(7)),
    // A tint keeps its hue: coral is red, leaf green, violet magenta or blue, never yellow.
    (.rgb(0xff, 0x85, 0x85), .palette(210), .ansi(9)),
    (.rgb(0x8f, 0xd0, 0x7f), .palette(114), .ansi(2)),
    (.rgb(0xf5, 0xb9, 0x5f), .palette(215), .ansi(3)),
    (.rgb(0, 0, 200), .palette(20), .ansi(4)), (.palette(46), .palette(46), .ansi(10)),
    (.ansi(3), .ansi(3), .ansi(3)), (.terminal, .terminal, .terminal),
  ])
  func `a colour falls back to the nearest one`(color: Color, on256: Color, on16: Color) {
    #expect(color.shown(at: .direct) == color)
    #expect(color.shown(at: .palette256) == on256)
    #expect(color.shown(at: .sixteen) == on16)
    #expect(color.shown(at: .mono) == nil)
  }

  @Test func `a theme inherits what it does not say`() {
    let parent = Theme.resolve(
      name: "parent",
      roles: [
        "text": ThemeEntry(foreground: "ink", background: "paper"),
        "title": ThemeEntry(foreground: "ink", bold: true),
        "accent": ThemeEntry(foreground: "blue"),
      ],
      palette: ["ink": "#000000", "paper": "#ffffff"]
    )
    #expect(parent.mistakes == [])
    let child = Theme.resolve(
      name: "child",
      roles: ["title": ThemeEntry(underline: true)],
      palette: ["ink": "#222222"],
      parent: parent.theme
    )
    #expect(child.mistakes == [])
    let theme = child.theme
    #expect(theme.name == "child")
    #expect(theme.styles[.text]?.foreground == .rgb(0x22, 0x22, 0x22))
    #expect(theme.styles[.text]?.background == .rgb(255, 255, 255))
    #expect(theme.styles[.title]?.bold == true)
    #expect(theme.styles[.title]?.underline == true)
    #expect(theme.styles[.accent]?.foreground == .ansi(4))
    // What nobody says looks like text.
    #expect(theme.styles[.failure] == theme.styles[.text])
    #expect(Set(theme.styles.keys) == Set(Role.allCases))
  }

  @Test func `mistakes in a theme are told and cost only themselves`() {
    let resolved = Theme.resolve(
      name: "odd",
      roles: [
        "titel": ThemeEntry(foreground: "red"),
        "title": ThemeEntry(foreground: "no\u{1B}such", background: "black", bold: true),
      ],
      palette: ["sky": "blu", "sea": "#005577"]
    )
    #expect(resolved.mistakes.map(\.path) == ["palette.sky", "roles.titel", "roles.title.fg"])
    #expect(resolved.mistakes[0].sentence.hasPrefix("\"blu\" is no colour: write #rrggbb"))
    #expect(resolved.mistakes[1].sentence.contains("tab-active"))
    #expect(resolved.mistakes.map(\.word) == ["blu", "titel", "no\u{1B}such"])
    #expect(resolved.mistakes.map(\.kind) == [.color, .role, .color])
    #expect(resolved.mistakes[2].known.contains("sea"))
    #expect(resolved.mistakes[2].sentence.contains("no\u{FFFD}such"))
    let title = resolved.theme.styles[.title]
    #expect(title == Style(background: .ansi(0), bold: true))
  }

  @Test func `where two colours fall into one, text stays readable and the bar visible`() {
    let theme = Theme.resolve(
      name: "tight",
      roles: [
        "text": ThemeEntry(foreground: "#101010", background: "#050505"),
        "selection": ThemeEntry(background: "#080808"),
      ],
      palette: [:]
    ).theme
    let text = theme.style(.text, depth: .sixteen)
    #expect(text.background == .ansi(0))
    #expect(text.foreground == .ansi(7))
    #expect(theme.style(Look(.failure, selected: true), depth: .sixteen).reverse)
  }

  @Test(arguments: [
    (Color.rgb(0, 0, 0), Color.rgb(255, 255, 255), 21.0),
    (.rgb(0x77, 0x77, 0x77), .rgb(255, 255, 255), 4.478),
    (.rgb(0, 0, 255), .rgb(255, 255, 255), 8.592), (.ansi(1), .ansi(0), 3.596),
    (.rgb(9, 9, 9), .rgb(9, 9, 9), 1),
  ])
  func `contrast is what WCAG computes`(one: Color, other: Color, wanted: Double) throws {
    let contrast = try #require(one.contrast(with: other))
    #expect(abs(contrast - wanted) < 0.001)
    #expect(one.contrast(with: other) == other.contrast(with: one))
    #expect(Color.terminal.contrast(with: one) == nil)
  }

  @Test func `a fallback is as readable as the theme meant it, in the nearest hue that is`() {
    let theme = Theme.resolve(
      name: "light",
      roles: [
        "text": ThemeEntry(foreground: "#202020", background: "#ffffff"),
        "running": ThemeEntry(foreground: "#0c6570"), "success": ThemeEntry(foreground: "#2c6b1f"),
        "failure": ThemeEntry(foreground: "#b3202a"), "faint": ThemeEntry(foreground: "#eeeeee"),
      ],
      palette: [:]
    ).theme
    // Cyan and green cannot be read on white; what is near in hue cannot either.
    #expect(theme.style(.running, depth: .sixteen).foreground == .ansi(0))
    #expect(theme.style(.success, depth: .sixteen).foreground == .ansi(0))
    #expect(theme.style(.failure, depth: .sixteen).foreground == .ansi(1))
    // What cannot be read in the theme's own colours is the theme's own doing.
    let faint = theme.style(.faint, depth: .palette256)
    #expect(faint.foreground == .palette(255))
  }

  @Test func `a palette may say itself what stands for a colour`() {
    let parent = Theme.resolve(
      name: "parent",
      roles: [
        "text": ThemeEntry(foreground: "#dddddd", background: "#000000"),
        "running": ThemeEntry(foreground: "sea"),
      ],
      palette: ["sea": Shade("#00a0a0", on256: "51", on16: "bright-blue")]
    )
    #expect(parent.mistakes == [])
    #expect(parent.theme.style(.running, depth: .direct).foreground == .rgb(0, 160, 160))
    #expect(parent.theme.style(.running, depth: .palette256).foreground == .palette(51))
    // Bright blue is a little too dark on black: the nearest hue that is not.
    #expect(parent.theme.style(.running, depth: .sixteen).foreground != .ansi(4))
    let child = Theme.resolve(
      name: "child",
      roles: [:],
      palette: ["sea": "#00ff00"],
      parent: parent.theme
    ).theme
    #expect(child.style(.running, depth: .sixteen).foreground == .ansi(10))
    let odd = Theme.resolve(
      name: "odd",
      roles: [:],
      palette: ["a": Shade("red", on256: "#123456"), "b": Shade("red", on16: "200")]
    )
    #expect(odd.mistakes.map(\.path) == ["palette.a.256", "palette.b.16"])
  }

  @Test func `without colours roles are set apart, and a theme may say how`() {
    let plain = Theme.resolve(
      name: "plain",
      roles: ["paused": ThemeEntry(mono: .init(underline: true))],
      palette: [:]
    ).theme
    let style = { (role: Role) in plain.style(Look(role), depth: .mono) }
    #expect(style(.attention) == Style(bold: true))
    #expect(style(.failure) == Style(bold: true, underline: true))
    #expect(style(.faint) == Style(dim: true))
    #expect(style(.paused) == Style(underline: true))
    #expect(plain.style(.paused, depth: .sixteen).underline == false)
    let other = Theme.resolve(
      name: "other",
      roles: ["failure": ThemeEntry(mono: .init(bold: false))],
      palette: [:],
      parent: plain
    ).theme
    #expect(other.style(.failure, depth: .mono) == Style(underline: true))
    #expect(other.style(.paused, depth: .mono).underline)
  }

  @Test func `every sign has an ASCII twin of one column`() {
    for (sign, twin) in zip(Glyphs.utf8.all, Glyphs.ascii.all) {
      #expect(Text.width(String(sign)) == 1)
      #expect(twin.isASCII)
      #expect(sign.unicodeScalars.map(Glyphs.asciiTwin) == Array(twin.unicodeScalars))
    }
    #expect(Glyphs.asciiTwin(of: "漢") == "?")
    #expect(Glyphs.asciiTwin(of: "x") == "x")
  }
}
