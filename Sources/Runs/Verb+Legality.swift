extension Verb {
  /// Why a run of a status does not take this verb; nil when it does.
  ///
  /// These are the product's rules ("Runs and Command Center"): resume only from paused, a draining
  /// run may still be stopped at once, and nothing brings an ended run back.
  package func obstacle(status: RunStatus) -> String? {
    switch self {
    case .approve, .reject, .start: return nil
    case .pause:
      switch status.phase {
      case .waiting, .running: return nil
      case .paused: return "this run is paused already"
      case .draining: return "this run is stopping; it cannot be paused"
      case .ended: return "this run has ended (\(status.word))"
      }
    case .resume:
      switch status.phase {
      case .paused: return nil
      case .waiting, .running: return "this run is \(status.word); only paused runs resume"
      case .draining: return "this run is stopping; it cannot be resumed"
      case .ended: return Verb.unresumable(status)
      }
    case .stop(let mode):
      switch status.phase {
      case .ended: return "this run has ended (\(status.word))"
      case .draining where mode == .graceful: return "this run is stopping gracefully already"
      default: return nil
      }
    }
  }

  /// Why a backend cannot do this at all; nil when it can.
  package func obstacle(capabilities: Capabilities) -> String? {
    switch self {
    case .pause, .resume: capabilities.pausesRuns ? nil : "this server cannot pause runs"
    case .stop(let mode):
      capabilities.stopModes.contains(mode) ? nil : "this server cannot stop runs that way"
    case .approve, .reject, .start: nil
    }
  }

  private static func unresumable(_ status: RunStatus) -> String {
    switch status {
    case .failed: "failed runs do not resume: start a new one"
    case .stopped: "a stopped run cannot be resumed"
    default: "this run has ended (\(status.word))"
    }
  }
}
