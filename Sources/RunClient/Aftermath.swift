internal import JSON
internal import Runs
internal import RuntimeAPI

/// Tells what became of a command from what the server answered and what it shows afterwards.
struct Aftermath {
  /// What the state after the command shows of it.
  enum Evidence: Equatable {
    /// The decision is in effect.
    case shown
    /// Things are as the decision wants them, or its task waits no more; whether it was this decision
    /// that did it cannot be told.
    case vanished
    /// Somebody or something else came first.
    case overtaken(Change)
    /// Things are as they were.
    case notShown
    /// The run is not there.
    case gone
    /// It could not be read.
    case unread
  }

  /// How long after sending the server may still do it: as long as a command is waited for, twice.
  static let patience = Duration.seconds(60)
  /// How far two clocks that count as equal may differ.
  private static let tolerance = Duration.seconds(5)

  var decision: Decision
  var verdict: Verdict
  /// What was read last after the command; nil while no reading succeeded.
  var standing: Standing?
  /// When it was sent, where that may be long ago: what somebody else has done since is not ours.
  var sentAt: Timestamp?
  /// The server's clock less ours.
  var skew = Duration.zero
  /// Runs that a start may have made under another name; nil when none were looked for.
  var candidates: [Run]?

  /// Whether a moment on the server's clock lies where a command sent at a moment of ours acts.
  static func isWithin(_ moment: Timestamp, of sentAt: Timestamp, skew: Duration) -> Bool {
    let at = moment - sentAt - skew
    return at >= .zero - tolerance && at <= patience
  }

  /// Whether what the server dates so may be this decision's doing; nil where it gives no date.
  private func isOurs(_ moment: Timestamp?) -> Bool? {
    guard let sentAt, !verdict.isYes else { return true }
    return moment.map { Aftermath.isWithin($0, of: sentAt, skew: skew) }
  }

  /// Whether a start may have made a run that is not called as we wanted.
  var mayBeAnotherRun: Bool {
    guard decision.verb == .start, standing != nil, evidence == .notShown else { return false }
    return switch verdict {
    case .lost, .broken, .accepted(run: nil): true
    case .accepted, .conflict, .missing, .refused, .notSent: false
    }
  }

  /// What became of it, when that is certain by now.
  var settled: Outcome? {
    switch verdict {
    case .accepted: accepted
    case .conflict(let refusal, let envelope):
      standing == nil ? nil : conflict(refusal, envelope.details)
    case .missing(let refusal): standing == nil ? nil : missing(refusal)
    case .broken, .lost: doubtful
    case .refused(let refusal): .refused(refusal)
    case .notSent(let fault): .notSent(fault)
    }
  }

  /// What is said when no reading within the time has made it certain.
  var givenUp: Outcome {
    switch verdict {
    case .accepted(run: nil) where decision.verb == .start:
      .unknown(Fault(.server, "the server said yes, but names no run; \(presentState)"))
    case .accepted: .done(confirmation(readBack: false))
    case .conflict(let refusal, let envelope): conflict(refusal, envelope.details)
    case .missing(let refusal), .refused(let refusal): .refused(refusal)
    case .notSent(let fault): .notSent(fault)
    case .broken(let refusal):
      [.unread, .vanished, .gone].contains(evidence) || candidates?.isEmpty == false
        ? .unknown(Fault(.server, "\(refusal.sentence); \(presentState)"))
        : .refused(Refusal(refusal.reason, "\(refusal.sentence); it was not done: \(presentState)"))
    case .lost(let fault):
      .unknown(Fault(fault.kind, "\(fault.sentence); \(presentState)"))
    }
  }

  var evidence: Evidence {
    guard let standing else { return .unread }
    if decision.verb == .start { return standing.run == nil ? .notShown : .shown }
    guard let run = standing.run else { return .gone }
    let phase = run.status.phase
    let overtaken = Evidence.overtaken(.status(saw: decision.seen?.status, now: run))
    switch decision.verb {
    case .approve, .reject: return evidence(of: standing.task)
    case .pause:
      switch phase {
      case .paused: return lasting(run)
      case .ended: return overtaken
      case .waiting, .running, .draining: return .notShown
      }
    case .resume:
      switch phase {
      case .waiting, .running: return lasting(run)
      case .paused: return .notShown
      case .draining, .ended: return overtaken
      }
    case .stop(let mode):
      switch phase {
      case .ended where run.status == .stopped, .draining where mode == .graceful:
        return isOurs(run.statusAt) == false ? overtaken : .shown
      case .ended: return overtaken
      case .waiting, .running, .paused, .draining: return .notShown
      }
    case .start: return .shown
    }
  }

  /// What it says that a run is paused, or not: that may have come and gone since.
  private func lasting(_ run: Run) -> Evidence {
    isOurs(run.statusAt) == true ? .shown : .vanished
  }

  private func evidence(of task: Standing.TaskState) -> Evidence {
    switch task {
    case .pending: return .notShown
    case .absent, .notWanted: return .vanished
    case .answered(let task):
      guard let result = task.result, let approved = result["approved"]?.bool else {
        return .vanished
      }
      let isSame =
        approved == (decision.verb == .approve)
        && decision.fields.members.allSatisfy { result[$0.key] == $0.value }
      guard isSame || verdict.isYes && approved == (decision.verb == .approve) else {
        return .overtaken(.answered(by: task))
      }
      let isDatedSo = isOurs(task.completedAt)
      // Without the fields only the date can tell ours from an answer alike.
      if decision.fieldsDigest != nil, isDatedSo == nil { return .vanished }
      return isDatedSo == false ? .overtaken(.answered(by: task)) : .shown
    }
  }

  private var accepted: Outcome? {
    switch evidence {
    case .shown, .vanished: .done(confirmation(readBack: true))
    // The server said yes; that the run has gone on since does not take it back.
    case .overtaken(.status): .done(confirmation(readBack: true))
    case .overtaken(let change): .changed(change)
    case .gone: .done(confirmation(readBack: false))
    case .notShown, .unread: nil
    }
  }

  private var doubtful: Outcome? {
    switch evidence {
    case .shown: .done(confirmation(readBack: true))
    case .overtaken(let change): .changed(change)
    // A run that is not there any more says nothing of what was done to it.
    case .gone, .vanished, .notShown, .unread: nil
    }
  }

  private func conflict(_ refusal: Refusal, _ details: JSONObject) -> Outcome {
    switch decision.verb {
    case .approve, .reject: return taskConflict(refusal, details)
    // The name of the run is ours: where it is, it is the one that this decision started.
    case .start: return evidence == .shown ? .done(confirmation(readBack: true)) : .refused(refusal)
    case .pause, .resume, .stop: return runConflict(refusal, details)
    }
  }

  private func taskConflict(_ refusal: Refusal, _ details: JSONObject) -> Outcome {
    let said = Change.answered(
      by: details["completed_by"]?.string,
      at: (details["completed_at"]?.string).flatMap(Timestamp.init(iso8601:)),
      approved: details["approved"]?.bool
    )
    let saysAnswered = ["completed_by", "completed_at", "approved"].contains {
      details[$0] != nil
    }
    switch standing?.task {
    case .answered(let task):
      guard case .answered(let by, let at, let approved) = said else { return .changed(said) }
      return .changed(
        .answered(
          by: task.completedBy ?? by,
          at: task.completedAt ?? at,
          approved: task.result?["approved"]?.bool ?? approved
        )
      )
    case .absent:
      if !saysAnswered, let run = standing?.run, run.status.isTerminal {
        return .changed(.status(saw: decision.seen?.status, now: run))
      }
      return standing?.run == nil ? .changed(.gone) : .changed(said)
    case .pending, .notWanted, nil:
      if saysAnswered { return .changed(said) }
      return runConflict(refusal, details)
    }
  }

  private func runConflict(_ refusal: Refusal, _ details: JSONObject) -> Outcome {
    let saw = decision.seen?.status
    let run: Run
    if let standing {
      guard let read = standing.run else { return .changed(.gone) }
      run = told(read, details)
    } else {
      guard let word = details["status"]?.string else { return .refused(refusal) }
      let subject = decision.subject.run
      run = told(Run(id: subject.run, workflow: subject.workflow, status: .init(word)), details)
    }
    let differs =
      saw.map { $0.phase != run.status.phase } ?? (Guard.refusal(decision.verb, run) != nil)
    return differs ? .changed(.status(saw: saw, now: run)) : .refused(refusal)
  }

  /// The run with what the refusal says of its status, where the run itself does not say it.
  private func told(_ run: Run, _ details: JSONObject) -> Run {
    var run = run
    if let word = details["status"]?.string, RunStatus(word) != run.status { return run }
    run.statusBy = run.statusBy ?? details["status_by"]?.string
    run.statusAt =
      run.statusAt ?? (details["status_at"]?.string).flatMap(Timestamp.init(iso8601:))
    return run
  }

  private func missing(_ refusal: Refusal) -> Outcome {
    guard decision.verb != .start else { return .refused(refusal) }
    guard let run = standing?.run else { return .changed(.gone) }
    switch standing?.task {
    case .answered(let task): return .changed(.answered(by: task))
    case .absent where run.status.isTerminal:
      return .changed(.status(saw: decision.seen?.status, now: run))
    case .absent: return .changed(.gone)
    case .pending, .notWanted, nil: return .refused(refusal)
    }
  }

  private func confirmation(readBack: Bool) -> Confirmation {
    var started: RunReference?
    if case .start(let run) = decision.subject {
      started = run
      if case .accepted(let id?) = verdict { started?.run = id }
    }
    let run = standing?.run
    return Confirmation(
      status: run?.status,
      readBack: readBack,
      run: started,
      now: run,
      by: verdict.isYes ? nil : shownBy
    )
  }

  /// Who did it, as the server says; where no answer came, it need not have been us.
  private var shownBy: String? {
    if case .answered(let task) = standing?.task { return task.completedBy }
    return decision.verb == .start ? nil : standing?.run?.statusBy
  }

  /// What the server shows, for a sentence about what is not known.
  private var presentState: String {
    guard let standing else {
      if decision.verb == .start, candidates != nil {
        return "the server takes no name for a run\(otherRuns)"
      }
      return "reading it back failed too: look again before repeating it"
    }
    switch (standing.task, standing.run) {
    case (.pending, _): return "the task still waits for an answer"
    case (.answered, _), (.absent, .some):
      return "the task does not wait any more, and the server does not say how it was answered"
    case (_, let run?):
      let by = evidence == .vanished ? run.statusBy.map { " by \($0)" } ?? "" : ""
      return "the run is \(run.status.word)\(by)"
    case (_, nil): return "the server has no run \(decision.subject.run.run)\(otherRuns)"
    }
  }

  /// The runs that a start may have made, never claimed to be its own.
  private var otherRuns: String {
    guard let candidates else { return "" }
    guard !candidates.isEmpty else { return ", nor one of that input begun since" }
    let names = candidates.prefix(3).map { "\($0.id) (\($0.status.word))" }
    let more = candidates.count > 3 ? " or one of \(candidates.count - 3) more" : ""
    return "; it may be \(names.joined(separator: " or "))\(more): look before starting it again"
  }
}

extension Verdict {
  /// Whether the server has said yes.
  fileprivate var isYes: Bool { if case .accepted = self { true } else { false } }
}
