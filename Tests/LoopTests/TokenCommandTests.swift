import Loop
import Runs
import TestHouse
import Testing

/// The program that prints a token.
@Suite struct TokenCommandTests {
  private static let variables = ["PATH": "/usr/bin:/bin", "WORD": "pat_variable"]

  private func run(_ script: String) throws -> String {
    try TokenCommand.run(["sh", "-c", script], environment: Self.variables)
  }

  private func complaint(_ words: [String]) -> String? {
    do {
      _ = try TokenCommand.run(words, environment: Self.variables)
      return nil
    } catch {
      return error.sentence
    }
  }

  @Test func `it is found in PATH, and gets its arguments and variables and no others`() throws {
    #expect(try run("printf pat_abc") == "pat_abc")
    #expect(try run("printf %s \"$WORD$HOME\"") == "pat_variable")
    #expect(try TokenCommand.run(["printf", "%s", "a b"], environment: Self.variables) == "a b")
  }

  @Test func `it has neither our input nor a terminal`() throws {
    #expect(try run("cat; printf end") == "end")
    #expect(
      try run("if (: < /dev/tty) 2>/dev/null; then printf tty; else printf none; fi") == "none"
    )
  }

  @Test func `one that fails says how, with the last line of its complaints`() {
    #expect(
      complaint(["sh", "-c", "echo first >&2; echo no such entry >&2; printf secret; exit 3"])
        == "token_command sh ended with 3: no such entry"
    )
    #expect(
      complaint(["false"]) == "token_command false ended with 1 without a word; try it in a shell"
    )
    #expect(
      complaint(["sh", "-c", "kill -9 $$"])
        == "token_command sh was killed by signal 9 without a word; try it in a shell"
    )
    #expect(
      complaint(["no-such-program-here"])
        == "token_command no-such-program-here is not there; check token_command and PATH"
    )
    #expect(complaint(["/etc/passwd"]) == "token_command /etc/passwd may not be executed")
  }

  @Test func `one that prints garbage or without end is stopped`() {
    #expect(
      complaint(["sh", "-c", "head -c 10000000 /dev/zero | tr '\\0' x; sleep 1000"])
        == "token_command sh printed more than 64 KiB; it has to print the token alone"
    )
    #expect(
      complaint(["printf", "\\377\\376"])
        == "token_command printf printed something that is no text; it has to print the token alone"
    )
  }

  @Test(arguments: ["sleep 1000", "exec >&- 2>&-; sleep 1000", "sleep 1000 & printf x"])
  func `one that hangs is stopped after ten seconds, with all that it started`(
    script: String
  ) throws {
    #expect(
      complaint(["sh", "-c", script])
        == "token_command sh did not end within 10 s and was stopped; try it in a shell"
    )
  }
}
