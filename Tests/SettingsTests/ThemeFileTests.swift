import Cells
import Settings
import Testing

@Suite struct ThemeFileTests {
  private static let paper = """
    [palette]
    ink = "#000000"
    sheet = 255
    [roles]
    text = { fg = "ink", bg = "sheet" }
    title = { bold = true }
    """

  @Test func `a theme is read with its palette and roles`() throws {
    let folder = try Folder()
    try folder.write(ThemeFileTests.paper, to: "paper.toml")
    let (theme, mistake) = ThemeFile.load("paper", folders: [folder.path])
    #expect(mistake == nil)
    #expect(theme.name == "paper")
    #expect(theme.styles[.text]?.foreground == .rgb(0, 0, 0))
    #expect(theme.styles[.text]?.background == .palette(255))
    #expect(theme.styles[.title]?.bold == true)
  }

  @Test func `a theme inherits, and one of a shipped name builds on the shipped one`() throws {
    let own = try Folder()
    let shipped = try Folder()
    try shipped.write(ThemeFileTests.paper, to: "paper.toml")
    try own.write(
      "inherits = \"paper\"\n[palette]\nink = \"#112233\"",
      to: "paper.toml"
    )
    try own.write("inherits = \"paper\"\n[roles.title]\nunderline = true", to: "mine.toml")
    let (theme, mistake) = ThemeFile.load("mine", folders: [own.path, shipped.path])
    #expect(mistake == nil)
    #expect(theme.styles[.text]?.foreground == .rgb(0x11, 0x22, 0x33))
    #expect(theme.styles[.title]?.bold == true)
    #expect(theme.styles[.title]?.underline == true)
  }

  @Test func `without any file midnight is compiled in`() {
    let (theme, mistake) = ThemeFile.load("midnight", folders: ["/nowhere"])
    #expect(theme == .builtin)
    #expect(mistake == nil)
  }

  @Test(arguments: [
    ("[roles]\ntitel = {}", "FILE: roles.titel is no role; roles.title was meant?"),
    ("[roles]\nqqq = {}", "FILE: roles.qqq is no role; the roles are text, "),
    ("[roles]\ntext = \"ink\"", "FILE: roles.text is a text; write a table"),
    ("[roles.text]\nfgg = \"red\"", "FILE: roles.text.fgg is no setting; roles.text.fg was meant?"),
    ("[roles.text]\nfg = \"inkk\"", "FILE: roles.text.fg: \"inkk\" is no colour: "),
    (
      "[palette]\nink = 0\n[roles.text]\nfg = \"inkk\"",
      "FILE: roles.text.fg: \"inkk\" is no colour; ink was meant?"
    ),
    ("[roles.text]\nfg = \"gren\"", "FILE: roles.text.fg: \"gren\" is no colour; green was meant?"),
    ("[roles.text]\nfg = \"\"", "FILE: roles.text.fg is empty; "),
    ("[roles.text]\nmono = 1", "FILE: roles.text.mono is a whole number; write a table"),
    ("[roles.text.mono]\nblod = true", "FILE: roles.text.mono.blod is no setting; "),
    ("[palette]\nink = { 16 = 3 }", "FILE: palette.ink.rgb is missing; "),
    (
      "[palette]\nink = { rgb = 3, 16 = 40 }", "FILE: palette.ink.16: \"40\" is none of the sixteen"
    ),
    ("[palette]\nink = { rgb = 3, 256 = \"#fff\" }", "FILE: palette.ink.256: \"#fff\" is none of "),
    ("[palette]\nink = { rgb = 3, hex = 40 }", "FILE: palette.ink.hex is no setting; "),
    ("[palette]\nink = true", "FILE: palette.ink is true or false; "),
    ("palette = 3", "FILE: palette is a whole number; write a table"),
    ("roles = []", "FILE: roles is a list; write a table"),
    ("inherits = 3", "FILE: inherits is a whole number; write a text in quotes"),
    ("[roles.text]\nbold = 1", "FILE: roles.text.bold is a whole number; write true or false"),
    ("[palette]\nink = \"nothing\"", "FILE: palette.ink: \"nothing\" is no colour: "),
    ("palete = 1", "FILE: palete is no setting; palette was meant?"),
    ("inherits = \"x\"\n[roles", "FILE, line 2, column "),
    ("inherits = \"wrong\"", "FILE: inherits: there is no theme wrong; "),
    ("inherits = \"../etc\"", "FILE: ../etc is no name of a theme; "),
  ])
  func `a wrong theme is one sentence and the built-in theme`(
    text: String,
    wanted: String
  ) throws {
    let folder = try Folder()
    let file = try folder.write(text, to: "wrong.toml")
    let (theme, mistake) = ThemeFile.load("wrong", folders: [folder.path])
    #expect(theme == .builtin)
    let said = try #require(mistake?.sentence)
    #expect(said.hasPrefix(wanted.replacing("FILE", with: file)), "\(said)")
  }

  @Test func `themes that inherit in a circle are refused`() throws {
    let folder = try Folder()
    try folder.write("inherits = \"b\"", to: "a.toml")
    try folder.write("inherits = \"a\"", to: "b.toml")
    let (theme, mistake) = ThemeFile.load("a", folders: [folder.path])
    #expect(theme == .builtin)
    #expect(
      mistake?.sentence
        == "\(folder.path)/a.toml: inherits from itself: a, which inherits b, which inherits a; "
        + "take one inherits out"
    )
    try folder.write("inherits = \"self\"", to: "self.toml")
    let alone = ThemeFile.load("self", folders: [folder.path, folder.path]).mistake
    #expect(alone?.sentence.contains("inherits from itself: self, which inherits self") == true)
  }

  @Test func `themes that inherit through many are refused, nine are not too few`() throws {
    let folder = try Folder()
    try folder.write("inherits = \"midnight\"", to: "t0.toml")
    for number in 1...9 { try folder.write("inherits = \"t\(number - 1)\"", to: "t\(number).toml") }
    #expect(ThemeFile.load("t7", folders: [folder.path]).mistake == nil)
    #expect(
      ThemeFile.load("t9", folders: [folder.path]).mistake?.sentence
        == "\(folder.path)/t9.toml: inherits through more than 8 themes"
    )
  }

  @Test func `what is too long, no file, or no text is said`() throws {
    let folder = try Folder()
    let long = try folder.write(
      String(repeating: "# nothing\n", count: 30_000),
      to: "long.toml"
    )
    #expect(
      ThemeFile.load("long", folders: [folder.path]).mistake?.sentence
        == "\(long): is longer than 256 KiB; this is not the file that is meant"
    )
    let inner = try folder.write("x", to: "sub.toml/x")
    #expect(
      ThemeFile.load("sub", folders: [folder.path]).mistake?.sentence.hasSuffix("is no file")
        == true,
      "\(inner)"
    )
  }

  @Test func `what may be chosen is listed, with where it is and what is wrong`() throws {
    let own = try Folder()
    let shipped = try Folder()
    try shipped.write(ThemeFileTests.paper, to: "paper.toml")
    try shipped.write("no", to: "notes.txt")
    let mine = try own.write("inherits = \"paper\"", to: "paper.toml")
    let broken = try own.write("[roles]\ntitel = {}", to: "broken.toml")
    let folders = [own.path, "/nowhere", shipped.path]
    #expect(ThemeFile.names(folders: folders) == ["broken", "midnight", "paper"])
    let all = ThemeFile.all(folders: folders)
    #expect(all.map(\.name) == ["broken", "midnight", "paper"])
    #expect(all.map(\.file) == [broken, nil, mine])
    #expect(throws: Mistake(broken, "roles.titel is no role; roles.title was meant?")) {
      try all[0].theme.get()
    }
    #expect(try all[1].theme.get() == .builtin)
    #expect(try all[2].theme.get().name == "paper")
    #expect(throws: Mistake.self) { try ThemeFile.theme("broken", folders: folders) }
  }

  @Test func `a theme that is not there is said with the ones that are`() throws {
    let folder = try Folder()
    try folder.write(ThemeFileTests.paper, to: "paper.toml")
    #expect(
      ThemeFile.load("papr", folders: [folder.path]).mistake?.sentence
        == "there is no theme papr; paper was meant?"
    )
    #expect(
      ThemeFile.load("sunshine", folders: [folder.path]).mistake?.sentence
        == "there is no theme sunshine; there are midnight, paper"
    )
  }
}
