package import Runs

/// The question before a yes or a no to a task.
package struct DecisionDialog: Sendable, Equatable {
  /// `approve` or `reject`.
  package var verb: Verb
  /// What it is about, as it was on the screen when the dialog opened.
  package var target: Target
  /// What is different from what was decided on before, when this is asked again.
  package var change: Change?

  /// Whether there is still something to decide.
  var isOpen: Bool {
    switch change {
    case nil, .payload: true
    case .status, .answered, .events, .gone: false
    }
  }
}

/// The question before a stop.
package struct StopDialog: Sendable, Equatable {
  package var target: Target
  package var change: Change?
  /// How it was seen before it changed.
  package var saw: RunStatus?

  /// Whether there is still something to stop.
  var isOpen: Bool { change != .gone && target.run?.status.isTerminal != true }
}
