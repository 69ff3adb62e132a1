import Cells
import CommandCenter
import Runs
import TestHouse
import Testing

/// Every prompt edits its line by the one table of keys.
@Suite struct EveryLineTests {
  /// A place where something is typed, by its name.
  struct Place: CustomStringConvertible, Sendable {
    var name: String
    var layers: [Layer] = [.inbox]
    /// The keys that open its line, empty.
    var keys: String
    /// What stands there once `text` was typed; of a token only how long it is.
    var shown: @Sendable (String) -> String

    var description: String { name }
  }

  static let places = [
    Place(name: "help", keys: "?") { "type to search: \($0)" },
    Place(name: "activity", keys: "backtab /") { "/ \($0)" },
    Place(name: "token", keys: "t") { "\($0.count) characters" },
    Place(
      name: "first start",
      layers: [.firstStart(FirstStart(configPath: "~/config.toml"))],
      keys: "2 tab"
    ) { "tenant   \($0)" },
    Place(name: "filter", keys: "/") { "/ \($0)" },
    Place(name: "command", keys: ":") { ":\($0)" },
  ]

  private func desk(_ place: Place) throws -> Desk {
    let keymap = try Keymap.standard.applying([
      Keymap.Wish(scope: "line", command: "erase-left", keys: ["f2"]),
      Keymap.Wish(scope: "line", command: "line-start", keys: ["f3"]),
      Keymap.Wish(scope: "line", command: "erase-word", keys: ["f4"]),
    ])
    var desk = Sample.desk(config: Config(keymap: keymap))
    if place.layers != [.inbox] { desk.model.layers = place.layers }
    desk.press(place.keys)
    return desk
  }

  @Test(arguments: places)
  func `a line is edited by the keys of its table, with a cursor`(place: Place) throws {
    var desk = try desk(place)
    desk.type("zxyw")
    desk.press("f2")
    #expect(desk.text.contains(place.shown("zxy")), "\(desk.text)")
    #expect(!desk.text.contains(place.shown("zxyw")))
    desk.press("backspace")
    #expect(desk.text.contains(place.shown("zxy")), "the shipped key was taken away")
    let end = try #require(desk.frame.cursor)
    desk.press("f3")
    #expect(desk.frame.cursor?.column == end.column - 3, "\(place)")
    desk.type("q")
    #expect(desk.text.contains(place.shown("qzxy")), "\(desk.text)")
    desk.send(.paste("st"))
    #expect(desk.text.contains(place.shown("qstzxy")), "\(desk.text)")
    desk.press("f4 delete")
    #expect(desk.text.contains(place.shown("xy")), "\(desk.text)")
  }

  @Test func `a token is changed in its middle, and sent whole`() throws {
    var desk = Sample.desk()
    desk.press("t")
    desk.type("pat_bc")
    desk.press("left left")
    desk.type("a")
    #expect(!desk.text.contains("pat"))
    #expect(!"\(desk.model)".contains("pat_abc"))
    desk.effects = []
    #expect(desk.press("enter") == [.useToken(Secret("pat_abc"))])
  }
}
