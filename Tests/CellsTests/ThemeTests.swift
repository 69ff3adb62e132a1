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
    (.rgb(8, 8, 8), .palette(232), .ansi(0)), (.rgb(128, 128, 128), .palette(244), .ansi(8)),
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
    #expect(text.foreground == .ansi(15))
    #expect(theme.style(Look(.failure, selected: true), depth: .sixteen).reverse)
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
