import ArgumentParser
import Glibc
import Settings
import Shell

/// Serves runs on this machine.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve runs on this machine: command-center-runtime serve with the same arguments.",
    discussion: """
      The runtime is looked for beside this program; COMMAND_CENTER_RUNTIME names another. \
      “command-center serve --help” shows its own arguments.
      """
  )

  @Argument(parsing: .captureForPassthrough, help: "Arguments of the runtime.")
  var arguments: [String] = []

  func run() throws {
    let program = Setup.installation.runtime(environment: .process)
    let words = [program, "serve"] + arguments
    var list = unsafe words.map { unsafe strdup($0) } + [nil]
    unsafe execv(program, &list)
    let reason = errno == ENOENT ? "it is not there" : "error \(errno)"
    throw Terse.end(
      "the runtime \(program) cannot be started: \(reason); install it beside command-center, or "
        + "set COMMAND_CENTER_RUNTIME",
      .failed
    )
  }
}
