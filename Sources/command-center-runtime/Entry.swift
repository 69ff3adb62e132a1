import ArgumentParser
import Glibc

/// The program's beginning and its end.
@main
enum Entry {
  static func main() {
    do {
      var command = try RuntimeCommand.parseAsRoot()
      try command.run()
    } catch {
      let code = RuntimeCommand.exitCode(for: error)
      guard code == .validationFailure else { RuntimeCommand.exit(withError: error) }
      Session.complain(RuntimeCommand.fullMessage(for: error))
      // The library leaves with 64 on misuse; the commands of this house leave with 2.
      exit(2)
    }
  }
}
