package import Runs

/// Why a run that nobody is asked about deserves a look all the same.
package struct Attention: Sendable, Equatable {
  /// What is odd about it.
  package enum Kind: String, Sendable, Hashable {
    /// It runs, but nothing has happened in it for long.
    case silent
    /// It drains for longer than what is in flight ever took.
    case draining
    /// It has not begun.
    case waiting
    /// Nothing has happened for long, which is as it should be: it runs until something closes it.
    case episode
  }

  package var kind: Kind
  /// The moment it counts from, by the server's clock: the last event, the begin of the drain, the
  /// wish for the run.
  package var since: Timestamp
  /// Whether it may have begun before ``since``, since when this program has looked.
  package var isAtLeast: Bool
  /// The step in flight that may take longest of those in flight; nil where the server names none.
  package var step: StepID?
  /// How long that step took in past runs; nil when nobody knows.
  package var times: StepHistory.Times?

  /// Something odd about a run.
  package init(
    _ kind: Kind,
    since: Timestamp,
    isAtLeast: Bool = false,
    step: StepID? = nil,
    times: StepHistory.Times? = nil
  ) {
    self.kind = kind
    self.since = since
    self.isAtLeast = isAtLeast
    self.step = step
    self.times = times
  }

  /// The word for it, which the filter finds; an episode is not stuck.
  package var word: String { kind == .episode ? "episode mode" : "stuck?" }

  /// What has been missing, without how long.
  package var lack: String {
    switch kind {
    case .silent, .episode: "no event"
    case .draining: "draining"
    case .waiting: "not started"
    }
  }
}

/// Tells from what is known of a run whether it looks stuck.
///
/// A run counts as stuck when nothing was heard of it for longer than ``patience``, than ``factor``
/// times what the step in flight usually takes, and than that step ever took. Of several steps in
/// flight the slowest is waited for. The rule asks three times because a false alarm at night costs
/// more than a minute: what has taken so long before, and ended well, is not called stuck.
package struct Lookout: Sendable, Equatable {
  /// The silence that is never remarked on.
  package var patience: Duration
  /// How many times its usual time a step may take.
  package static let factor = 5
  /// How long a run may wait to begin, as the product says.
  package static let startPatience = Duration.seconds(30)
  /// How many runs' details are kept in mind.
  private static let noteBound = 64

  /// What is known of a workflow's past.
  private enum Past: Sendable, Equatable {
    case read(StepHistory)
    /// It cannot be had.
    case unreadable
  }

  /// What a look at a run's events showed.
  struct Note: Sendable, Equatable {
    /// When it was read, by the server's clock.
    var at: Timestamp
    var lastEvent: Timestamp?
    var inFlight: [StepID]
    var isEpisodic: Bool
  }

  private var pasts: [WorkflowID: Past] = [:]
  private var notes: [RunID: Note] = [:]
  private var order: [RunID] = []
  /// Whether nothing is said of a silent run before its workflow's past is known.
  package var waitsForHistory: Bool
  /// Counts what was learnt, so that an inbox that was folded before can be told.
  package private(set) var revision = 0

  /// The usual patience.
  package static let standardPatience = Duration.seconds(300)

  /// A lookout that knows nothing of the past yet.
  package init(patience: Duration = standardPatience, waitsForHistory: Bool = false) {
    self.patience = patience
    self.waitsForHistory = waitsForHistory
  }

  // MARK: What is learnt

  /// Takes in the past of a workflow; nil when it cannot be had.
  package mutating func learn(_ history: StepHistory?, of workflow: WorkflowID) {
    pasts[workflow] = history.map(Past.read) ?? .unreadable
    revision += 1
  }

  /// The past of a workflow, as far as it was read.
  package func history(of workflow: WorkflowID) -> StepHistory? {
    if case .read(let history) = pasts[workflow] { history } else { nil }
  }

  /// Takes in a look at a run, made at a moment of the server's clock.
  package mutating func note(_ detail: RunDetail, at moment: Timestamp) {
    let id = detail.run.id
    guard !detail.run.status.isTerminal else {
      if notes.removeValue(forKey: id) != nil { order.removeAll { $0 == id } }
      return
    }
    let started = detail.steps.filter { $0.outcome == .running }
      .sorted { ($0.startedAt?.milliseconds ?? 0) < ($1.startedAt?.milliseconds ?? 0) }
    let note = Note(
      at: moment,
      lastEvent: detail.events.compactMap(\.at).max(),
      inFlight: started.map(\.id),
      isEpisodic: detail.graph?.isEpisodic ?? false
    )
    if let before = notes[id], before.lastEvent == note.lastEvent,
      before.inFlight == note.inFlight, before.isEpisodic == note.isEpisodic
    {
      return
    }
    if notes.updateValue(note, forKey: id) == nil { order.append(id) }
    if order.count > Lookout.noteBound { notes[order.removeFirst()] = nil }
    revision += 1
  }

  // MARK: What follows from it

  /// What is to be said of a run.
  enum Finding: Equatable {
    /// Nothing, and nothing will be before this moment unless something happens.
    case calm(until: Timestamp?)
    /// Its silence can be judged once its workflow's past is known.
    case wantsHistory
    case odd(Attention)
  }

  /// Judges a run that no task waits for.
  /// - Parameters:
  ///   - run: The run.
  ///   - news: When something was last heard of it.
  ///   - moment: The time, by the server's clock.
  ///   - clockIsKnown: Whether that clock can be held against the run's own times.
  /// - Returns: What is to be said of it.
  func judge(_ run: Run, _ news: News, at moment: Timestamp, clockIsKnown: Bool) -> Finding {
    switch run.status {
    case .pending, .queued, .starting:
      let asked = clockIsKnown ? run.createdAt : nil
      let since = asked ?? news.since
      guard moment - since >= Lookout.startPatience else {
        return .calm(until: since + Lookout.startPatience)
      }
      return .odd(Attention(.waiting, since: since, isAtLeast: asked == nil && news.isAtLeast))
    case .draining:
      let begun = clockIsKnown ? run.statusAt : nil
      return judge(
        run,
        .draining,
        News(since: begun ?? news.since, isAtLeast: begun == nil && news.isAtLeast),
        at: moment
      )
    case .running: return judge(run, .silent, news, at: moment)
    case .paused, .completed, .failed, .stopped, .other: return .calm(until: nil)
    }
  }

  private func judge(
    _ run: Run,
    _ kind: Attention.Kind,
    _ news: News,
    at moment: Timestamp
  ) -> Finding {
    guard moment - news.since >= patience else { return .calm(until: news.since + patience) }
    let past = run.workflow.map { pasts[$0] } ?? .unreadable
    if past == nil, waitsForHistory { return .wantsHistory }
    var history: StepHistory?
    if case .read(let read) = past { history = read }
    let steps = run.currentSteps.isEmpty ? notes[run.id]?.inFlight ?? [] : run.currentSteps
    let slowest = steps.map { ($0, history?.times(of: $0)) }
      .max { Lookout.allowance($0.1) < Lookout.allowance($1.1) }
    // Where the server does not say what is in flight, any step may be.
    let times = steps.isEmpty ? history?.slowest : slowest?.1
    let allowed = max(patience, Lookout.allowance(times))
    guard moment - news.since >= allowed else { return .calm(until: news.since + allowed) }
    var attention = Attention(kind, since: news.since, isAtLeast: news.isAtLeast, step: slowest?.0)
    attention.times = steps.isEmpty ? nil : times
    if kind == .silent, history?.isEpisodic == true || notes[run.id]?.isEpisodic == true {
      attention.kind = .episode
    }
    return .odd(attention)
  }

  private static func allowance(_ times: StepHistory.Times?) -> Duration {
    guard let times else { return .zero }
    return max(times.usual * factor, times.longest)
  }

  /// The note on a run.
  func note(on run: RunID) -> Note? { notes[run] }
}

/// When something was last heard of a run.
struct News: Equatable {
  /// By the server's clock.
  var since: Timestamp
  /// Whether nothing is known of the time before.
  var isAtLeast: Bool
}
