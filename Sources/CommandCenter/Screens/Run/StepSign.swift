internal import Cells
internal import Runs
internal import Triage

/// How a step's outcome is shown: sign, look, and a remark.
enum StepSign {
  static func of(_ outcome: StepOutcome, _ glyphs: Glyphs) -> (Character, Look) {
    switch outcome {
    case .pending: (glyphs.queued, .queued)
    case .running: (glyphs.running, .running)
    case .waiting: (glyphs.awaiting, .attention)
    case .success: (glyphs.done, .success)
    case .failed: (glyphs.failed, .failure)
    case .cancelled: (glyphs.cancelled, .stopped)
    case .stopped: (glyphs.stopped, .stopped)
    case .skipped: (glyphs.blocked, .faint)
    }
  }

  /// What there is to say of a step beside its badge: how long, why, what it waits for.
  static func remark(
    _ step: Step,
    among steps: [Step],
    _ detail: RunDetail,
    _ model: Model
  ) -> String {
    let now = model.inbox.inbox.at
    let title = { (id: StepID) in detail.graph?.title(of: id) ?? id.text }
    let took = step.startedAt.flatMap { start in step.endedAt.map { Age.took($0 - start) } }
    switch step.outcome {
    case .pending:
      let waits = step.dependsOn.filter { id in
        steps.first { $0.id == id }?.outcome.isSettled == false
      }
      return waits.isEmpty ? "" : "waits for " + waits.map(title).joined(separator: ", ")
    case .running:
      let since = step.startedAt.map { model.age(now - $0, exact: true) }
      return since.map { "running \($0)" } ?? "running"
    case .waiting:
      let since = detail.tasks.first { $0.isPending && $0.step == step.id }?.createdAt
      return "for you" + (since.map { " since \(model.age(now - $0))" } ?? "")
    case .success:
      return [took, step.credits.map { "\($0.text) cr" }].compactMap { $0 }.joined(separator: "  ")
    case .failed: return [took, step.failure?.message].compactMap { $0 }.joined(separator: "  ")
    case .cancelled:
      let why = step.causedBy.map { "in flight when \(title($0)) failed" } ?? "cancelled"
      return [took, why].compactMap { $0 }.joined(separator: "  ")
    case .stopped: return [took, "ended by the stop"].compactMap { $0 }.joined(separator: "  ")
    case .skipped(.blocked):
      return step.causedBy.map { "blocked by \(title($0))" } ?? "blocked"
    case .skipped(.condition): return "its condition said no"
    case .skipped: return step.outcome.badge.lowercased()
    }
  }
}
