internal import CommandCenter
internal import Runs

/// One thing that an action is about, from the id that was given to what became of it.
struct ActionItem: Sendable {
  /// How far it is.
  enum State: Sendable {
    /// The run is to be looked at first: its task, or who answered it.
    case unseen(RunReference)
    case looking(RunReference)
    /// What is to be sent.
    case ready(Decision)
    case sent(Decision)
    /// Done; the end of its run is awaited.
    case awaited(Decision, Confirmation)
    /// Nothing more happens to it.
    case settled(ActionResult)
    /// The id means nothing, or several things.
    case unknown([String])
  }

  /// The id as it was given.
  var given: String
  var state: State
  /// Whether what became of it was told.
  var isTold = false

  var decision: Decision? {
    switch state {
    case .ready(let decision), .sent(let decision), .awaited(let decision, _): decision
    case .unseen, .looking, .settled, .unknown: nil
    }
  }

  /// What it is about, as far as that is known.
  var subject: Subject? { decision?.subject ?? result?.subject }

  /// The workflow's name, as far as that is known.
  var title: String { decision?.title ?? result?.title ?? "" }

  var result: ActionResult? { if case .settled(let result) = state { result } else { nil } }

  /// Whether an answer is awaited.
  var isUnderWay: Bool {
    switch state {
    case .looking, .sent: true
    case .unseen, .ready, .awaited, .settled, .unknown: false
    }
  }
}

/// What became of one thing that an action was about.
struct ActionResult: Sendable {
  /// What came after it was done.
  enum After: Sendable {
    /// Its run has ended.
    case ended(Run)
    /// Its run had not ended when the time was over, or nobody waited any longer.
    case late(String)
  }

  /// The id as it was given.
  var given: String
  var verb: Verb
  /// What was acted on, or would have been; nil where the id means nothing.
  var subject: Subject?
  /// The workflow's name.
  var title: String
  var outcome: Outcome
  /// When it was known; told only where it matters how long something is past.
  var at: Timestamp?
  var isRecorded = true
  var after: After?
  /// Set where the id means nothing, or several things.
  var unknown: String?

  init(_ decision: Decision, given: String, _ outcome: Outcome) {
    self.given = given
    verb = decision.verb
    subject = decision.subject
    title = decision.title
    self.outcome = outcome
  }

  init(
    given: String,
    _ verb: Verb,
    on subject: Subject? = nil,
    title: String = "",
    _ outcome: Outcome
  ) {
    self.given = given
    self.verb = verb
    self.subject = subject
    self.title = title
    self.outcome = outcome
  }

  /// The code of it alone.
  var code: ExitCode {
    if unknown != nil { return .usage }
    switch after {
    case .ended(let run):
      if case .stop = verb, run.status == .stopped { return .done }
      return ExitCode(ended: run.status)
    case .late: return .unknown
    case nil: return ExitCode(outcome)
    }
  }

  /// What became of it in a word, as the journal writes it.
  var word: String { unknown == nil ? outcome.record.word.rawValue : "no match" }

  /// The status of the run afterwards.
  var status: RunStatus? {
    if case .ended(let run) = after { return run.status }
    if case .done(let confirmation) = outcome { return confirmation.status }
    return nil
  }

  /// What changed, and how long ago where the server says when.
  func words(_ change: Change) -> String {
    at.map { change.sentence(at: $0) } ?? change.sentence
  }

  /// What there is to say about it, beside the word.
  var detail: String {
    if let unknown { return unknown }
    switch (outcome, after) {
    case (.changed(let change), _): return words(change)
    case (.done, .late(let words)): return words
    case (.done(let confirmation), _):
      let status = status?.word ?? ""
      if !confirmation.readBack { return "accepted, but the server does not show it yet" }
      return isRecorded ? status : "\(status), but the journal does not have all of it"
    case (_, _): return outcome.record.detail ?? ""
    }
  }
}
