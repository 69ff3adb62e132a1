import Glibc
import Loop
import Runs
import Testing

/// A runtime's place is taken by a script: what matters here is how a child begins and ends.
@Suite struct RuntimeChildTests {
  private func child(
    _ script: String,
    environment: [String: String] = [:]
  ) throws -> RuntimeChild {
    try RuntimeChild(
      program: "/bin/sh",
      arguments: ["-c", script, "runtime"],
      environment: environment
    )
  }

  private func fault(_ script: String) -> String? {
    do {
      _ = try child(script)
      return nil
    } catch {
      return (error as? Fault)?.sentence
    }
  }

  @Test func `a child says where it listens, and ends when its lifeline closes`() throws {
    // The script goes on until its standard input ends.
    let child = try child(#"echo '{"url":"u","token_file":"'$$'"}'; cat >/dev/null"#)
    #expect(child.url == "u")
    // A relative path is meant from where the child runs; the script has no better place for its id.
    let name = try #require(child.tokenFile.split(separator: "/").last)
    let process = try #require(pid_t(name))
    #expect(kill(process, 0) == 0)
    child.stop()
    child.stop()
    #expect(kill(process, 0) == -1, "the child, or what is left of it, is still there")
  }

  @Test func `a child is asked for JSON and a lifeline, and gets only its variables`() throws {
    let script = """
      [ "$*" = "--announce json --lifeline" ] || { echo "arguments: $*" >&2; exit 1; }
      [ -z "$HOME" ] || { echo "HOME is $HOME" >&2; exit 1; }
      printf '{"url":"%s","token_file":"x"}\\n' "$PLACE"
      """
    let child = try child(script, environment: ["PLACE": "here"])
    #expect(child.url == "here")
    child.stop()
  }

  @Test(arguments: [
    (
      "echo first >&2; echo the disk is full >&2; exit 1",
      "the runtime did not start: the disk is full"
    ),
    ("exit 0", "the runtime did not start: it ended without a word"),
    ("echo hello", "the runtime /bin/sh says where it listens in a way of its own"),
  ])
  func `a child that does not begin is one sentence`(script: String, wanted: String) {
    #expect(fault(script) == wanted)
  }

  @Test func `a program that is not there is said with what to do`() {
    #expect(
      throws: Fault(
        .local,
        "the runtime /nowhere/runtime cannot be started: it is not there; install it beside "
          + "command-center, or set COMMAND_CENTER_RUNTIME"
      )
    ) {
      try RuntimeChild(program: "/nowhere/runtime", arguments: [], environment: [:])
    }
  }
}
