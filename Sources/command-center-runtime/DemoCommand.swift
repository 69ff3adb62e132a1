import ArgumentParser
import Glibc
import LocalRuntime

/// Serves example workflows at work.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Serve example workflows at work.",
    shouldDisplay: false
  )

  @Option(help: "A folder to keep; without it the data is gone at the end.")
  var data: String?

  @Option(help: "The port on loopback; 0 lets the system choose.")
  var port: UInt16 = 0

  @Option(help: "Whose the token is.")
  var owner: String = "operator"

  @Option(help: "How to say where it listens: text or json.")
  var announce: Announcement.Form = .text

  @Flag(help: "End when standard input ends.")
  var lifeline = false

  func run() throws {
    let (data, port, owner, form) = (data, port, owner, announce)
    Session.run(lifeline: lifeline) { endings in
      do throws(RuntimeMistake) {
        let environment = Program.environment
        let folder: String
        if let data {
          folder = data
        } else {
          folder = try Folder.temporary(environment: environment)
        }
        defer { if data == nil { Folder.remove(folder) } }
        var options = Runtime.Options(folder: folder, port: port, owner: owner)
        options.environment = environment
        try await Self.serve(options, form, endings)
        return 0
      } catch {
        Session.complain("Error: \(error.sentence)")
        return 1
      }
    }
  }

  private static func serve(
    _ given: Runtime.Options,
    _ form: Announcement.Form,
    _ endings: AsyncStream<Void>
  ) async throws(RuntimeMistake) {
    guard let program = Program.path else {
      throw RuntimeMistake("this program cannot find itself in /proc; is it mounted?")
    }
    var options = given
    options.config = Demo.config(program: program)
    var random = SystemRandomNumberGenerator()
    let runtime = try await Runtime(
      options,
      clock: .system,
      random: { random.next() },
      report: { Session.complain($0) }
    )
    do throws(RuntimeMistake) {
      let demo = try Demo(runtime, program: program, environment: options.environment)
      try await demo.prepare()
      let going = Task { await demo.keepGoing() }
      var failure: RuntimeMistake?
      if Announcement(runtime, folder: options.folder).write(form, to: STDOUT_FILENO) {
        failure = await runtime.run(until: endings)
      }
      going.cancel()
      if let failure { throw failure }
      await runtime.shutDown()
    } catch {
      await runtime.shutDown()
      throw error
    }
  }
}

/// The MCP server that the examples call.
struct DemoToolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-tools",
    abstract: "Serve a few tools over standard input and output (MCP).",
    shouldDisplay: false
  )

  func run() throws {
    Session.run(lifeline: false) { endings in
      // The reading of standard input cannot be cancelled; leaving ends it.
      Task.detached { for await _ in endings { Glibc.exit(0) } }
      await DemoTools.serve(input: STDIN_FILENO, output: STDOUT_FILENO)
      return 0
    }
  }
}
