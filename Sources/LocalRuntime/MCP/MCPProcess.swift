import Glibc
import Subprocess
import SystemPackage

/// Runs an MCP server as a process of its own session, so that its whole tree can be ended.
enum MCPProcess {
  /// A server that dies while it is written to must cost an error, not this process.
  static let brokenPipesAreErrors: Void = {
    _ = signal(SIGPIPE, SIG_IGN)
  }()

  /// Starts servers and serves their channels until they have ended and nothing of them is left.
  ///
  /// `grace` is how long a server may take to leave after its input was closed, and again after
  /// SIGTERM.
  static func runner(grace: Duration = .seconds(2)) -> MCPRunner {
    { config, channel in await run(config, channel, grace) }
  }

  private static func run(
    _ config: MCPServerConfig,
    _ channel: MCPChannel,
    _ grace: Duration
  ) async -> MCPEnding {
    _ = brokenPipesAreErrors
    guard let program = config.command.first, !program.isEmpty else {
      return MCPEnding(failedToStart: true, what: "has no command")
    }
    var options = PlatformOptions()
    options.createSession = true
    let configuration = Configuration(
      executable: program.contains("/") ? .path(FilePath(program)) : .name(program),
      arguments: Arguments(Array(config.command.dropFirst())),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: config.environment.map { (.init(stringLiteral: $0), $1) })
      ),
      workingDirectory: config.directory.map { FilePath($0) },
      platformOptions: options
    )
    do {
      let result = try await Subprocess.run(
        configuration,
        input: .inputWriter,
        output: .sequence,
        error: .sequence
      ) { execution in
        await serve(execution, channel, grace)
      }
      return MCPEnding(what: sentence(result.terminationStatus))
    } catch let error as SubprocessError {
      return MCPEnding(failedToStart: true, what: reason(error, config))
    } catch {
      return MCPEnding(failedToStart: true, what: "could not be started: \(error)")
    }
  }

  private typealias Server = Execution<CustomWriteInput, SequenceOutput, SequenceOutput>

  private enum Part {
    case output
    case input
    case stopped
    case other
  }

  private static func serve(
    _ server: Server,
    _ channel: MCPChannel,
    _ grace: Duration
  ) async {
    let writing = Task { await write(channel, to: server.standardInputWriter) }
    await withTaskGroup(of: Part.self) { group in
      group.addTask {
        await read(server.standardOutput, channel)
        return .output
      }
      group.addTask {
        await listen(server.standardError, channel)
        return .other
      }
      group.addTask {
        for await _ in channel.stop {}
        return .stopped
      }
      group.addTask {
        await writing.value
        return .input
      }
      wait: while let part = await group.next() {
        switch part {
        case .other: continue
        case .input:
          // It reads no more; what it has answered before is waited for a little.
          group.addTask {
            try? await Task.sleep(for: grace)
            return .stopped
          }
        case .output:
          // Nothing more will come; what still waits to be written has no reader.
          writing.cancel()
          break wait
        case .stopped: break wait
        }
      }
      // Signal 0 reaches nobody: the first step is the time to leave by itself, its input being at
      // its end.
      await server.teardown(using: [
        .send(
          signal: Signal(rawValue: 0),
          toProcessGroup: true,
          allowedDurationToNextStep: grace
        ),
        .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace),
      ])
      // Children that outlived it: the group exists until the last of them is gone, and the
      // process itself is not reaped before this returns, so the number is still its own.
      try? server.send(signal: .kill, toProcessGroup: true)
      writing.cancel()
      group.cancelAll()
    }
    await writing.value
  }

  private static func write(_ channel: MCPChannel, to input: StandardInputWriter) async {
    for await line in channel.outgoing {
      guard let count = try? await input.write(line), count == line.count else { break }
      await channel.deliver(.wrote(count))
    }
    try? await input.finish()
  }

  private static func read(_ output: SubprocessOutputSequence, _ channel: MCPChannel) async {
    var splitter = LineSplitter(limit: MCPMessage.maximumBytes)
    var iterator = output.makeAsyncIterator()
    while let buffer = try? await iterator.next() {
      for piece in splitter.pieces(of: bytes(buffer)) {
        switch piece {
        case .line(let line): await channel.deliver(.line(line))
        case .tooLong(let beginning): await channel.deliver(.oversized(beginning))
        }
      }
    }
  }

  private static func listen(_ errors: SubprocessOutputSequence, _ channel: MCPChannel) async {
    var iterator = errors.makeAsyncIterator()
    // Once cancelled, what is there is read to its end, but not what a stray child adds for ever.
    var late = 0
    while late < 64, let buffer = try? await iterator.next() {
      if Task.isCancelled { late += 1 }
      await channel.deliver(.complaint(bytes(buffer)))
    }
  }

  private static func bytes(_ buffer: SubprocessOutputSequence.Buffer) -> [UInt8] {
    unsafe buffer.withUnsafeBytes { unsafe Array($0) }
  }

  private static func sentence(_ status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "exited with status \(code)"
    case .signaled(let signal): "was ended by signal \(signal)"
    }
  }

  private static func reason(_ error: SubprocessError, _ config: MCPServerConfig) -> String {
    let program = config.command.first ?? ""
    switch error.code {
    case .executableNotFound: return "could not be started: there is no program “\(program)”"
    case .failedToChangeWorkingDirectory:
      return "could not be started: there is no folder “\(config.directory ?? "")”"
    default:
      let cause = error.underlyingError.map { "\($0)" } ?? "\(error)"
      return "could not be started as “\(program)”: \(cause)"
    }
  }
}
