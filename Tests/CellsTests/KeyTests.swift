import Cells
import Testing

@Suite struct KeyTests {
  @Test(
    arguments: [
      ("a", Key("a"), "a"), ("G", Key("G"), "G"), ("?", Key("?"), "?"), ("+", Key("+"), "+"),
      ("-", Key("-"), "-"), ("é", Key("é"), "é"), ("f", Key("f"), "f"),
      ("space", Key(" "), "space"), (" ", Key(" "), "space"),
      ("ctrl-d", Key(.character("d"), control: true), "Ctrl-d"),
      ("Ctrl-D", Key(.character("d"), control: true), "Ctrl-d"),
      ("ctrl--", Key(.character("-"), control: true), "Ctrl--"),
      ("alt-x", Key(.character("x"), alt: true), "Alt-x"),
      ("ctrl-alt-x", Key(.character("x"), control: true, alt: true), "Ctrl-Alt-x"),
      ("enter", Key(.enter), "↵"), ("Return", Key(.enter), "↵"), ("↵", Key(.enter), "↵"),
      ("esc", Key(.escape), "Esc"), ("escape", Key(.escape), "Esc"), ("tab", Key(.tab), "Tab"),
      ("shift-tab", Key(.backTab), "Shift-Tab"), ("backtab", Key(.backTab), "Shift-Tab"),
      ("backspace", Key(.backspace), "Backspace"), ("del", Key(.delete), "Del"),
      ("insert", Key(.insert), "Ins"), ("pgup", Key(.pageUp), "PgUp"),
      ("PageDown", Key(.pageDown), "PgDn"), ("home", Key(.home), "Home"), ("end", Key(.end), "End"),
      ("up", Key(.up), "↑"), ("↓", Key(.down), "↓"), ("left", Key(.left), "←"),
      ("right", Key(.right), "→"), ("f1", Key(.function(1)), "F1"),
      ("F12", Key(.function(12)), "F12"),
      ("shift-up", Key(.up, shift: true), "Shift-↑"),
    ] as [(String, Key, String)]
  )
  func `a key is read from its name and shown by its label`(
    name: String,
    key: Key,
    label: String
  ) {
    #expect(Key(name: name) == key)
    #expect(key.label == label)
    #expect(Key(name: key.name) == key)
  }

  @Test(arguments: [
    (Key(.enter), "Enter"), (Key(.up), "Up"), (Key(.down, shift: true), "Shift-Down"),
    (Key(.left, control: true), "Ctrl-Left"), (Key(.right), "Right"), (Key("j"), "j"),
    (Key(.pageUp), "PgUp"),
  ])
  func `without UTF-8 arrows and Enter have names`(key: Key, label: String) {
    #expect(key.asciiLabel == label)
  }

  @Test(arguments: [
    "", "ctrl-", "ab", "f0", "f99", "f01", "shift-a", "ctrl-nothing", "\u{1B}", "\u{200B}", "\n",
    "e\u{301}\u{202E}",
  ])
  func `what is no key is none`(name: String) {
    #expect(Key(name: name) == nil)
  }
}
