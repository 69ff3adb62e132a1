internal import Cells
package import JSON

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
  /// The same for programs.
  package var facts: JSONObject

  /// A check with what it found.
  package init(
    _ subject: String,
    _ verdict: Verdict,
    _ words: String,
    code: ExitCode = .failed,
    facts: JSONObject = [:]
  ) {
    self.subject = subject
    self.verdict = verdict
    self.words = words
    self.code = code
    self.facts = facts
  }

  /// The check without secrets, wherever they turned up: servers repeat what they were sent.
  /// - Parameter secrets: Texts that must not be shown; those of less than four characters would hide
  ///   half of the report, and hide nothing.
  /// - Returns: The check as it may be sent to anybody.
  package func hiding(_ secrets: [String]) -> Check {
    // The longest first: one may be a part of another.
    let secrets = secrets.filter { $0.count >= 4 }.sorted { $0.count > $1.count }
    func hidden(_ text: String) -> String {
      secrets.reduce(text) { $0.replacing($1, with: "(not shown)") }
    }
    func hidden(_ value: JSONValue) -> JSONValue {
      switch value {
      case .string(let text): .string(hidden(text))
      case .array(let items): .array(items.map { hidden($0) })
      case .object(let object):
        .object(
          object.members.reduce(into: [:]) { all, member in
            all[hidden(member.key)] = hidden(member.value)
          }
        )
      default: value
      }
    }
    var check = self
    check.words = hidden(words)
    check.facts = hidden(.object(facts)).object ?? [:]
    return check
  }
}

/// The report as the shell writes it.
enum DoctorOutput {
  static func effects(_ checks: [Check], _ context: ShellContext) -> [ShellEffect] {
    // The first that is bad is the cause of what comes after it.
    let code = checks.first { $0.verdict == .bad }?.code ?? .done
    return [.out(text(checks, context)), .finish(code)]
  }

  private static func text(_ checks: [Check], _ context: ShellContext) -> String {
    switch context.form {
    case .table: break
    case .json, .jsonl: return JSONOutput.text(checks.map(json), context.form)
    case .tsv: return TSV.text(checks, fields)
    }
    let longest = checks.map { Text.width($0.subject) }.max() ?? 0
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

  private static func json(_ check: Check) -> JSONValue {
    [
      "check": .string(check.subject), "verdict": .string(check.verdict.rawValue),
      "detail": .string(check.words), "facts": .object(check.facts),
    ]
  }

  private static var fields: [Field<Check>] {
    [
      Field("check") { $0.subject }, Field("verdict") { $0.verdict.rawValue },
      Field("detail") { $0.words },
    ]
  }
}
