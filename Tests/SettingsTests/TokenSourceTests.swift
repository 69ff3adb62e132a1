import Glibc
import Settings
import Testing

@Suite struct TokenSourceTests {
  private func read(
    _ source: TokenSource,
    home: String,
    _ values: [String: String] = [:]
  ) throws
    -> String
  {
    let environment = Environment(values.merging(["HOME": home]) { one, _ in one })
    return try source.read(environment: environment, paths: try Paths(environment: environment)) {
      words throws(Mistake) in "printed-by-\(words.joined(separator: "-"))\n"
    }
  }

  private func said(
    _ source: TokenSource,
    home: String,
    _ values: [String: String] = [:]
  )
    -> String?
  {
    do {
      _ = try read(source, home: home, values)
      return nil
    } catch {
      return (error as? Mistake)?.sentence
    }
  }

  @Test func `a token is read from a closed file, without its line break`() throws {
    let folder = try Folder()
    let file = try folder.write("pat_abc\n", to: "token")
    #expect(try read(.file(file), home: folder.path) == "pat_abc")
    #expect(try read(.file("~/token"), home: folder.path) == "pat_abc")
    try folder.write("pat_def\r\n", to: ".config/command-center/prod.token", mode: 0o400)
    #expect(try read(.file("prod.token"), home: folder.path) == "pat_def")
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o644] as [mode_t])
  func `a file that others can read or write is refused`(mode: mode_t) throws {
    let folder = try Folder()
    let file = try folder.write("pat_abc", to: "token", mode: mode)
    #expect(
      said(.file(file), home: folder.path)
        == "\(file): can be read or written by others; close it with: chmod 600 \(file)"
    )
  }

  @Test(arguments: ["", "\n", "a b", "a\nb", "a\u{1b}[0m", "tök", "a\n\n"])
  func `what is no single word is no token, and is not shown`(text: String) throws {
    let folder = try Folder()
    let file = try folder.write(text, to: "token")
    let words = try #require(said(.file(file), home: folder.path))
    #expect(words.hasPrefix("\(file): the token "))
    #expect(text.isEmpty || text == "\n" || !words.contains("a\nb"))
  }

  @Test func `a token file is bounded, and a missing one is said`() throws {
    let folder = try Folder()
    let long = try folder.write(String(repeating: "a", count: (64 << 10) + 1), to: "long")
    #expect(
      said(.file(long), home: folder.path)
        == "\(long): is longer than 64 KiB; this is not the file that is meant"
    )
    #expect(
      said(.file("/nowhere/token"), home: folder.path)
        == "/nowhere/token: there is no such token file; write the token into it, mode 600"
    )
    unsafe mkfifo("\(folder.path)/pipe", 0o600)
    #expect(said(.file("~/pipe"), home: folder.path) == "\(folder.path)/pipe: is no file")
  }

  @Test func `a token comes from a variable`() throws {
    #expect(try read(.variable("T"), home: "/h", ["T": "pat_x"]) == "pat_x")
    #expect(
      said(.variable("T"), home: "/h")
        == "the variable T, which should hold the token, is not set"
    )
  }

  @Test func `a token is what a program prints, and the same is asked of it as of a file`() {
    #expect((try? read(.command(["pass", "show"]), home: "/h")) == "printed-by-pass-show")
    #expect(
      said(.command(["print", "a b"]), home: "/h")
        == "token_command print: the token has a blank, a line break, a control character or one "
        + "outside ASCII in it; it is one word"
    )
  }
}
