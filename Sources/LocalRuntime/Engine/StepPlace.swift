import JSON
import Runs

/// Where a step of a run stands: in the graph itself, or in one round of a loop.
struct StepPlace: Hashable, Sendable {
  /// One item of a `for_each`, or one iteration of a `while`.
  struct Round: Hashable, Sendable {
    /// The loop's id.
    var loop: String
    /// From 0.
    var index: Int
  }

  /// The step's id in its graph, or in the body of its loop; empty for the round as a whole.
  var id: String
  /// The round it belongs to; nil for a step of the graph itself.
  var round: Round?

  /// The place of a step.
  init(_ id: String, in round: Round? = nil) {
    self.id = id
    self.round = round
  }

  /// The place of a round as a whole: what tests it executes there.
  init(_ round: Round) {
    self.init("", in: round)
  }

  /// Reads ``text``.
  init(text: String) {
    // Ids hold no “|”: templates could not name them.
    let parts = text.split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 3, let index = Int(parts[1]) else {
      self.init(text)
      return
    }
    self.init(String(parts[2]), in: Round(loop: String(parts[0]), index: index))
  }

  /// The place as one word, for rows and for attempts in flight.
  var text: String {
    guard let round else { return id }
    return "\(round.loop)|\(round.index)|\(id)"
  }

  /// The step's id as events have it; rounds of a loop share those of its body.
  var eventID: String {
    guard let round else { return id }
    return id.isEmpty ? round.loop : "\(round.loop)#body#\(id)"
  }

  /// The place of another step of the same graph or round.
  func beside(_ id: String) -> StepPlace { StepPlace(id, in: round) }
}
