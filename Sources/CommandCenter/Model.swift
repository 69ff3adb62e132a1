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
  /// Which tab of the first screen is shown.
  package var tab = MainTab.inbox
  /// What was read of runs that were looked at, newest last; bounded.
  package var details = DetailCache()
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
  /// Decisions on their way.
  package var flights: [DecisionID: Flight] = [:]
  package var notice: Notice?
  /// Whether the operator was told what leaving now would miss.
  var asksToLeave = false
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
    inbox = InboxModel(at: now)
  }

  /// The decision about a run that is on its way.
  package func flight(of run: RunID) -> Flight? {
    flights.values.first { $0.decision.subject.run.run == run }
  }

  /// The layer that has the keyboard.
  package var top: Layer { layers.last ?? .inbox }

  /// When ``Message/tick`` is wanted, because something on the screen will be different then.
  package var nextWake: Timestamp? {
    var moments = [notice?.until].compactMap { $0 }
    if layers.contains(where: { if case .firstStart = $0 { true } else { false } }) {
      return moments.min()
    }
    if let change = link.nextChange(after: now) { moments.append(change) }
    if let rests = inbox.restsAt { moments.append(rests) }
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
  case filter(FilterPrompt)
  case help(HelpScreen)
  case decision(DecisionDialog)
  case stopping(StopDialog)
  case command(CommandLine)
  case token(TokenPrompt)
  case choice(WorkflowChoice)
  case start(StartScreen)

  /// The table of keys that holds while the layer is the topmost.
  package var scope: Keymap.Scope {
    switch self {
    case .firstStart: .firstStart
    case .inbox: .inbox
    case .run: .run
    case .filter: .filter
    case .help: .help
    case .decision: .decision
    case .stopping: .stopping
    case .command: .command
    case .token: .token
    case .choice: .choice
    case .start: .start
    }
  }

  /// Whether it only covers a part of what is beneath.
  var isDialog: Bool {
    switch self {
    case .decision, .stopping, .token: true
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
