import Settings
import Testing

@Suite struct EditorChoiceTests {
  private func words(_ variables: [String: String], _ programs: [String: String]) throws -> [String]
  {
    try EditorChoice.words(Environment(variables)) { programs[$0] }
  }

  @Test func `VISUAL goes before EDITOR, and both before vi and nano`() throws {
    let programs = ["vi": "/bin/busybox", "nano": "/bin/nano"]
    #expect(try words(["VISUAL": "code --wait", "EDITOR": "ed"], programs) == ["code", "--wait"])
    #expect(try words(["VISUAL": " ", "EDITOR": "'my ed' -x"], programs) == ["my ed", "-x"])
    #expect(try words([:], programs) == ["vi"])
    #expect(try words([:], ["nano": "/bin/nano"]) == ["nano"])
  }

  @Test func `vim, by whatever name, obeys no modeline and writes the text nowhere else`() throws {
    for (name, file) in [("vi", "/usr/bin/vim.basic"), ("vim", "/usr/bin/vim.tiny")] {
      let words = try words(["EDITOR": name], [name: file])
      #expect(words.first == name)
      #expect(words.contains("-n"))
      #expect(words.contains { $0.contains("nomodeline") && $0.contains("BufReadPre") })
      #expect(words.contains { $0.contains("noundofile") && $0.contains("nobackup") })
    }
    #expect(try words(["EDITOR": "vi"], ["vi": "/bin/busybox"]) == ["vi"])
  }

  @Test func `a line that cannot be read, and no editor at all, are said`() {
    #expect(throws: Mistake.self) { try words(["EDITOR": "vim 'x"], [:]) }
    do {
      _ = try words([:], [:])
      Issue.record("there is an editor")
    } catch {
      #expect("\(error)".contains("there is no editor"))
    }
  }

  @Test func `no variable that may hold a token reaches an editor`() {
    #expect(!EditorChoice.variables.contains { $0.hasPrefix("COMMAND_CENTER") })
    #expect(!EditorChoice.variables.contains { $0.contains("TOKEN") || $0.contains("SECRET") })
  }
}
