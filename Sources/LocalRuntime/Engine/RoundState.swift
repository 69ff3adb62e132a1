import JSON
import Runs

/// What became of one round of a loop so far: of its steps, and of itself.
struct RoundState: Sendable, Equatable {
  /// The round as a whole.
  ///
  /// ``StepState/attempts`` counts how often a script tested it; ``StepState/result`` is what the
  /// test said.
  var own = StepState(outcome: .running)
  /// The steps of the body, by id.
  var steps: [String: StepState]

  /// A round of which nothing has happened yet.
  init(of loop: Loop) {
    steps = loop.body.reduce(into: [:]) { $0[$1.id] = StepState() }
  }

  /// What its steps made, by id, in the order of the body.
  func results(in loop: Loop) -> JSONObject {
    JSONObject(
      loop.bodyOrder.compactMap { id in
        steps[id]?.result.map { JSONObject.Member(id, $0) }
      }
    )
  }
}

extension RunState {
  /// The state of a step, or of a round as a whole; nil when there is no such place.
  subscript(place: StepPlace) -> StepState? {
    get {
      guard let round = place.round else { return steps[place.id] }
      let known = rounds[round.loop]?[round.index]
      return place.id.isEmpty ? known?.own : known?.steps[place.id]
    }
    set {
      guard let round = place.round else {
        steps[place.id] = newValue
        return
      }
      guard let newValue else { return }
      if place.id.isEmpty {
        rounds[round.loop]?[round.index]?.own = newValue
      } else {
        if let result = newValue.result, self[place]?.result == nil {
          loopBytes[round.loop, default: 0] += JSONWriter.text(result).utf8.count
        }
        rounds[round.loop]?[round.index]?.steps[place.id] = newValue
      }
    }
  }

  /// Makes ready for the rounds of a loop that begins.
  mutating func openRounds(of loop: String) {
    rounds[loop] = [:]
    loopBytes[loop] = 0
  }

  /// Lets go of the rounds of a loop that has ended.
  mutating func closeRounds(of loop: String) {
    rounds[loop] = nil
    loopBytes[loop] = nil
  }

  /// What the graph says of the step at a place; nil for a round as a whole.
  func step(at place: StepPlace) -> GraphStep? {
    guard let round = place.round else { return graph.step(place.id) }
    return graph.step(round.loop)?.loop?.step(place.id)
  }

  /// Every place in which something is in flight, steps of the graph first.
  var inFlight: [StepPlace] {
    let outer = graph.topologicalOrder.filter { steps[$0]?.isInFlight ?? false }
    return outer.map { StepPlace($0) } + outer.flatMap { inFlight(in: $0) }
  }

  /// What is in flight in the rounds of a loop.
  func inFlight(in loop: String) -> [StepPlace] {
    guard let rounds = rounds[loop], let order = graph.step(loop)?.loop?.bodyOrder else {
      return []
    }
    var places: [StepPlace] = []
    for index in 0..<rounds.count {
      guard let round = rounds[index], round.own.outcome == .running else { continue }
      let place = StepPlace.Round(loop: loop, index: index)
      places += order.filter { round.steps[$0]?.isInFlight ?? false }.map {
        StepPlace($0, in: place)
      }
      if round.own.attempts > 0 { places.append(StepPlace(place)) }
    }
    return places
  }

  /// A loop as it was begun: what the start gave it counts.
  func loop(_ id: String) -> Loop? {
    graph.step(id)?.loop?.begun(with: steps[id]?.input?.object ?? [:])
  }

  /// The items of a `for_each` that was begun.
  func items(of loop: String) -> [JSONValue] {
    steps[loop]?.input?[LoopField.items]?.array ?? []
  }

  /// Puts rows that lie by place into steps and rounds; rounds of a loop that has ended are left
  /// aside.
  mutating func lay(_ rows: [String: StepState]) {
    var inner: [StepPlace: StepState] = [:]
    for (text, row) in rows {
      let place = StepPlace(text: text)
      if place.round == nil { steps[place.id] = row } else { inner[place] = row }
    }
    for step in graph.steps {
      guard let loop = step.loop, let known = steps[step.id], known.isInFlight else { continue }
      let indices = Set(inner.keys.compactMap { $0.round?.loop == step.id ? $0.round?.index : nil })
      openRounds(of: step.id)
      for index in indices { rounds[step.id]?[index] = RoundState(of: loop) }
    }
    for (place, row) in inner where self[place] != nil { self[place] = row }
  }
}

/// The fields of a loop that `steps.<id>.input` of it reads.
enum LoopField {
  static let items = "for_each_items"
  static let maximumParallel = "for_each_max_parallel"
  static let mode = "while_mode"
  static let maximumIterations = "while_max_iterations"
  static let condition = "while_condition"
}
