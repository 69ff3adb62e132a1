import Cells
import CommandCenter
import Settings
import Shell
import Terminal

/// Looks over what the front's profile needs, as `doctor` does, while the front has the terminal.
struct FrontExamination: Sendable {
  let setup: Setup
  /// The profile that is open.
  let chosen: Chosen?
  /// What was known of the terminal before it had a screen on it.
  let description: TerminalDescription?
  /// The terminal's size.
  let size: Size

  /// Looks; blocks for as long as a server takes, which is bounded.
  func lines() -> [ReportLine] {
    var checks = [DoctorCommand.version, DoctorCommand.runtime]
    checks += DoctorCommand.terminal(setup.terminal, description, size: size)
    checks.append(
      Diagnosis.widths(.notAsked("the inbox has the terminal; doctor in a shell asks it"))
    )
    checks += DoctorCommand.settings(setup)
    let (more, secrets) = server()
    return (checks + more).map { check in
      let shown = check.hiding(secrets)
      return ReportLine(shown.subject, shown.words, ReportLine.Verdict(shown.verdict))
    }
  }

  private func server() -> (checks: [Check], secrets: [String]) {
    guard let chosen else { return ([Check("profile", .bad, setup.nothing.sentence)], []) }
    var examiner = ServerExaminer(setup: setup, chosen: chosen, isAlone: false)
    do {
      let checks = try examiner.checks()
      return (checks, examiner.secrets)
    } catch {
      return ([Check("server", .bad, "\(error)")], examiner.secrets)
    }
  }
}

extension ReportLine.Verdict {
  /// How a check turned out.
  fileprivate init(_ verdict: Check.Verdict) {
    self =
      switch verdict {
      case .good: .good
      case .note: .note
      case .bad: .bad
      }
  }
}
