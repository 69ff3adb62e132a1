package import JSON

/// How a run is stopped.
package enum StopMode: String, Sendable, Hashable {
  /// What is in flight finishes; nothing new starts.
  case graceful
  /// What is in flight is cancelled now.
  case immediate
}

/// What an operator can do to a workflow, a run or a task.
package enum Verb: Sendable, Hashable {
  case approve
  case reject
  case pause
  case resume
  case stop(StopMode)
  case start

  /// The verb as the journal and sentences write it.
  package var word: String {
    switch self {
    case .approve: "approve"
    case .reject: "reject"
    case .pause: "pause"
    case .resume: "resume"
    case .stop(.graceful): "stop gracefully"
    case .stop(.immediate): "stop now"
    case .start: "start"
    }
  }

  /// Whether it is about a run as a whole, and not about one of its tasks.
  package var isAboutRun: Bool {
    switch self {
    case .pause, .resume, .stop: true
    case .approve, .reject, .start: false
    }
  }

  /// Every verb.
  package static let all: [Verb] = [
    .approve, .reject, .pause, .resume, .stop(.graceful), .stop(.immediate), .start,
  ]

  /// The verb of a word; nil for a word that is none.
  package init?(word: String) {
    guard let verb = Verb.all.first(where: { $0.word == word }) else { return nil }
    self = verb
  }
}

/// Names one decision; sent as the idempotency key, the same over retries and restarts.
package struct DecisionID: Identity {
  package let text: String
  package init(_ text: String) { self.text = text }
}

/// Names decisions that were reviewed together and are sent one by one.
package struct BatchID: Identity {
  /// How many decisions of a bulk are under way at once at most.
  package static let atOnce = 4
  package let text: String
  package init(_ text: String) { self.text = text }
}

/// What a decision is about.
package enum Subject: Sendable, Hashable {
  case task(TaskReference)
  case run(RunReference)
  /// A start; the new run's id is chosen here, so that a repeated start cannot make a second run.
  case start(RunReference)

  /// The run that is acted on, or that a start makes.
  package var run: RunReference {
    switch self {
    case .task(let task): task.run
    case .run(let run), .start(let run): run
    }
  }
}

/// What the operator saw when deciding.
///
/// It is read again before anything is sent; if it differs, nothing is.
package struct Seen: Sendable, Equatable {
  /// The run's status then; nil when only its task was seen, because the feed did not hold it.
  package var status: RunStatus?
  /// What the task asked then; nil for decisions about runs.
  package var payload: JSONObject?
  /// The digest of what the task asked, where only that was kept: by a journal.
  package var digest: String?
  /// The newest event then: written to the journal, never compared, since a running run moves all
  /// the time.
  package var lastEvent: Int?

  /// What was seen.
  package init(
    status: RunStatus?,
    payload: JSONObject? = nil,
    digest: String? = nil,
    lastEvent: Int? = nil
  ) {
    self.status = status
    self.payload = payload
    self.digest = digest
    self.lastEvent = lastEvent
  }

  /// Whether a task asks the same as was seen.
  ///
  /// The payload itself is compared where there is one: a digest names, it does not protect.
  package func isSame(_ asked: JSONObject) -> Bool {
    if let payload { return payload == asked }
    return digest.map { $0 == Digest.of(.object(asked)) } ?? true
  }
}

/// What the server must show just before sending, word for word, beyond what was seen.
package struct Conditions: Sendable, Equatable {
  /// The run must be in one of these; nil takes any.
  package var statuses: Set<RunStatus>?
  /// The newest event of the run must be this; nil takes any.
  package var lastEvent: Int?

  /// Conditions; none without arguments.
  package init(statuses: Set<RunStatus>? = nil, lastEvent: Int? = nil) {
    self.statuses = statuses
    self.lastEvent = lastEvent
  }

  /// Whether there is nothing to check.
  package var isEmpty: Bool { statuses == nil && lastEvent == nil }
}

/// One thing that an operator decided, bound to what was on the screen.
package struct Decision: Sendable, Equatable {
  package var id: DecisionID
  package var verb: Verb
  package var subject: Subject
  /// The workflow's name, for sentences and records.
  package var title: String
  /// What was seen; nil for a start, and for the shell, which acts on what the server says now.
  package var seen: Seen?
  /// Fields that go beside `approved` (a comment, edited values), or a start's input.
  package var fields: JSONObject
  /// The digest of the fields, where only that was kept: by a journal, of very long ones.
  ///
  /// Such a decision can be read back, and is never sent.
  package var fieldsDigest: String?
  package var madeAt: Timestamp
  /// What the server must show just before sending; otherwise nothing is sent.
  package var conditions: Conditions
  /// Whether it is sent although the reading before it failed.
  package var insists: Bool
  /// Whether it is sent although it cannot be recorded.
  package var allowsUnrecorded: Bool
  /// The bulk that it is part of; few of one are under way at once.
  package var batch: BatchID?

  /// A decision.
  package init(
    id: DecisionID,
    verb: Verb,
    subject: Subject,
    title: String,
    seen: Seen? = nil,
    fields: JSONObject = [:],
    madeAt: Timestamp,
    conditions: Conditions = Conditions(),
    insists: Bool = false,
    allowsUnrecorded: Bool = false
  ) {
    self.id = id
    self.verb = verb
    self.subject = subject
    self.title = title
    self.seen = seen
    self.fields = fields
    self.madeAt = madeAt
    self.conditions = conditions
    self.insists = insists
    self.allowsUnrecorded = allowsUnrecorded
  }
}

/// How far the carrying out of a decision is.
package enum Stage: Sendable, Hashable {
  /// What was seen is read again.
  case readingAgain
  /// The journal's line is written.
  case recording
  /// The command is on its way.
  case sending
  /// What became of it is read back.
  case confirming

  /// The stage in a word or two.
  package var words: String {
    switch self {
    case .readingAgain: "reading again"
    case .recording: "recording"
    case .sending: "sending"
    case .confirming: "confirming"
    }
  }
}
