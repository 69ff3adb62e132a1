internal import Runs
internal import Triage

extension Model {
  /// How often the past of a workflow is asked for in vain.
  private static let historyTries = 3

  /// Wants the past of a workflow of which a run has been silent for long: one at a time, and none
  /// while the server does not answer.
  mutating func wantHistory() -> [Effect] {
    guard mayAsk, link.fault == nil, historyWanted == nil, let wanted = inbox.inbox.wantedHistory
    else { return [] }
    historyWanted = wanted.workflow
    return [.loadHistory(wanted.workflow, version: wanted.version)]
  }

  /// Takes in the past of a workflow.
  mutating func learn(_ result: Result<StepHistory, Fault>, of workflow: WorkflowID) -> [Effect] {
    if historyWanted == workflow { historyWanted = nil }
    switch result {
    case .success(let history): lookout.learn(history, of: workflow)
    case .failure(let fault):
      switch fault.kind {
      case .unreachable, .timedOut, .limited, .server, .unauthenticated:
        // These may pass: it is asked again with a later reading, but not for ever.
        historyMisses[workflow, default: 0] += 1
        guard historyMisses[workflow] == Model.historyTries else { return [] }
        lookout.learn(nil, of: workflow)
      default: lookout.learn(nil, of: workflow)
      }
    }
    attend()
    return wantHistory()
  }

  /// Takes in what a look at a run showed of its silence.
  mutating func learn(from detail: RunDetail) {
    let skew = inbox.reading?.clockIsOff ?? .zero
    lookout.note(detail, at: detail.at + skew)
    attend()
  }

  /// Judges the going runs anew when something was learnt of them.
  private mutating func attend() {
    guard !link.isFromDisk, inbox.reading != nil, !inbox.inbox.isAbreast(of: lookout) else {
      return
    }
    inbox.inbox.learn(lookout)
    refreshListing()
  }
}
