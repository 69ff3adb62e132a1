package import Cells
package import Runs
package import Triage

/// Everything that the application knows.
///
/// ``update(_:_:at:)`` changes it, ``view(_:)`` draws it; nothing else does either.
package struct Model: Sendable, Equatable {
  /// What lies on the screen, the topmost last; only the topmost has the keyboard.
  package var layers: [Layer]
  package var size: Size
  package var zone: Zone
  package var glyphs: Glyphs
  package var config: Config
  package var profile: ProfileFacts
  /// How the profile's token stands.
  package var access = Access()
  /// The names of what the command line completes.
  package var offers = Offers()
  /// What is kept of the profile on this machine.
  package internal(set) var shelves = Shelves()
  package var permissions: Permissions
  package var link = Link()
  package var inbox: InboxModel
  /// What was decided on this machine.
  package var activity = ActivityModel()
  /// Which tab of the first screen is shown.
  package var tab = MainTab.inbox
  /// The filters of the config, a tab each.
  package internal(set) var filters: [SavedFilter] = []
  /// What was read of runs that were looked at, newest last; bounded.
  package var details = DetailCache()
  /// Tells which runs look stuck.
  package var lookout: Lookout
  /// The workflow whose past is being read; one at a time.
  var historyWanted: WorkflowID?
  /// How often it could not be read.
  var historyMisses: [WorkflowID: Int] = [:]
  /// How the inboxes of other profiles were left.
  var left: [String: LeftInbox] = [:]
  /// Why decisions cannot be recorded, as far as it is known; nil when they can.
  package var journalFault: Fault?
  /// Decisions that a program that ended too early had planned and not sent.
  package var leftPlans: [JournalRecord] = []
  /// The workflows, as read last; nil until they are.
  package var workflows: [Workflow]?
  /// Why the last reading of them failed.
  package var workflowsFault: Fault?
  /// What was decided and can still be taken back, the newest last.
  package var held: [Held] = []
  /// Decisions on their way.
  package var flights: [DecisionID: Flight] = [:]
  /// What `u` takes back once nothing is held any more.
  var reversal: Reversal?
  /// The decision that took the last one back; it is not taken back itself.
  var reversing: DecisionID?
  /// Whether something was just taken back, and the journal has not said yet that it has it.
  var awaitsRecord = false
  /// Whether read-only was switched on here.
  var isReadOnlyHere = false
  /// What was done here to runs that are, or were, listed: a row that leaves says so.
  var done: [RunID: Decision] = [:]
  /// When what is being typed for an answer is kept; nil while nothing is typed that is not kept.
  var keepsTypedAt: Timestamp?
  /// What was sent last as one; kept until the next.
  package var bulk: Bulk?
  package var notice: Notice?
  /// Whether the operator was told what leaving now would miss.
  var asksToLeave = false
  /// Whether the operator leaves once what is on its way is done.
  var leavesWhenSettled = false
  package var decisions: DecisionSource
  /// The moment of the message being handled; ages on the screen count to ``InboxModel/inbox``'s.
  package var now: Timestamp

  /// An application that has seen nothing yet.
  package init(
    size: Size,
    profile: ProfileFacts,
    config: Config = Config(),
    zone: Zone = .utc,
    glyphs: Glyphs = .utf8,
    capabilities: Capabilities = .agentRuntime,
    decisions: DecisionSource,
    now: Timestamp,
    layers: [Layer] = [.inbox]
  ) {
    self.size = size
    self.profile = profile
    self.config = config
    self.zone = zone
    self.glyphs = glyphs
    permissions = Permissions(readOnly: config.readOnly, capabilities: capabilities)
    self.decisions = decisions
    self.now = now
    self.layers = layers
    lookout = Lookout(patience: config.stuckAfter, waitsForHistory: true)
    inbox = InboxModel(at: now)
  }

  /// The decision about a run, or about a task of it, that is on its way.
  package func flight(of run: RunID, task: TaskID? = nil) -> Flight? {
    flights.values.first { $0.decision.concerns(run, task: task) }
  }

  /// The layer that has the keyboard.
  package var top: Layer { layers.last ?? .inbox }

  /// When ``Message/tick`` is wanted, because something on the screen will be different then.
  package var nextWake: Timestamp? {
    var moments = [notice?.until].compactMap { $0 }
    if !holdsStill { moments += held.map { $0.nextChange(after: now) } }
    if layers.contains(where: { if case .firstStart = $0 { true } else { false } }) {
      return moments.min()
    }
    if let change = link.nextChange(after: now) { moments.append(change) }
    if let rests = inbox.restsAt { moments.append(rests) }
    if let keeps = keepsTypedAt { moments.append(keeps) }
    // A question holds the order too, for as long as it lies there: nothing to wake for then.
    if let release = inbox.holdsUntil, inbox.listing.held > 0, release > now {
      moments.append(release)
    }
    return moments.min()
  }
}

/// Something that lies on the screen and takes keys while it is the topmost.
package enum Layer: Sendable, Equatable {
  case firstStart(FirstStart)
  case inbox
  case run(RunScreen)
  case activity
  case record(RecordScreen)
  case report(ReportScreen)
  case review(ReviewPage)
  case sending(SendingPage)
  case filter(FilterPrompt)
  case naming(FilterNaming)
  case help(HelpScreen)
  case decision(DecisionDialog)
  case stopping(StopDialog)
  case command(CommandLine)
  case token(TokenPrompt)
  case choice(WorkflowChoice)
  case start(StartScreen)
  case confirmName(NamePrompt)
  case commenting(CommentPrompt)
  case leaving

  /// The table of keys that holds while the layer is the topmost.
  package var scope: Keymap.Scope {
    switch self {
    case .firstStart: .firstStart
    case .inbox: .inbox
    case .run(let screen): screen.isEditing ? .field : .run
    case .activity: .activity
    case .record: .record
    case .report: .report
    case .review(let page): page.asksHow ? .stopping : .review
    case .sending: .sending
    case .filter: .filter
    case .naming: .naming
    case .help: .help
    case .decision: .decision
    case .stopping: .stopping
    case .command: .command
    case .token: .token
    case .choice: .choice
    case .start: .start
    case .confirmName, .commenting: .prompt
    case .leaving: .leaving
    }
  }

  /// Whether it is about many decisions at once.
  var isBulk: Bool {
    switch self {
    case .review, .sending: true
    default: false
    }
  }

  /// Whether it only covers a part of what is beneath.
  var isDialog: Bool {
    switch self {
    case .decision, .stopping, .token, .confirmName, .commenting, .leaving: true
    default: false
    }
  }
}

/// A decision that was made and whose outcome is not known yet.
package struct Flight: Sendable, Equatable {
  package var decision: Decision
  package var stage: Stage
}

/// One sentence about what happened, above the hints.
package struct Notice: Sendable, Equatable {
  /// How it is meant.
  package enum Tone: Sendable, Equatable {
    case plain
    case good
    case bad
  }

  package var text: String
  package var tone: Tone
  /// When it goes by itself; nil keeps it until something replaces or closes it.
  package var until: Timestamp?

  /// A sentence to show.
  package init(text: String, tone: Tone, until: Timestamp? = nil) {
    self.text = text
    self.tone = tone
    self.until = until
  }
}

/// Details of runs that were looked at: the newest few, so that memory is bounded.
package struct DetailCache: Sendable, Equatable {
  /// How many runs are remembered.
  static let limit = 24
  private var entries: [(key: RunReference, value: RunDetail)] = []
  /// Why the last reading of a run failed.
  package var faults: [RunReference: Fault] = [:]
  /// Runs that are being read.
  package var loading: Set<RunReference> = []

  /// Nothing looked at yet.
  package init() {}

  /// What was read of a run.
  package subscript(run: RunReference) -> RunDetail? {
    entries.last { $0.key == run }?.value
  }

  /// Remembers a reading.
  package mutating func store(_ detail: RunDetail, for run: RunReference) {
    entries.removeAll { $0.key == run }
    entries.append((run, detail))
    if entries.count > DetailCache.limit { entries.removeFirst() }
    faults[run] = nil
  }

  /// Equal when the same runs were read at the same moments, with or without their graphs.
  package static func == (left: DetailCache, right: DetailCache) -> Bool {
    left.loading == right.loading && left.faults == right.faults
      && left.entries.map(\.key) == right.entries.map(\.key)
      && left.entries.map(\.value.at) == right.entries.map(\.value.at)
      && left.entries.map { $0.value.graph == nil } == right.entries.map { $0.value.graph == nil }
  }
}
