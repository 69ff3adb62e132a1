package import Runs
internal import Triage

/// What was decided and waits in the undo window, not sent yet; a bulk is one of these.
package struct Held: Sendable, Equatable {
  package var decisions: [Decision]
  /// Whether it was decided on the review page.
  package var isBulk: Bool
  /// When it is sent, unless it is taken back before.
  package var until: Timestamp

  /// What was decided, as sentences name it.
  var name: String {
    guard !isBulk, let decision = decisions.first else {
      return decisions.count == 1 ? "1 decision" : "\(decisions.count) decisions"
    }
    return "\(decision.verb.word) \(decision.name)"
  }

  /// What it is, and when it is sent: `stopping 1f0ab2c4 in 3 s`.
  func words(at now: Timestamp) -> String { "\(subject) in \(seconds(at: now)) s" }

  /// What it is: `stopping 1f0ab2c4`.
  var subject: String {
    guard !isBulk, let decision = decisions.first else {
      return "sending \(decisions.count) decision\(decisions.count == 1 ? "" : "s")"
    }
    return "\(decision.verb.doing) \(decision.subject.run.run.short)"
  }

  /// Whole seconds until it is sent, as they are counted down; never fewer than one.
  func seconds(at now: Timestamp) -> Int {
    max(1, Int(((until - now).inMilliseconds + 999) / 1000))
  }

  /// When the countdown says something else, or the window is over.
  func nextChange(after now: Timestamp) -> Timestamp {
    let left = max(1, (until - now).inMilliseconds)
    return until + .milliseconds(-((left - 1) / 1000) * 1000)
  }
}

extension Model {
  /// Sends what was decided, at once or after the profile's undo window.
  ///
  /// The one way for decisions to leave the front. Pause, resume and start have no window: the first
  /// two are undone by their opposite, and a start was looked at in its form.
  package mutating func commit(_ decisions: [Decision], isBulk: Bool = false) -> [Effect] {
    guard let verb = decisions.first?.verb else { return [] }
    if let reason = permissions.readOnly {
      say("read-only: \(reason)", .bad)
      return []
    }
    reversal = nil
    leavesWhenSettled = false
    guard profile.undoWindow > .zero, isBulk || verb.hasWindow else {
      return dispatch(decisions, isBulk: isBulk)
    }
    held.append(Held(decisions: decisions, isBulk: isBulk, until: now + profile.undoWindow))
    notice = nil
    refreshListing()
    // A bulk is on record as planned.
    return isBulk ? [] : decisions.map(Effect.hold)
  }

  /// Gives decisions to the client.
  mutating func dispatch(_ decisions: [Decision], isBulk: Bool) -> [Effect] {
    for decision in decisions {
      flights[decision.id] = Flight(decision: decision, stage: .readingAgain)
    }
    // How far a bulk is, its page and the top line say.
    if let decision = decisions.first, !isBulk {
      say("\(decision.verb.word) \(decision.name) …", .plain)
      notice?.until = nil
    }
    refreshListing()
    return decisions.map(Effect.carryOut)
  }

  /// The longest time between two messages in which somebody can have seen the countdown.
  ///
  /// A longer one is a program that was stopped, a machine that slept, a terminal that was stuck, or a
  /// clock that was set.
  private static let glance = Duration.seconds(2)

  /// Begins windows anew after a leap of the time: nothing is sent on the program's return that nobody
  /// could have taken back meanwhile.
  mutating func watchLeap(_ leap: Duration) {
    if leap > Model.glance || leap < .zero - Model.glance { restartWindows() }
  }

  /// Gives all that waits its whole window again.
  mutating func restartWindows() {
    for index in held.indices { held[index].until = now + profile.undoWindow }
  }

  /// Sends what has been in the window for its time.
  mutating func releaseHeld() -> [Effect] {
    guard !holdsStill else { return [] }
    let due = held.filter { $0.until <= now }
    guard !due.isEmpty else { return [] }
    held.removeAll { $0.until <= now }
    return due.flatMap { dispatch($0.decisions, isBulk: $0.isBulk) }
  }

  /// What the row of a run, or of a task of it, says of a decision that waits; without a countdown,
  /// which stands in one place.
  func heldWords(about run: RunID, task: TaskID? = nil) -> String {
    let decision = held(about: run, task: task)?.decisions.first {
      $0.concerns(run, task: task)
    }
    return decision.map { "\($0.verb.word): not sent yet" } ?? ""
  }

  /// Why the editor is not opened now; nil when it may be: while it has the terminal nothing can be
  /// taken back.
  var editorRefusal: String? {
    guard let waiting = held.last else { return nil }
    let verb = waiting.decisions.count == 1 ? "is" : "are"
    var keys = key(.takeBack, in: top.scope)
    if keys == nil, let close = key(.close, in: top.scope), let letter = key(.takeBack, in: .inbox)
    {
      // In a form the key is a letter.
      keys = "\(close), then \(letter)"
    }
    let way = keys.map { "take it back (\($0)) or wait" } ?? "wait"
    return "\(waiting.name) \(verb) not sent yet: \(way), then open the editor"
  }

  /// What waits in the window about a run, or about a task of it.
  package func held(about run: RunID, task: TaskID? = nil) -> Held? {
    held.first { $0.decisions.contains { $0.concerns(run, task: task) } }
  }

  /// Whether something that was decided stands in the way of a verb: it is on its way, or waits in the
  /// window.
  func isBusy(with verb: Verb, run: RunID, task: TaskID?) -> Bool {
    let task = verb.isAboutRun ? nil : task
    return flight(of: run, task: task) != nil || held(about: run, task: task) != nil
  }
}

extension Verb {
  /// Whether the undo window is for it.
  var hasWindow: Bool {
    switch self {
    case .approve, .reject, .stop: true
    case .pause, .resume, .start: false
    }
  }

  /// The verb of the command line.
  var lineWord: String { if case .stop = self { "stop" } else { word } }

  /// What is being done, as the status line says it.
  var doing: String {
    switch self {
    case .approve: "approving"
    case .reject: "rejecting"
    case .pause: "pausing"
    case .resume: "resuming"
    case .stop(.graceful): "stopping gracefully"
    case .stop(.immediate): "stopping"
    case .start: "starting"
    }
  }
}

extension Decision {
  /// Whether it is about a run, or about a task of it: an answer is about its own task alone, any other
  /// verb about all of the run.
  func concerns(_ run: RunID, task: TaskID?) -> Bool {
    guard subject.run.run == run else { return false }
    guard let task, case .task(let own) = subject else { return true }
    return own.task == task
  }

  /// The workflow's name and the first letters of the run's id, as sentences name it.
  var name: String { "\(title) \(subject.run.run.short)" }
}
