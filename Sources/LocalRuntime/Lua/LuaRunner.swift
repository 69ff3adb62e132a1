import Glibc
import JSON
import Subprocess
import SystemPackage

/// Runs scripts, each in a process of its own that ends with it.
///
/// Starting one takes about 10 ms. Keeping some ready would save that, and cost the certainty that
/// no script finds anything of another.
struct LuaRunner: Sendable {
  /// How long a process may take to read what the script can see.
  private static let loading = Duration.seconds(30)
  /// Waiting for the process's own word that time is over.
  private static let grace = Duration.milliseconds(250)
  /// More bytes than this are not handed to a script: 64 MiB.
  private static let maximumRequest = 64 * 1024 * 1024

  /// The program, and what makes it a process of a script.
  let command: [String]
  /// More at once than the machine has processors would only slow each.
  private let permits: Permits

  /// A runner of scripts.
  /// - Parameters:
  ///   - program: The runtime's own program.
  ///   - maximumProcesses: How many scripts run at once.
  init(program: String, maximumProcesses: Int = LuaRunner.processors) {
    command = [program, LuaChild.subcommand]
    permits = Permits(maximumProcesses)
  }

  /// What stands for a run of a script that gave no answer.
  enum Trouble: Error, Equatable {
    case late
    case cancelled
    /// The script's own fault, as a sentence.
    case script(String)
    /// The process could not be started, or ended without an answer.
    case broken(String)
    case tooMuch(Int)
  }

  /// Runs a script to its end, or ends it.
  func run(_ request: LuaRequest) async throws(Trouble) -> LuaAnswer {
    let bytes = request.bytes
    guard bytes.count <= Self.maximumRequest else { throw .tooMuch(bytes.count) }
    let outcome = await permits.use { await start(bytes, .seconds(request.seconds)) }
    guard let outcome else { throw .cancelled }
    return try outcome.get()
  }

  private func start(_ bytes: [UInt8], _ time: Duration) async -> Result<LuaAnswer, Trouble> {
    _ = MCPProcess.brokenPipesAreErrors
    var options = PlatformOptions()
    options.createSession = true
    let configuration = Configuration(
      executable: .path(FilePath(command[0])),
      arguments: Arguments(Array(command.dropFirst())),
      environment: .custom([:]),
      workingDirectory: "/",
      platformOptions: options
    )
    do {
      let result = try await Subprocess.run(
        configuration,
        input: .inputWriter,
        output: .sequence,
        error: .discarded
      ) { process in
        await Conversation(process: process, request: bytes, time: time).hold()
      }
      return judge(result.closureResult, result.terminationStatus)
    } catch {
      if Task.isCancelled { return .failure(.cancelled) }
      return .failure(.broken("its process could not be started: \(error)"))
    }
  }

  private func judge(
    _ ending: Conversation.Ending,
    _ status: TerminationStatus
  ) -> Result<LuaAnswer, Trouble> {
    switch ending {
    case .cancelled: return .failure(.cancelled)
    case .late: return .failure(.late)
    case .silent: return .failure(.broken("its process did not read what it was given"))
    case .flooded: return .failure(.broken("its process wrote more than an answer"))
    case .wrote(let bytes):
      if let answer = LuaAnswer(bytes) { return .success(answer) }
      switch status {
      case .signaled(let signal) where [SIGALRM, SIGXCPU].contains(signal): return .failure(.late)
      case .signaled(let signal): return .failure(.broken("its process died of signal \(signal)"))
      case .exited(let code):
        return .failure(.broken("its process ended with status \(code) and no answer"))
      }
    }
  }

  /// How many processors there are.
  static var processors: Int { max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// What is said to one process, and heard from it, until it ends or is ended.
  private struct Conversation {
    typealias Process = Execution<CustomWriteInput, SequenceOutput, DiscardedOutput>

    enum Ending: Sendable {
      case wrote([UInt8])
      case late
      /// The script never began.
      case silent
      case flooded
      case cancelled
    }

    private enum Part: Sendable {
      case begun
      case ended(Ending)
    }

    let process: Process
    let request: [UInt8]
    let time: Duration

    func hold() async -> Ending {
      let (parts, part) = AsyncStream.makeStream(of: Part.self)
      let (process, request) = (process, request)
      let writing = Task {
        _ = try? await process.standardInputWriter.write(request)
        try? await process.standardInputWriter.finish()
      }
      let reading = Task { await Self.read(process.standardOutput, part) }
      var timer = Self.timer(LuaRunner.loading, .silent, part)
      var ending = Ending.cancelled
      // Ends when the caller is cancelled, too.
      listening: for await next in parts {
        switch next {
        case .begun:
          timer.cancel()
          timer = Self.timer(time + LuaRunner.grace, .late, part)
        case .ended(let how):
          ending = how
          break listening
        }
      }
      timer.cancel()
      try? process.send(signal: .kill, toProcessGroup: true)
      writing.cancel()
      reading.cancel()
      await writing.value
      await reading.value
      return ending
    }

    private static func timer(
      _ time: Duration,
      _ ending: Ending,
      _ part: AsyncStream<Part>.Continuation
    ) -> Task<Void, Never> {
      Task {
        guard (try? await Task.sleep(for: time)) != nil else { return }
        part.yield(.ended(ending))
      }
    }

    private static func read(
      _ output: SubprocessOutputSequence,
      _ part: AsyncStream<Part>.Continuation
    ) async {
      var bytes: [UInt8] = []
      var hasBegun = false
      var iterator = output.makeAsyncIterator()
      while let buffer = try? await iterator.next() {
        bytes += unsafe buffer.withUnsafeBytes { unsafe Array($0) }
        if !hasBegun, bytes.first == LuaAnswer.begun {
          hasBegun = true
          bytes.removeFirst()
          part.yield(.begun)
        }
        guard bytes.count <= LuaAnswer.maximumResult + 65_536 else {
          part.yield(.ended(.flooded))
          return
        }
      }
      part.yield(.ended(.wrote(bytes)))
    }
  }
}
