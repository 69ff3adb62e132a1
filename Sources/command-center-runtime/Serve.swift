import ArgumentParser
import Glibc
import LocalRuntime

extension Announcement.Form: ExpressibleByArgument {}

/// Serves a folder of runs.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the runs of a folder until told to end."
  )

  @Option(help: "The folder of the data; made when not there. Else “data” of the configuration.")
  var data: String?

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
    var settings = RuntimeConfig()
    if let config {
      do {
        settings = try RuntimeConfig.read(path: config)
      } catch {
        throw ValidationError(error.sentence)
      }
    }
    guard let folder = data ?? settings.data else {
      throw ValidationError("name the folder of the data with --data")
    }
    let options = Runtime.Options(
      folder: folder,
      config: settings,
      port: port,
      tokenFile: tokenFile,
      owner: owner,
      environment: Program.environment
    )
    let form = announce
    Session.run(lifeline: lifeline) { endings in
      await Self.serve(options, form, endings)
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
