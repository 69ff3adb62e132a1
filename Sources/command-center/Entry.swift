import ArgumentParser
import Glibc

/// The program's beginning and its end.
@main
enum Entry {
  static func main() {
    occupyClosed()
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

  /// Takes the places of standard descriptors that are closed, so that nothing else that is opened
  /// lands there; what is read from or written to them fails as it would have.
  private static func occupyClosed() {
    for (descriptor, access) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is taken: it is this one.
      _ = unsafe open("/dev/null", access)
    }
  }
}
