/// What is known of the workflows that a graph calls, and that those call in turn.
struct KnownWorkflows: Sendable, Equatable {
  /// What became of a workflow that is called.
  enum Standing: Sendable, Equatable {
    case missing
    /// There is one, but nothing of it is published.
    case draft
    case archived
    /// The ids of the workflows that its newest version calls.
    case published(calls: [String])
  }

  /// The workflow whose graph is checked, when it has an id already.
  var own: String?
  /// By id; nil when nobody was asked, and nothing is said about them.
  var standings: [String: Standing]?

  init(own: String? = nil, standings: [String: Standing]? = nil) {
    self.own = own
    self.standings = standings
  }

  /// Nothing is known.
  static let unasked = KnownWorkflows()

  /// The ids on the way from a called workflow back to the one that is checked; nil when there is no
  /// such way, as far as is known.
  func circle(from called: String) -> [String]? {
    guard let own else { return nil }
    if called == own { return [own, own] }
    var before: [String: String] = [called: own]
    var open = [called]
    var next = 0
    while next < open.count {
      let id = open[next]
      next += 1
      guard case .published(let calls)? = standings?[id] else { continue }
      for call in calls {
        if call == own { return way(to: id, before) + [own] }
        guard before[call] == nil else { continue }
        before[call] = id
        open.append(call)
      }
    }
    return nil
  }

  private func way(to id: String, _ before: [String: String]) -> [String] {
    var way = [id]
    while let last = way.last, last != own, let earlier = before[last] { way.append(earlier) }
    return way.reversed()
  }
}
