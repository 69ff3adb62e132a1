package import Cells
package import CommandCenter
package import Runs

/// What the command line asks for.
package enum ShellVerb: Sendable, Equatable {
  /// What needs a person; only what a filter lets through.
  case inbox(filter: String)
  /// One run, by its id or the beginning of it.
  case show(String)
  /// The events of a run, those behind a number.
  case events(String, after: Int?)
  /// A yes to a task, by the task's id or its run's.
  case approve(String)
  case reject(String)
  /// A run of a workflow, by its name or id, with the words of its input.
  case start(String, input: [String])
  case pause(String)
  case resume(String)
  case stop(String, StopMode)
  /// What was found when everything that the program needs was looked over.
  case doctor([Check])
  /// The profiles of the config.
  case profiles([ProfileSummary])
  /// The themes that may be chosen.
  case themes([ThemeChoice])
  /// One theme, shown on a sample of the inbox.
  case theme(ThemeChoice, Theme, Glyphs)

  /// Whether it changes something.
  var acts: Bool {
    switch self {
    case .inbox, .show, .events, .doctor, .profiles, .themes, .theme: false
    case .approve, .reject, .start, .pause, .resume, .stop: true
    }
  }
}

/// How answers are written.
package enum OutputForm: String, Sendable, CaseIterable {
  /// For people.
  case table
  /// One JSON value; several things as one list.
  case json
  /// One JSON value a line.
  case jsonl
}

/// What stands around a verb.
package struct ShellContext: Sendable {
  package var form: OutputForm
  /// The columns of the terminal that is written to; nil writes without bound, and moments in full.
  package var width: Int?
  package var zone: Zone
  /// The workflow of a run that may be beyond what the server lists.
  package var workflow: WorkflowID?
  /// Why nothing may be changed; nil when it may.
  package var readOnly: String?
  /// The profile whose name is asked for before an immediate stop; nil asks for none.
  package var protected: String?
  /// The name that was given for it.
  package var confirmed: String?
  /// Names decisions and runs that are started.
  package var decisions: DecisionSource

  /// A context.
  package init(
    form: OutputForm = .table,
    width: Int? = nil,
    zone: Zone = .utc,
    workflow: WorkflowID? = nil,
    readOnly: String? = nil,
    protected: String? = nil,
    confirmed: String? = nil,
    decisions: DecisionSource
  ) {
    self.form = form
    self.width = width
    self.zone = zone
    self.workflow = workflow
    self.readOnly = readOnly
    self.protected = protected
    self.confirmed = confirmed
    self.decisions = decisions
  }
}
