import JSON
import Runs

/// `while`: the body again and again, tested after each time.
extension RunMachine {
  /// Carries the present iteration on, tests it, and begins the next.
  /// - Returns: Whether the loop ended well.
  mutating func advance(_ step: GraphStep, _ loop: Loop, _ repeats: Loop.While) -> Bool {
    while state.steps[step.id]?.outcome == .running {
      let count = state.rounds[step.id]?.count ?? 0
      let last = StepPlace.Round(loop: step.id, index: count - 1)
      let own = state[StepPlace(last)]
      switch own?.outcome {
      case .running?:
        guard advance(last, loop) else { return false }
        // A script that was begun is waited for.
        guard own?.attempts == 0, state.run.status == .running else { return false }
        guard repeats.script == nil else {
          test(last)
          return false
        }
        test(last, step, repeats)
      case .success?:
        let holds = own?.result?.bool == true
        if holds == (repeats.mode == .until) {
          complete(loop: step.id, result(of: step.id, loop, repeats, "condition_met"))
          return true
        }
        if count >= repeats.maximumIterations {
          complete(loop: step.id, result(of: step.id, loop, repeats, "max_iterations"))
          return true
        }
        fallthrough
      default:
        guard mayOpen() else { return false }
        let next = StepPlace.Round(loop: step.id, index: count)
        open(next, loop, timeout: repeats.iterationTimeout)
      }
    }
    return false
  }

  /// Tests an iteration by the loop's condition.
  private mutating func test(_ round: StepPlace.Round, _ step: GraphStep, _ repeats: Loop.While) {
    do throws(TemplateMistake) {
      let holds = try Template.holds(
        repeats.condition ?? false,
        scope: state.scope(of: round),
        step: step.id,
        place: LoopField.condition
      )
      end(round, holds)
    } catch {
      let failure = StepFailure(code: failureCode(of: StepPlace(step.id)), message: error.sentence)
      failRound(round, failure, by: StepPlace(round))
    }
  }

  /// Has an iteration tested by the loop's script.
  mutating func test(_ round: StepPlace.Round) {
    guard let step = state.graph.step(round.loop), case .whileLoop(let repeats)? = step.loop?.kind,
      let script = repeats.script
    else { return }
    let place = StepPlace(round)
    update(place) { $0.attempts += 1 }
    change.actions.append(
      .execute(
        StepCall(
          run: state.run.id,
          step: GraphStep(script: script, of: step),
          attempt: state[place]?.attempts ?? 1,
          parameters: [:],
          scope: state.scope(of: round),
          place: place.text
        )
      )
    )
  }

  /// The script of an iteration has said whether its test holds.
  mutating func conclude(_ round: StepPlace.Round, _ result: JSONValue) {
    guard let holds = (result["pass"] ?? result["result"])?.bool else {
      failRound(
        round,
        StepFailure(
          code: failureCode(of: StepPlace(round.loop)),
          message: "“while_eval_script” must return a table with “pass” true or false"
        ),
        by: StepPlace(round)
      )
      return
    }
    end(round, holds)
  }

  private mutating func end(_ round: StepPlace.Round, _ holds: Bool) {
    update(StepPlace(round)) { [now] in
      $0.outcome = .success
      $0.result = .bool(holds)
      $0.endedAt = now
      $0.deadline = nil
    }
  }

  private func result(
    of id: String,
    _ loop: Loop,
    _ repeats: Loop.While,
    _ reason: String
  ) -> JSONObject {
    let rounds = state.rounds[id] ?? [:]
    let bodies = (0..<rounds.count).map { index in
      JSONValue.object(rounds[index]?.results(in: loop) ?? [:])
    }
    return [
      "iteration_count": .int(rounds.count), "max_iterations": .int(repeats.maximumIterations),
      "stopped_reason": .string(reason), "last": bodies.last ?? .null,
      "iterations": .array(bodies),
    ]
  }
}

extension GraphStep {
  /// The script that tests a loop, as a step that executes it.
  init(script: String, of loop: GraphStep) {
    self.init(
      id: loop.id,
      type: .luaScript,
      name: loop.name,
      dependsOn: [],
      condition: nil,
      skipWhen: nil,
      enabled: true,
      timeout: nil,
      retryCount: 0,
      noAutoStart: false,
      terminal: false,
      inputAllowlist: [],
      loop: nil,
      // So called, the script may return a bare value, too.
      raw: ["id": .string(loop.id), "type": "lua_script", "while_eval_script": .string(script)]
    )
  }
}
