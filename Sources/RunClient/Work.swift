internal import JSON
package import Runs

/// What a piece of work in flight wants done.
package enum Move: Sendable {
  /// A call made; its answer comes back to the work.
  case ask(Ask)
  /// A line written to the journal and synced, then ``CommandJob/recorded(_:now:)``.
  case record(JournalEntry)
  /// ``CommandJob/wake(now:)`` at this time.
  case wait(until: Timestamp)
  /// The operator told.
  case stage(Stage)
  /// Nothing more: this is what became of the decision.
  case finish(Outcome)
  /// Nothing more, and nothing is known: what became of the decision could not be read.
  case leave(Fault)
}

/// One piece of work in flight: a question or a decision.
enum Work: Sendable {
  case refresh(any Job<Refreshed>)
  case detail(RunReference, any Job<RunDetail>)
  case graph(WorkflowID, version: Int?, any Job<Graph?>)
  case context(RunReference, any Job<JSONValue>)
  case listing(WantedList, any Job<Listed>)
  case start(WorkflowID, any Job<StartFacts>)
  case history(WorkflowID, any Job<StepHistory>)
  case command(CommandJob)

  mutating func begin(_ now: Timestamp) -> [Move] {
    switch self {
    case .refresh(var job):
      defer { self = .refresh(job) }
      return job.begin().map(Move.ask)
    case .detail(let run, var job):
      defer { self = .detail(run, job) }
      return job.begin().map(Move.ask)
    case .graph(let id, let version, var job):
      defer { self = .graph(id, version: version, job) }
      return job.begin().map(Move.ask)
    case .context(let run, var job):
      defer { self = .context(run, job) }
      return job.begin().map(Move.ask)
    case .listing(let wanted, var job):
      defer { self = .listing(wanted, job) }
      return job.begin().map(Move.ask)
    case .start(let id, var job):
      defer { self = .start(id, job) }
      return job.begin().map(Move.ask)
    case .history(let id, var job):
      defer { self = .history(id, job) }
      return job.begin().map(Move.ask)
    case .command(var job):
      defer { self = .command(job) }
      return job.begin(now: now)
    }
  }

  mutating func receive(_ answer: Answer, for number: Int) -> [Move] {
    switch self {
    case .refresh(var job):
      defer { self = .refresh(job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .detail(let run, var job):
      defer { self = .detail(run, job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .graph(let id, let version, var job):
      defer { self = .graph(id, version: version, job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .context(let run, var job):
      defer { self = .context(run, job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .listing(let wanted, var job):
      defer { self = .listing(wanted, job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .start(let id, var job):
      defer { self = .start(id, job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .history(let id, var job):
      defer { self = .history(id, job) }
      return job.receive(answer, for: number).map(Move.ask)
    case .command(var job):
      defer { self = .command(job) }
      return job.receive(answer, for: number)
    }
  }

  /// What was learnt about the server, once the work is done.
  var learnt: Knowledge {
    switch self {
    case .refresh(let job): job.learnt
    case .detail(_, let job): job.learnt
    case .graph(_, _, let job): job.learnt
    case .context(_, let job): job.learnt
    case .listing(_, let job): job.learnt
    case .start(_, let job): job.learnt
    case .history(_, let job): job.learnt
    case .command(let job): job.learnt
    }
  }

  /// Whether it goes on on the worker, however short an answer is.
  var isLarge: Bool {
    switch self {
    case .refresh(let job): job.isLarge
    case .detail(_, let job): job.isLarge
    case .graph, .context, .listing, .start, .history, .command: false
    }
  }
}
