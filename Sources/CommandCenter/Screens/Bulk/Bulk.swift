package import Runs
internal import Triage

/// Many decisions that were reviewed together and are sent one by one: how far each has come.
package struct Bulk: Sendable, Equatable {
  /// One of them.
  package struct Item: Sendable, Equatable {
    package var decision: Decision
    /// What it is about, as it was reviewed.
    package var target: Target
    package var state = State.waiting
    /// Whether it was sent and nobody knows what became of it, also while it waits once more.
    var isDoubtful = false
  }

  /// How far a decision has come.
  package enum State: Sendable, Equatable {
    /// Nothing was begun.
    case waiting
    case underWay(Stage)
    case settled(Outcome, recorded: Bool, at: Timestamp)
    /// It was taken back before it was sent, and why.
    case withdrawn(String)
  }

  package let id: BatchID
  package private(set) var items: [Item]
  /// Whether the operator has ended it: what had not begun was taken back.
  package private(set) var isStopped = false
  /// Whether what came of it was on the screen.
  package var wasSeen = false
  private var places: [DecisionID: Int] = [:]

  /// A bulk about to be sent.
  init(_ id: BatchID, _ items: [Item]) {
    self.id = id
    self.items = items
    for (place, item) in items.enumerated() { places[item.decision.id] = place }
  }

  /// Whether a decision is one of these.
  package func contains(_ id: DecisionID) -> Bool { places[id] != nil }

  /// Whether a decision was sent before, and nobody knows what became of it.
  func doubts(_ id: DecisionID) -> Bool { places[id].map { items[$0].isDoubtful } ?? false }

  /// The row that showed what a decision is about.
  func row(of id: DecisionID) -> RowID? { places[id].flatMap { items[$0].target.row } }

  /// How many have come to an end.
  package var ended: Int { items.count { $0.isEnded } }

  /// Whether all have come to an end.
  package var isDone: Bool { items.allSatisfy(\.isEnded) }

  /// How many the server shows to be done.
  package var done: Int { items.count { $0.isDone } }

  /// Whether there is something that can still be taken back.
  package var isStoppable: Bool { !isStopped && !waiting.isEmpty }

  /// What has not begun.
  package var waiting: [Item] { items.filter { $0.state == .waiting } }

  /// What can be tried again: it was not sent, refused, or nobody knows what became of it.
  package var failed: [Item] { items.filter(\.isFailed) }

  /// Takes in how far a decision is.
  mutating func take(_ stage: Stage, of id: DecisionID) {
    guard let place = places[id] else { return }
    items[place].state = .underWay(stage)
  }

  /// Takes in what became of a decision.
  mutating func take(_ outcome: Outcome, of id: DecisionID, recorded: Bool, at moment: Timestamp) {
    guard let place = places[id] else { return }
    items[place].state = .settled(outcome, recorded: recorded, at: moment)
    items[place].isDoubtful = if case .unknown = outcome { true } else { false }
  }

  /// Takes in that a decision was taken back.
  mutating func withdraw(_ id: DecisionID, why: String) {
    guard let place = places[id] else { return }
    items[place].state = .withdrawn(why)
  }

  /// Nothing more is begun.
  mutating func stop() { isStopped = true }

  /// A decision that failed waits once more, under its own name or another.
  mutating func retry(_ id: DecisionID, as decision: Decision) {
    isStopped = false
    wasSeen = false
    guard let place = places.removeValue(forKey: id) else { return }
    places[decision.id] = place
    items[place].decision = decision
    items[place].state = .waiting
  }

  /// What came of it, in one sentence.
  package var sentence: String {
    guard done < items.count else { return "all \(items.count) done" }
    var counts: [(word: String, count: Int)] = []
    for word in ["not done", "refused", "not sent", "unknown", "taken back"] {
      let count = items.count { $0.failureWord == word }
      if count > 0 { counts.append((word, count)) }
    }
    let rest = counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    let lead = "\(done) of \(items.count) done"
    return rest.isEmpty ? lead : "\(lead), \(rest)"
  }
}

extension Bulk.Item {
  /// Whether nothing more comes of it.
  var isEnded: Bool {
    switch state {
    case .settled, .withdrawn: true
    case .waiting, .underWay: false
    }
  }

  /// Whether it is done as decided.
  var isDone: Bool { if case .settled(.done, _, _) = state { true } else { false } }

  /// Whether it can be tried again.
  var isFailed: Bool {
    switch state {
    case .settled(.notSent, _, _), .settled(.refused, _, _), .settled(.unknown, _, _): true
    default: false
    }
  }

  /// Whether the server, or this program, said no: then it is not done.
  var isRefused: Bool { if case .settled(.refused, _, _) = state { true } else { false } }

  /// The word for how it failed; nil while it has not.
  var failureWord: String? {
    switch state {
    case .settled(.changed, _, _): "not done"
    case .settled(.refused, _, _): "refused"
    case .settled(.notSent, _, _): "not sent"
    case .settled(.unknown, _, _): "unknown"
    case .withdrawn: "taken back"
    case .waiting, .underWay, .settled(.done, _, _): nil
    }
  }
}

/// The page on which one sees a bulk being sent.
package struct SendingPage: Sendable, Equatable {
  /// The item under the cursor.
  package var cursor = 0
  /// The first line of the list that is on the screen.
  package var scroll = 0
}
