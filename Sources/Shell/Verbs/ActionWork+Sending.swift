internal import Cells
internal import Runs

/// A few at a time, until all are settled.
extension ActionWork {
  /// Begins as much as may be under way; ends when nothing is left.
  mutating func goOn(_ now: Timestamp) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    if case .resolving = phase {
      effects += look()
      let isOpen = items.contains { item in
        switch item.state {
        case .unseen, .looking: true
        default: false
        }
      }
      guard !isOpen else { return effects }
      if let mistake = unresolved() { return effects + mistake }
      effects += dropDoubles()
      phase = .sending
      if action.isBulk {
        columns = ActionOutput.Columns(items, context)
        effects += ActionOutput.head(columns, context)
      }
    }
    if case .sending = phase {
      var free = ActionWork.width - items.count(where: \.isUnderWay)
      for index in items.indices where free > 0 {
        guard case .ready(let decision) = items[index].state else { continue }
        items[index].state = .sent(decision)
        effects.append(.carryOut(decision))
        free -= 1
      }
    }
    return effects + tell(now)
  }

  mutating func look() -> [ShellEffect] {
    var effects: [ShellEffect] = []
    var free = ActionWork.width - items.count(where: \.isUnderWay)
    for index in items.indices where free > 0 {
      guard case .unseen(let run) = items[index].state else { continue }
      items[index].state = .looking(run)
      effects.append(.load(run))
      free -= 1
    }
    return effects
  }

  /// That ids mean nothing, unless those are to be left out.
  mutating func unresolved() -> [ShellEffect]? {
    let unknown = items.compactMap { item -> [String]? in
      if case .unknown(let sentences) = item.state { sentences } else { nil }
    }
    guard !unknown.isEmpty else { return nil }
    if action.skipsUnknown {
      for index in items.indices {
        guard case .unknown(let sentences) = items[index].state else { continue }
        let sentence = sentences.joined(separator: " ")
        var result = ActionResult(
          given: items[index].given,
          action.verb,
          .notSent(Fault(.local, sentence))
        )
        result.unknown = sentence
        items[index].state = .settled(result)
      }
      return nil
    }
    var sentences = unknown.flatMap(\.self)
    if action.isBulk {
      sentences.append(
        "nothing was sent: \(unknown.count) of \(items.count) ids cannot be used; correct them, or "
          + "add --skip-unknown to go on without them"
      )
    }
    return fail(sentences, .usage)
  }

  /// Two ids may mean one thing; it is done once.
  mutating func dropDoubles() -> [ShellEffect] {
    var seen: [Subject: String] = [:]
    var effects: [ShellEffect] = []
    items.removeAll { item in
      guard let subject = item.subject else { return false }
      guard let first = seen[subject] else {
        seen[subject] = item.given
        return false
      }
      effects.append(
        .complain(Text.sanitised("\(item.given) means the same as \(first); it is done once"))
      )
      return true
    }
    return effects
  }

  mutating func settle(
    _ decision: Decision,
    _ outcome: Outcome,
    _ recorded: Bool,
    _ now: Timestamp
  ) -> [ShellEffect] {
    let index = items.firstIndex { item in
      if case .sent(let sent) = item.state { sent.id == decision.id } else { false }
    }
    guard let index else { return [] }
    var result = ActionResult(decision, given: items[index].given, outcome)
    result.isRecorded = recorded
    result.at = now
    if case .sending = phase, var vigil, case .done(let confirmation) = outcome {
      guard let run = confirmation.now, run.status.isTerminal else {
        items[index].state = .awaited(decision, confirmation)
        let words = ActionOutput.done(result, context)
        let effects = vigil.await(decision.subject.run, now)
        self.vigil = vigil
        return [.progress("\(words); waiting for its end")] + effects + goOn(now)
      }
      result.after = .ended(run)
    }
    items[index].state = .settled(result)
    return goOn(now)
  }
}
