internal import Runs

/// The ends of the runs, and of the action itself.
extension ActionWork {
  mutating func watched(_ runs: [Run], _ now: Timestamp) -> [ShellEffect] {
    guard var vigil else { return [] }
    for run in runs where run.status.isTerminal {
      for index in items.indices {
        guard case .awaited(let decision, let confirmation) = items[index].state,
          decision.subject.run.run == run.id
        else { continue }
        var result = ActionResult(decision, given: items[index].given, .done(confirmation))
        result.after = .ended(run)
        items[index].state = .settled(result)
        vigil.dismiss(decision.subject.run)
      }
    }
    let effects = vigil.looked(now)
    self.vigil = vigil
    return effects + goOn(now)
  }

  mutating func lookFailed(_ fault: Fault, _ now: Timestamp) -> [ShellEffect] {
    guard var vigil else { return [] }
    let effects = vigil.failed(fault, now)
    self.vigil = vigil
    if let effects { return effects }
    return giveUp("its end was not seen: \(fault.sentence)", now)
  }

  mutating func woke(_ now: Timestamp) -> [ShellEffect] {
    if case .ending(let by) = phase {
      return now >= by ? leave(now) : []
    }
    guard var vigil else { return [] }
    if vigil.isLate(now) { return giveUp("it has not ended within \(vigil.timeoutWords)", now) }
    defer { self.vigil = vigil }
    return vigil.look().map { effect in
      // Of a long run only the news is fetched.
      guard case .load(let run, _) = effect, detail?.run.reference == run else { return effect }
      return .load(run, known: detail)
    }
  }

  /// Looks at some of the runs that the feed does not show, in turns.
  mutating func unlisted(_ reading: Reading) -> [ShellEffect] {
    let listed = Set(reading.runs.map(\.id))
    let missing = (vigil?.awaited ?? []).filter { !listed.contains($0.run) }
    guard !missing.isEmpty else { return [] }
    defer { turn += ActionWork.width }
    return (0..<min(ActionWork.width, missing.count)).map { number in
      .load(missing[(turn + number) % missing.count])
    }
  }

  /// Waits no longer for runs to end.
  mutating func giveUp(_ words: String, _ now: Timestamp) -> [ShellEffect] {
    for index in items.indices {
      guard case .awaited(let decision, let confirmation) = items[index].state else { continue }
      var result = ActionResult(decision, given: items[index].given, .done(confirmation))
      result.after = .late(words)
      items[index].state = .settled(result)
      vigil?.dismiss(decision.subject.run)
    }
    return goOn(now)
  }

  // MARK: Ending early

  mutating func interrupted(_ now: Timestamp) -> [ShellEffect] {
    switch phase {
    case .resolving: return [.leave]
    case .ending: return leave(now)
    case .sending: break
    }
    let left = items.count(where: { if case .ready = $0.state { true } else { false } })
    for index in items.indices {
      switch items[index].state {
      case .ready(let decision):
        let fault = Fault(.local, "interrupted before it was its turn")
        items[index].state = .settled(
          ActionResult(decision, given: items[index].given, .notSent(fault))
        )
      case .awaited(let decision, let confirmation):
        var result = ActionResult(decision, given: items[index].given, .done(confirmation))
        result.after = .late("interrupted while its end was awaited")
        items[index].state = .settled(result)
        vigil?.dismiss(decision.subject.run)
      default: break
      }
    }
    let by = now + ActionWork.grace
    phase = .ending(by: by)
    let busy = items.count(where: \.isUnderWay)
    guard busy > 0 else { return tell(now) }
    let words = left > 0 ? "interrupted: \(left) were not begun; " : "interrupted: "
    return tell(now) + [
      .complain("\(words)waiting for \(busy) on the way; once more ends at once"), .wait(until: by),
    ]
  }

  /// Those that are still on the way are told as such.
  mutating func leave(_ now: Timestamp) -> [ShellEffect] {
    for index in items.indices {
      guard case .sent(let decision) = items[index].state else { continue }
      let fault = Fault(
        .timedOut,
        "interrupted: look with show what became of it"
      )
      items[index].state = .settled(
        ActionResult(decision, given: items[index].given, .unknown(fault))
      )
    }
    return tell(now)
  }

  // MARK: Telling

  /// Tells what is settled; ends when all is.
  mutating func tell(_ now: Timestamp) -> [ShellEffect] {
    let results = items.compactMap(\.result)
    var effects: [ShellEffect] = []
    if action.isBulk {
      let fresh = fresh()
      effects += ActionOutput.lines(fresh, of: items.count, told, columns, context)
    }
    guard results.count == items.count else { return effects }
    let code = ActionOutput.code(results)
    if action.isBulk {
      effects += ActionOutput.end(results, context)
    } else if let only = results.first {
      effects += ActionOutput.one(only, context)
    }
    if case .ending = phase { return effects + [.leave] }
    return effects + [.finish(code)]
  }

  /// The results that were not told yet, in the order in which they came.
  mutating func fresh() -> [ActionResult] {
    let fresh = items.indices.filter { items[$0].result != nil && !items[$0].isTold }
    for index in fresh { items[index].isTold = true }
    told += fresh.count
    return fresh.compactMap { items[$0].result }
  }
}
