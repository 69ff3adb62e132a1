import JSON
import Runs

/// `for_each`: the body once for each item, so many at once.
extension RunMachine {
  /// The list that a `for_each` works on.
  ///
  /// A path may stand without braces, and may lead nowhere: then there is no item. What the start gave
  /// is the list as it is.
  static func items(
    _ each: Loop.ForEach,
    _ step: GraphStep,
    _ scope: TemplateScope,
    given: JSONValue?
  ) throws(TemplateMistake) -> [JSONValue] {
    var source = each.items
    if given == nil, case .string(let text) = source {
      let isPath = !text.contains("{{") && (try? TemplateReference(reading: text)) != nil
      if isPath { source = .string("{{\(text)}}") }
      if let reference = reference(source), scope[reference] == .null { return [] }
    }
    var value = given ?? .null
    if given == nil {
      value = try Template.resolve(source, scope: scope, step: step.id, place: LoopField.items)
    }
    do throws(LoopMistake) {
      return try Loop.ForEach.elements(of: value)
    } catch {
      throw TemplateMistake(.missing, step: step.id, place: LoopField.items, error.message)
    }
  }

  /// The reference that a text is, when it is one and nothing else.
  private static func reference(_ value: JSONValue) -> TemplateReference? {
    guard case .string(let text) = value, let pieces = try? TemplateParser.pieces(of: text),
      pieces.count == 1, case .expression(.reference(let reference)) = pieces[0]
    else { return nil }
    return reference
  }

  /// Carries the rounds on and begins more of them.
  /// - Returns: Whether the loop ended well.
  mutating func advance(_ step: GraphStep, _ loop: Loop, _ each: Loop.ForEach) -> Bool {
    let count = state.items(of: step.id).count
    var active = 0
    var next = 0
    while next < count, state.steps[step.id]?.outcome == .running {
      let round = StepPlace.Round(loop: step.id, index: next)
      if state.rounds[step.id]?[next] == nil {
        guard active < each.maximumParallel, mayOpen() else { break }
        open(round, loop, timeout: each.itemTimeout)
      }
      if state[StepPlace(round)]?.outcome == .running {
        if advance(round, loop) {
          update(StepPlace(round)) { [now] in
            $0.outcome = .success
            $0.endedAt = now
            $0.deadline = nil
          }
        }
        if state[StepPlace(round)]?.outcome == .running { active += 1 }
      }
      next += 1
    }
    guard state.steps[step.id]?.outcome == .running, next == count, active == 0 else {
      return false
    }
    return end(step, loop, each)
  }

  /// Ends a loop whose rounds are settled, unless its policy holds it.
  private mutating func end(_ step: GraphStep, _ loop: Loop, _ each: Loop.ForEach) -> Bool {
    let failed = failures(of: step.id)
    if !failed.isEmpty {
      switch each.policy {
      case .pause where state.run.status == .paused: return false
      case .humanReview:
        // A draining run asks nobody any more.
        guard state.run.status != .draining else { return false }
        askForReview(step, failed: failed, of: state.items(of: step.id).count)
        return false
      default: break
      }
    }
    complete(loop: step.id, result(of: step.id, loop, each))
    return true
  }

  /// A person has said whether a loop goes on of which items failed.
  mutating func review(_ id: String, _ answer: JSONObject, by name: String) {
    guard let loop = state.loop(id), case .forEach(let each) = loop.kind else { return }
    guard answer["approved"] == true else {
      let failed = failures(of: id)
      let first = failed.first?["error"]?.string ?? ""
      failStep(
        StepPlace(id),
        StepFailure(
          code: "HUMAN_TASK_FAILED",
          message: "\(name) did not let it go on with \(failed.count) of "
            + "\(state.items(of: id).count) items failed; the first: \(first)"
        )
      )
      return
    }
    let review: JSONObject = ["review": .object(answer)]
    complete(loop: id, result(of: id, loop, each).merging(review))
  }

  /// The entries of the items that failed, in order.
  private func failures(of loop: String) -> [JSONValue] {
    let rounds = state.rounds[loop] ?? [:]
    return (0..<rounds.count).compactMap { index in
      guard let failure = rounds[index]?.own.failure else { return nil }
      return ["index": .int(index), "error": .string(failure.message)]
    }
  }

  private func result(of id: String, _ loop: Loop, _ each: Loop.ForEach) -> JSONObject {
    let rounds = state.rounds[id] ?? [:]
    var entries: [JSONValue] = []
    var failed = 0
    for index in 0..<rounds.count {
      guard let round = rounds[index] else { continue }
      if let failure = round.own.failure {
        failed += 1
        entries.append(["index": .int(index), "error": .string(failure.message)])
      } else {
        let body = round.results(in: loop)
        entries.append(
          [
            "index": .int(index), "body": .object(body),
            "result": body.members.last?.value ?? .null,
          ]
        )
      }
    }
    var result: JSONObject = [
      "count": .int(rounds.count), "max_parallel": .int(each.maximumParallel),
      "succeeded_count": .int(rounds.count - failed), "failed_count": .int(failed),
    ]
    if failed > 0 { result["partial_success"] = .bool(failed < rounds.count) }
    result["results"] = .array(entries)
    return result
  }
}
