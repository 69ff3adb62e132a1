internal import Runs

extension Model {
  /// Whether what was decided waits for an answer instead of the clock: while the question before
  /// leaving is open nothing is sent behind its back.
  var holdsStill: Bool { layers.contains(.leaving) }

  /// Leaves, but not silently: what can still be taken back is asked about, and a decision on its way
  /// would have an outcome that nobody sees.
  mutating func leave() -> [Effect] {
    if top == .leaving { return [] }
    guard held.isEmpty else {
      layers.append(.leaving)
      notice = nil
      return [.dropInput]
    }
    guard let flight = flights.values.first, !asksToLeave else { return [.quit(.done)] }
    asksToLeave = true
    if let bulk, bulk.contains(flight.decision.id) {
      let left = bulk.items.count - bulk.ended
      say(
        "\(left) of a bulk are not settled; press again to leave: what is not sent then is offered again",
        .bad
      )
      return []
    }
    say(
      "\(flight.decision.verb.word) \(flight.decision.title) is on its way; press again to leave",
      .bad
    )
    return []
  }

  /// A key in the question before leaving.
  mutating func leaveKey(_ command: Command) -> [Effect] {
    switch command {
    case .sendNow:
      layers.removeLast()
      let waiting = held
      held = []
      let effects = waiting.flatMap { dispatch($0.decisions, isBulk: $0.isBulk) }
      leavesWhenSettled = true
      if let notice { say("\(notice.text) then leaving", .plain) }
      notice?.until = nil
      return effects
    case .withdraw:
      layers.removeLast()
      return withdrawHeld(why: "withdrawn on leaving") + leave()
    case .close:
      layers.removeLast()
      restartWindows()
      refreshListing()
      return []
    default: return []
    }
  }

  /// Takes back all that can be, for a reason that goes on record.
  mutating func withdrawHeld(why: String) -> [Effect] {
    defer { held = [] }
    return held.flatMap(\.decisions).map { .withdraw($0, why: why) }
  }

  /// Goes on with leaving once the last decision that was sent for it is settled; anything but done is
  /// to be seen first.
  mutating func leaveWhenSettled(_ outcome: Outcome) -> [Effect] {
    guard leavesWhenSettled else { return [] }
    guard case .done = outcome else {
      leavesWhenSettled = false
      return []
    }
    return flights.isEmpty ? [.quit(.done)] : []
  }
}
