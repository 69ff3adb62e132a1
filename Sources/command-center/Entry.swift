import ArgumentParser
import Glibc

/// The program's beginning and its end.
@main
enum Entry {
  static func main() {
    do {
      var command = try RootCommand.parseAsRoot()
      try command.run()
    } catch {
      let code = RootCommand.exitCode(for: error)
      guard code == .validationFailure else { RootCommand.exit(withError: error) }
      Terse.complain(RootCommand.fullMessage(for: error))
      // The library leaves with 64 on misuse; the commands of this house leave with 2.
      exit(2)
    }
  }
}
