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
    ("[roles]\ntxt = {}", "FILE: roles.txt: There is no role of this name; the roles are text, "),
    ("[roles]\ntext = \"ink\"", "FILE: roles.text is a text; write a table"),
    ("[roles.text]\nfgg = \"red\"", "FILE: roles.text.fgg is no setting; roles.text.fg was meant?"),
    ("[roles.text]\nfg = \"inkk\"", "FILE: roles.text.fg: \"inkk\" is no colour: "),
    ("[roles.text]\nbold = 1", "FILE: roles.text.bold is a whole number; write true or false"),
    ("[palette]\nink = \"nothing\"", "FILE: palette.ink: \"nothing\" is no colour: "),
    ("palete = 1", "FILE: palete is no setting; palette was meant?"),
    ("inherits = \"x\"\n[roles", "FILE, line 2, column "),
    ("inherits = \"wrong\"", "there is no theme wrong; "),
    ("inherits = \"../etc\"", "../etc is no name of a theme; "),
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
    #expect(mistake?.sentence.contains("inherits from itself") == true)
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
