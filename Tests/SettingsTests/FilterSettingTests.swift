import CommandCenter
import Settings
import Testing

/// `[filters]` of the config.
@Suite struct FilterSettingTests {
  private func filters(_ text: String) throws -> [String] {
    try ConfigFile.read(text, file: "config.toml").filters.map { "\($0.name) = \($0.text)" }
  }

  @Test func `filters come in the order of the file`() throws {
    #expect(
      try filters(
        """
        theme = "paper"
        [filters]
        zebra = "status:failed" # comment
        "money" = "workflow:refund credits:>5"
          alpha = 'age:>1h'
        [profile.prod]
        url = "https://x"
        """
      ) == [
        "zebra = status:failed", "money = workflow:refund credits:>5", "alpha = age:>1h",
      ]
    )
    #expect(try filters("filters.a = \"x\"\nfilters.b = \"y\"") == ["a = x", "b = y"])
    #expect(try filters("[filters]\n").isEmpty)
  }

  @Test(arguments: [
    (
      "[filters]\nslow = \"order age:>soon\"",
      "config.toml: filters.slow: age: wants a duration such as 10m, 2h, 3d, at >soon"
    ),
    ("[filters]\nnone = \" \"", "config.toml: filters.none: the filter is empty"),
    (
      "[filters]\nnumber = 3",
      "config.toml: filters.number is a whole number; write a text in quotes"
    ),
    (
      "[filters]\n\"a b\" = \"x\"",
      "config.toml: filters.a b: a filter's name has up to 24 letters, digits, hyphens and underscores"
    ),
    ("filters = 3", "config.toml: filters is a whole number; write a table"),
  ])
  func `a mistake names the filter`(text: String, sentence: String) {
    let mistake = #expect(throws: Mistake.self) { try filters(text) }
    #expect(mistake?.sentence == sentence)
  }

  @Test func `more filters than there is use for are refused`() {
    let lines = (0..<21).map { "f\($0) = \"x\"" }.joined(separator: "\n")
    #expect(throws: Mistake.self) { try filters("[filters]\n" + lines) }
  }

  // MARK: Adding

  private func added(_ name: String, _ filter: String, to text: String?) throws -> String {
    let folder = try Folder()
    let paths = try Paths(environment: Environment(["HOME": folder.path]))
    if let text { try folder.write(text, to: ".config/command-center/config.toml") }
    try ConfigStore(paths: paths).add(try SavedFilter(name: name, text: filter))
    return try folder.read(".config/command-center/config.toml")
  }

  @Test(arguments: [
    (nil, "[filters]\nmoney = \"credits:>5\"\n"),
    ("theme = \"paper\"", "theme = \"paper\"\n\n[filters]\nmoney = \"credits:>5\"\n"),
    (
      "[filters] # mine\none = \"x\"\n\n[profile.p]\nurl = \"https://x\"\n",
      "[filters] # mine\none = \"x\"\nmoney = \"credits:>5\"\n\n[profile.p]\nurl = \"https://x\"\n"
    ),
    ("[filters]", "[filters]\nmoney = \"credits:>5\"\n"),
  ])
  func `a filter is appended and all the rest stays`(before: String?, after: String) throws {
    #expect(try added("money", "credits:>5", to: before) == after)
  }

  @Test func `quotes in a filter are written so that they are read again`() throws {
    let text = try added("two", "\"two words\" ~\\d+", to: nil)
    #expect(text == "[filters]\ntwo = \"\\\"two words\\\" ~\\\\d+\"\n")
  }

  @Test(arguments: [
    ("[filters]\nmoney = \"x\"\n", "has a filter money already; take another name"),
    (
      "filters.one = \"x\"\n",
      "cannot be changed safely; write money = \"credits:>5\" under [filters] by hand"
    ),
  ])
  func `what cannot be added is said, and nothing has changed`(before: String, end: String) throws {
    let folder = try Folder()
    let paths = try Paths(environment: Environment(["HOME": folder.path]))
    try folder.write(before, to: ".config/command-center/config.toml")
    let mistake = #expect(throws: Mistake.self) {
      try ConfigStore(paths: paths).add(try SavedFilter(name: "money", text: "credits:>5"))
    }
    #expect(mistake?.sentence.hasSuffix(end) == true)
    #expect(try folder.read(".config/command-center/config.toml") == before)
  }
}
