internal import RunClient
internal import Runs
internal import Shell

extension Log {
  /// Writes down what the client tells.
  func write(_ event: ClientEvent, at now: Timestamp) {
    switch event {
    case .exchanged(let words): write(.debug, "exchange", words, at: now)
    case .reading(let reading, true):
      let tasks = reading.tasks.map { "\($0.count) tasks" } ?? "tasks unknown"
      write(.info, "poll", "\(reading.runs.count) runs, \(tasks)", at: now)
    case .pollFailed(let fault, let next, let missed):
      let pause = max(0, (next - now).inMilliseconds)
      let words = "\(missed) missed, again in \(pause) ms: \(fault.sentence)"
      write(.error, "poll", words, at: now)
    case .pollSilent(let since):
      let silence = max(0, (now - since).inMilliseconds)
      write(.error, "poll", "no answer for \(silence) ms", at: now)
    case .detail(let run, .failure(let fault)):
      write(.error, "run", "\(run.run.text): \(fault.sentence)", at: now)
    case .stage(let id, let stage):
      write(.info, "decision", "\(id.text) \(stage.words)", at: now)
    case .outcome(let decision, let outcome, let recorded):
      let record = recorded ? "" : ", not recorded"
      let what = "\(decision.id.text) \(decision.verb.word) \(decision.subject.run.run.text)"
      write(.info, "decision", "\(what): \(ExitCode(outcome))\(record)", at: now)
    case .journal(let fault?): write(.error, "journal", fault.sentence, at: now)
    case .facts(let workflow, .failure(let fault)):
      write(.error, "workflow", "\(workflow.text): \(fault.sentence)", at: now)
    case .listing(_, .failure(let fault)): write(.error, "list", fault.sentence, at: now)
    case .history(let workflow, .failure(let fault)):
      write(.error, "history", "\(workflow.text): \(fault.sentence)", at: now)
    case .journal(nil), .unfinished, .withdrawn, .underWay, .reading, .detail, .pollStarted, .graph,
      .context, .history, .listing, .facts:
      break
    }
  }
}
