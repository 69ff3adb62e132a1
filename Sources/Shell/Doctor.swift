internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs

/// One thing that `doctor` looked at.
package struct Check: Sendable, Equatable {
  /// How it is.
  package enum Verdict: String, Sendable {
    case good = "ok"
    /// It works, but the operator may want to know.
    case note
    case bad
  }

  /// What was looked at: `locale`.
  package var subject: String
  package var verdict: Verdict
  /// What was found, and what to do where it is bad; never a secret.
  package var words: String
  /// The exit code of a bad one.
  package var code: ExitCode

  /// A check with what it found.
  package init(
    _ subject: String,
    _ verdict: Verdict,
    _ words: String,
    code: ExitCode = .failed
  ) {
    self.subject = subject
    self.verdict = verdict
    self.words = words
    self.code = code
  }
}

/// What `doctor` finds out by asking the server, one question after the other.
package enum Probe: Sendable, Equatable {
  case runs
  case tasks

  /// The path that is read.
  var path: String {
    switch self {
    case .runs: "/v1/runs"
    case .tasks: "/v1/tasks/pending"
    }
  }
}

/// Looks over everything that the program needs, without changing anything.
struct Doctor: Sendable {
  /// What was found, in the order of the report.
  private var checks: [Check]
  /// Whether there is a server to ask.
  private let asks: Bool
  private let context: ShellContext
  private var askedAt = Timestamp(milliseconds: 0)

  /// A clock that is further off than this makes ages wrong.
  private static let tolerance = Duration.seconds(5)

  init(_ checks: [Check], asks: Bool, _ context: ShellContext) {
    self.checks = checks
    self.asks = asks
    self.context = context
  }

  mutating func begin(at now: Timestamp) -> [ShellEffect] {
    guard asks else { return report }
    return ask(.runs, now)
  }

  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .probed(let probe, .success(let count)):
      let took = max(0, (now - askedAt).inMilliseconds)
      checks.append(Check(probe.path, .good, "\(count) in \(took) ms"))
      if probe == .runs {
        checks.append(Check("token", .good, "accepted"))
        return ask(.tasks, now)
      }
      return [.poll]
    case .probed(let probe, .failure(let fault)):
      checks.append(Check(probe.path, .bad, fault.sentence, code: ExitCode(fault)))
      // A server that refuses one list may answer the other; one that is not there answers neither.
      let isThere = ![.unreachable, .timedOut].contains(fault.kind)
      return probe == .runs && isThere ? ask(.tasks, now) : report
    case .reading(.success(let reading)):
      if let skew = reading.clockSkew { checks.append(Doctor.clock(skew)) }
      return report
    case .reading(.failure(let fault)):
      checks.append(Check("inbox", .bad, fault.sentence, code: ExitCode(fault)))
      return report
    case .detail, .workflows, .graph, .stage, .outcome: return []
    }
  }

  private mutating func ask(_ probe: Probe, _ now: Timestamp) -> [ShellEffect] {
    askedAt = now
    return [.progress("asking \(probe.path)"), .probe(probe)]
  }

  private static func clock(_ skew: Duration) -> Check {
    let seconds = skew.inMilliseconds / 1000
    guard abs(skew.inMilliseconds) > tolerance.inMilliseconds else {
      return Check("clock", .good, "agrees with the server's")
    }
    let side = seconds > 0 ? "ahead" : "behind"
    return Check(
      "clock",
      .note,
      "the server's is \(Age.exact(.seconds(abs(seconds)))) \(side): ages are off by as much"
    )
  }

  private var report: [ShellEffect] {
    // The first that is bad is the cause of what comes after it.
    let code = checks.first { $0.verdict == .bad }?.code ?? .done
    return [.out(text), .finish(code)]
  }

  private var text: String {
    guard context.form == .table else {
      let values = checks.map { check -> JSONValue in
        [
          "check": .string(check.subject), "verdict": .string(check.verdict.rawValue),
          "detail": .string(check.words),
        ]
      }
      return JSONOutput.text(values, context.form)
    }
    let longest = checks.map(\.subject.count).max() ?? 0
    let left = "note  ".count + longest + 2
    var lines: [String] = []
    for check in checks {
      let head =
        Text.padded(check.verdict.rawValue, to: 6) + Text.padded(check.subject, to: longest + 2)
      // A sentence that says what to do is wrapped rather than cut.
      let words =
        context.width.map { Text.wrapped(check.words, to: max(20, $0 - left), maximumLines: nil) }
        ?? [Text.sanitised(check.words)]
      for (index, line) in words.enumerated() {
        lines.append((index == 0 ? head : String(repeating: " ", count: left)) + line)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
