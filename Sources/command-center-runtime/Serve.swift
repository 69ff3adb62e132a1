import ArgumentParser
import Glibc
import LocalRuntime

extension Announcement.Form: ExpressibleByArgument {}
extension RuntimeLog.Form: ExpressibleByArgument {}
extension RuntimeLog.Level: ExpressibleByArgument {}

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

  @Option(help: "The path of a Unix socket to listen on, instead of a port.")
  var socket: String?

  @Option(help: "The file of the tokens, a line each: TOKEN or NAME TOKEN. Made when not there.")
  var tokenFile: String?

  @Option(help: "Whose a token is that has no name in the file.")
  var owner: String = "operator"

  @Option(help: "How to say where it listens: text or json.")
  var announce: Announcement.Form = .text

  @Option(help: "What a line of the log on standard error looks like: text or json.")
  var logFormat: RuntimeLog.Form = .text

  @Option(
    help: """
      How much is logged: error, warn, info (what changes, and each change of a run) or debug \
      (every request).
      """
  )
  var logLevel: RuntimeLog.Level = .warn

  @Flag(help: "End when standard input ends.")
  var lifeline = false

  /// Longer than this the end does not wait; what was acknowledged is on the disk all along.
  private static let longestEnd = Duration.seconds(20)

  func validate() throws {
    guard socket == nil || port == nil else {
      throw ValidationError("give --port or --socket, not both")
    }
  }

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
    var options = Runtime.Options(
      folder: folder,
      config: settings,
      port: port,
      tokenFile: tokenFile,
      owner: owner,
      environment: Program.environment
    )
    options.socket = socket
    options.log = RuntimeLog(
      form: logFormat,
      level: logLevel,
      now: RuntimeClock.system.now,
      write: { Session.complain($0) }
    )
    let (ready, form) = (options, announce)
    Session.run(lifeline: lifeline) { endings in
      await Self.serve(ready, form, endings)
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
        report: { options.log.notice(.warn, $0) }
      )
      var failure: RuntimeMistake?
      if Announcement(runtime, folder: options.folder).write(form, to: STDOUT_FILENO) {
        failure = await runtime.run(until: endings)
      }
      options.log.notice(.info, "ending: no new requests, what is in progress is settled")
      let impatience = Task.detached {
        guard (try? await Task.sleep(for: Self.longestEnd)) != nil else { return }
        options.log.notice(
          .error,
          "what was in progress did not end in time; the next start settles it"
        )
        _exit(1)
      }
      await runtime.shutDown()
      impatience.cancel()
      // It was said when it happened; whoever started the program hears by the code that it may again.
      return failure == nil ? 0 : 1
    } catch {
      Session.complain("Error: \(error.sentence)")
      return 1
    }
  }
}
