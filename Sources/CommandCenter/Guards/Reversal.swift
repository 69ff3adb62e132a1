internal import Cells
internal import Runs
internal import Triage

/// What `u` sends after a pause or a resume: the opposite, once, while nothing else happened to the
/// run.
struct Reversal: Sendable, Equatable {
  /// The opposite of what was done.
  var verb: Verb
  var title: String
  var reference: RunReference
  /// The run as it was read after what was done; nil where it could not be read.
  var run: Run?
  /// When that was.
  var at: Timestamp

  /// For how long it is offered: much later `u` would act on a run that nobody has in mind any more,
  /// and the run's own key does the same.
  static let limit = Duration.seconds(300)

  /// What takes a decision back that was done; nil for all but pause and resume.
  init?(_ decision: Decision, _ confirmation: Confirmation, at now: Timestamp) {
    switch decision.verb {
    case .pause: verb = .resume
    case .resume: verb = .pause
    case .approve, .reject, .stop, .start: return nil
    }
    title = decision.title
    reference = decision.subject.run
    run = confirmation.now
    at = now
  }

  /// Whether a reading of the run tells that something else happened to it since.
  func isOvertaken(by newer: Run) -> Bool {
    guard newer.status.phase == (verb == .resume ? .paused : .running) else { return true }
    guard let before = run?.statusAt, let after = newer.statusAt else { return false }
    return before != after
  }
}

extension Model {
  /// Whether there is something that `u` takes back.
  var canTakeBack: Bool {
    if !held.isEmpty { return !holdsStill }
    return hidLast || reversal.map { now < $0.at + Reversal.limit } ?? false
  }

  /// Takes back what was decided last while it is not sent; after a pause or a resume, sends the
  /// opposite.
  mutating func takeBack() -> [Effect] {
    guard let newest = held.popLast() else { return hidLast ? undoHide() : reverse() }
    let doubted = newest.decisions.count { bulk?.doubts($0.id) == true }
    let sent =
      doubted == 0
      ? "nothing was sent" : "nothing more was sent, of \(doubted) the outcome is unknown"
    say("taken back: \(newest.name); \(sent)", .plain)
    // What the answer of the journal would say is not true of what was sent before.
    awaitsRecord = doubted == 0
    refreshListing()
    return newest.decisions.map { .withdraw($0, why: "taken back") }
  }

  private mutating func reverse() -> [Effect] {
    guard canTakeBack, let reversal else {
      let flight = flights.values.max { $0.decision.madeAt < $1.decision.madeAt }
      let sent = flight.map { "\($0.decision.verb.word) \($0.decision.name) is sent already" }
      say(sent ?? "nothing is left to take back", .bad)
      return []
    }
    self.reversal = nil
    let name = "\(reversal.title) \(reversal.reference.run.short)"
    guard let target = target(of: reversal) else {
      say("\(name) is not listed any more: nothing to take back", .bad)
      return []
    }
    if let run = target.run, reversal.isOvertaken(by: run) {
      say("\(name) has changed since, it is \(run.status.word): nothing to take back", .bad)
      return []
    }
    if let reason = target.legality(of: reversal.verb, permissions).reason {
      say("\(name): \(reason)", .bad)
      return []
    }
    guard let decision = decision(reversal.verb, target) else { return [] }
    let effects = commit([decision])
    reversing = decision.id
    return effects
  }

  /// The run that was paused or resumed, by the newest that is known of it.
  private func target(of reversal: Reversal) -> Target? {
    let reference = reversal.reference
    var newest = reversal.run.map { (run: $0, at: reversal.at) }
    let row = inbox.listing.rows.first { $0.reference == reference }
    let readings = [
      inbox.reading.flatMap { reading in row?.run.map { (run: $0, at: reading.at) } },
      details[reference].map { (run: $0.run, at: $0.at) },
    ]
    for case let reading? in readings where newest.map({ reading.at > $0.at }) ?? true {
      newest = reading
    }
    return newest.map { Target($0.run, title: reversal.title) }
  }

  /// Remembers what would take a done decision back; what was taken back is not taken back again.
  mutating func remember(_ decision: Decision, _ outcome: Outcome) {
    guard case .done(let confirmation) = outcome, decision.id != reversing else { return }
    if let next = Reversal(decision, confirmation, at: now) { reversal = next }
  }
}
