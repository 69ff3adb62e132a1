package import Cells
package import Runs

/// What the command line asks for.
package enum ShellVerb: Sendable, Equatable {
  /// What needs a person; only what a filter lets through; again at every change, if watched.
  case inbox(filter: String = "", watches: Bool = false)
  /// The feed of runs.
  case runs(RunsWanted = RunsWanted())
  /// The tasks that wait, of all runs or of one.
  case tasks(run: String? = nil, watches: Bool = false)
  /// The workflows.
  case workflows
  /// One run, by its id or the beginning of it; once it has ended, if that is awaited.
  case show(String, wait: Patience? = nil)
  /// The events of a run, those behind a number; until it has ended, if it is followed.
  case events(String, after: Int? = nil, follows: Bool = false)
  /// A run's input, the results of its steps, its variables; or what lies at a path in it.
  case context(String, path: String? = nil)
  /// Something that changes runs, or answers tasks.
  case act(Action)
  /// A new run.
  case start(Start)
  /// What was decided on this machine.
  case activity(ActivityWanted = ActivityWanted())
  /// What the next one on duty must know of a server.
  case handover(since: Since, JournalPlace)
  /// What was found when everything that the program needs was looked over.
  case doctor([Check])
  /// The profiles of the config.
  case profiles([ProfileSummary])
  /// The themes that may be chosen.
  case themes([ThemeChoice])
  /// One theme, shown on a sample of the inbox.
  case theme(ThemeChoice, Theme, Glyphs)

  /// Whether it goes on until somebody ends it, or the run does that it follows.
  var isEndless: Bool {
    switch self {
    case .inbox(_, let watches), .tasks(_, let watches): watches
    case .runs(let wanted): wanted.watches
    case .events(_, _, let follows): follows
    default: false
    }
  }
}

/// Which runs are wanted of the feed.
package struct RunsWanted: Sendable, Equatable {
  /// In the filter language.
  package var filter: String
  /// Of these statuses; of any when there is none.
  package var statuses: [RunStatus]
  /// Of the workflow that this names.
  package var workflow: String?
  /// The newest so many.
  package var limit: Int?
  /// Again at every change.
  package var watches: Bool

  /// Runs of the feed.
  package init(
    filter: String = "",
    statuses: [RunStatus] = [],
    workflow: String? = nil,
    limit: Int? = nil,
    watches: Bool = false
  ) {
    self.filter = filter
    self.statuses = statuses
    self.workflow = workflow
    self.limit = limit
    self.watches = watches
  }
}

/// How long somebody waits until runs have ended.
package struct Patience: Sendable, Equatable {
  /// Without one it is for as long as it takes.
  package var timeout: Duration?

  /// A wait.
  package init(timeout: Duration? = nil) { self.timeout = timeout }
}

/// What is to be done to runs, or to the tasks that they wait for.
package struct Action: Sendable, Equatable {
  /// Any but a start.
  package var verb: Verb
  /// Ids of tasks or runs, or their beginnings, as they were given.
  package var ids: [String]
  /// Whether each thing is told in a line of its own, though there may be one only.
  package var isBulk: Bool
  /// Only while the run has one of these statuses.
  package var statuses: Set<RunStatus>?
  /// Only while this is the number of the run's newest event.
  package var lastEvent: Int?
  /// What goes with an answer to a task.
  package var comment: String?
  /// `key=value` words: values for fields of a task.
  package var edits: [String]
  /// Whether ids that cannot be resolved are left out, instead of keeping all from being sent.
  package var skipsUnknown: Bool
  /// Whether it is sent though the journal cannot be written.
  package var allowsUnrecorded: Bool
  /// Set to wait until the runs have ended.
  package var wait: Patience?

  /// An action on things of these ids.
  package init(
    _ verb: Verb,
    _ ids: [String],
    isBulk: Bool? = nil,
    statuses: Set<RunStatus>? = nil,
    lastEvent: Int? = nil,
    comment: String? = nil,
    edits: [String] = [],
    skipsUnknown: Bool = false,
    allowsUnrecorded: Bool = false,
    wait: Patience? = nil
  ) {
    self.verb = verb
    self.ids = ids
    self.isBulk = isBulk ?? (ids.count > 1)
    self.statuses = statuses
    self.lastEvent = lastEvent
    self.comment = comment
    self.edits = edits
    self.skipsUnknown = skipsUnknown
    self.allowsUnrecorded = allowsUnrecorded
    self.wait = wait
  }
}

/// A run that is to be started.
package struct Start: Sendable, Equatable {
  /// The words that name the workflow, then those of the input.
  package var words: [String]
  /// The input as JSON, from a file.
  package var input: String?
  /// The run whose input is taken; it names the workflow too.
  package var again: String?
  /// Whether it is only told what would be sent.
  package var isRehearsal: Bool
  /// Whether what was understood of a name that is only a part of one was confirmed before.
  package var isConfirmed: Bool
  /// Whether it is sent though the journal cannot be written.
  package var allowsUnrecorded: Bool
  /// Set to wait until the run has ended.
  package var wait: Patience?

  /// A start.
  package init(
    _ words: [String],
    input: String? = nil,
    again: String? = nil,
    isRehearsal: Bool = false,
    isConfirmed: Bool = false,
    allowsUnrecorded: Bool = false,
    wait: Patience? = nil
  ) {
    self.words = words
    self.input = input
    self.again = again
    self.isRehearsal = isRehearsal
    self.isConfirmed = isConfirmed
    self.allowsUnrecorded = allowsUnrecorded
    self.wait = wait
  }
}
