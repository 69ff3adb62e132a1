import Cells
import JSON
import Shell
import Testing

@Suite struct ThemeVerbTests {
  private let choices = [
    ThemeChoice(name: "midnight", file: nil, isInUse: true),
    ThemeChoice(
      name: "mine",
      file: "/home/ann/.config/command-center/themes/mine.toml",
      isInUse: false,
      mistake: "/home/ann/…/mine.toml: roles.titel is no role; roles.title was meant?"
    ),
    ThemeChoice(name: "pa\u{1B}per", file: "/usr/share/themes/paper.toml", isInUse: false),
  ]

  @Test func `themes are listed with where they are, mistakes a sentence each`() {
    let told = effects(task(.themes(choices)))
    #expect(
      output(told) == """
        THEME             FROM
        midnight  in use  (in the program)
        mine      broken  /home/ann/.config/command-center/themes
        pa\u{FFFD}per            /usr/share/themes

        """
    )
    #expect(
      complaints(told) == ["/home/ann/…/mine.toml: roles.titel is no role; roles.title was meant?"]
    )
    #expect(code(told) == .done)
  }

  @Test func `themes as JSON name the file, the use and the mistake`() throws {
    let list = try JSONValue(parsing: output(effects(task(.themes(choices), form: .json))))
    #expect(list.array?.count == 3)
    #expect(list.array?[0]["file"] == .null)
    #expect(list.array?[0]["in_use"] == true)
    #expect(list.array?[1]["mistake"]?.string?.contains("roles.titel") == true)
  }

  @Test(arguments: [nil, 30, 40, 60, 80, 200], [Glyphs.utf8, .ascii])
  func `a theme is shown on every role but those of dialogs`(
    width: Int?,
    glyphs: Glyphs
  ) throws {
    let told = effects(task(.theme(choices[0], .builtin, glyphs), width: width))
    guard case .paint(let frame, let theme)? = told.first else {
      Issue.record("nothing is painted")
      return
    }
    #expect(theme == .builtin)
    #expect(frame.size.columns == max(40, min(80, width ?? 80)))
    #expect(frame.size.rows == 20)
    let letters = Set(frame.looks().joined().lowercased())
    for role in Role.allCases where ![.dialog, .selection].contains(role) {
      #expect(letters.contains(role.letter), "\(role.rawValue)")
    }
    let drawn = frame.lines().joined()
    #expect(drawn.contains("MCP_TOOL_FAILED"))
    // Whoever writes the frame writes the ellipsis of what is cut in ASCII.
    if glyphs == .ascii, frame.size.columns == 80 { #expect(drawn.utf8.count == drawn.count) }
    #expect(frame.lines().last?.contains("attention") == true)
    #expect(code(told) == .done)
  }

  @Test func `a theme as JSON has every role at every depth`() throws {
    let told = effects(task(.theme(choices[0], .builtin, .utf8), form: .jsonl))
    let value = try JSONValue(parsing: output(told))
    #expect(value["name"] == "midnight")
    let roles = try #require(value["roles"]?.object)
    #expect(roles.count == Role.allCases.count)
    let failure = try #require(roles["failure"])
    #expect(failure["rgb"]?["fg"] == "#ff8585")
    #expect(failure["rgb"]?["bg"] == "#12161f")
    #expect(failure["256"]?["fg"] == "210")
    #expect(failure["16"]?["fg"] == "bright-red")
    #expect(failure["16"]?["bold"] == true)
    #expect(failure["mono"]?["fg"] == .null)
    #expect(failure["mono"]?["underline"] == true)
  }
}
