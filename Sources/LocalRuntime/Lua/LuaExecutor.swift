import JSON

/// Executes `lua_script` steps, and the script of a `while` that decides whether it goes on.
///
/// A step that has a `while_eval_script` and no `script` is such a test: its result is
/// `{"pass": true}` or `{"pass": false}`, whether the script returns `{ pass = … }` or a bare value.
struct LuaExecutor: StepExecutor {
  /// What a script may take that does not say.
  static let standardSeconds = 5.0
  /// What no script may exceed.
  static let maximumSeconds = 30.0

  let runner: LuaRunner

  func execute(
    _ call: StepCall,
    note: @escaping @Sendable (StepNote) -> Void
  ) async throws(StepFailure) -> JSONValue {
    let name = "the script of step “\(call.step.id)”"
    let test = call.step.script == nil ? call.step.raw["while_eval_script"]?.string : nil
    guard let script = call.step.script ?? test else {
      throw Self.failed("step “\(call.step.id)” has no script")
    }
    if let mistake = LuaSyntax.mistake(in: script) {
      throw Self.failed("\(name) is not valid: \(mistake)")
    }
    // The time of a loop is that of its iterations, not of its test.
    let wanted = test == nil ? call.step.timeout : nil
    let seconds = min(wanted ?? Self.standardSeconds, Self.maximumSeconds)
    let request = LuaRequest(
      script: script,
      seconds: seconds,
      isTest: test != nil,
      scope: call.scope
    )
    do throws(LuaRunner.Trouble) {
      switch try await runner.run(request) {
      case .result(let value): return value
      case .failed(let sentence): throw LuaRunner.Trouble.script("\(name) failed: \(sentence)")
      case .memory:
        let mebibytes = LuaMemory.allowance / 1_048_576
        throw LuaRunner.Trouble.script("\(name) wanted more than \(mebibytes) MiB of memory")
      case .misunderstood:
        throw LuaRunner.Trouble.broken("its process did not understand what it was asked")
      }
    } catch {
      throw Self.failure(error, name, seconds)
    }
  }

  private static func failure(
    _ trouble: LuaRunner.Trouble,
    _ name: String,
    _ seconds: Double
  ) -> StepFailure {
    switch trouble {
    case .script(let sentence): failed(sentence)
    case .tooMuch(let bytes):
      failed(
        "\(name) could read \(bytes) bytes of input and results, which is too much for a script"
      )
    case .cancelled: failed("\(name) was cancelled")
    case .late:
      StepFailure(
        code: "RUN_STALLED_OR_TIMED_OUT",
        message: "\(name) did not end within \(Duration.seconds(seconds)); "
          + "“timeout_s” may be up to \(Int(maximumSeconds))"
      )
    case .broken(let what):
      StepFailure(
        code: "DEPENDENCY_UNAVAILABLE",
        message: "\(name) could not be run: \(what)",
        isTransient: true
      )
    }
  }

  private static func failed(_ sentence: String) -> StepFailure {
    StepFailure(code: "LUA_SCRIPT_FAILED", message: sentence)
  }
}
