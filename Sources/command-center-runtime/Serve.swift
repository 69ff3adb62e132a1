import ArgumentParser
import Glibc
import LocalRuntime

extension Announcement.Form: ExpressibleByArgument {}

/// Serves a folder of runs.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the runs of a folder until told to end."
  )

  @Option(help: "The folder of the data; made when it is not there.")
  var data: String

  @Option(help: "The configuration, runtime.toml.")
  var config: String?

  @Option(help: "The port on loopback; 0 lets the system choose.")
  var port: UInt16?

  @Option(help: "The file of the tokens, a line each: TOKEN or NAME TOKEN. Made when not there.")
  var tokenFile: String?

  @Option(help: "Whose a token is that has no name in the file.")
  var owner: String = "operator"

  @Option(help: "How to say where it listens: text or json.")
  var announce: Announcement.Form = .text

  @Flag(help: "End when standard input ends.")
  var lifeline = false

  func run() throws {
    let environment = Program.environment
    var options = Runtime.Options(
      folder: data,
      port: port,
      tokenFile: tokenFile,
      owner: owner,
      environment: environment
    )
    if let config {
      do {
        options.config = try RuntimeConfig.read(path: config)
      } catch {
        throw ValidationError(error.sentence)
      }
    }
    let (settled, form) = (options, announce)
    Session.run(lifeline: lifeline) { endings in
      await Self.serve(settled, form, endings)
    }
  }

  private static func serve(
    _ options: Runtime.Options,
    _ form: Announcement.Form,
    _ endings: AsyncStream<Void>
  ) async -> Int32 {
    do throws(RuntimeMistake) {
      var random = SystemRandomNumberGenerator()
      let runtime = try await Runtime(
        options,
        clock: .system,
        random: { random.next() },
        report: { Session.complain($0) }
      )
      if Announcement(runtime, folder: options.folder).write(form, to: STDOUT_FILENO) {
        for await _ in endings { break }
      }
      await runtime.shutDown()
      return 0
    } catch {
      Session.complain("Error: \(error.sentence)")
      return 1
    }
  }
}
