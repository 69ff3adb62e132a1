internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// What became of a decision, as the shell writes it.
enum OutcomeOutput {
  /// The effects that tell an outcome and end the verb.
  static func effects(
    _ decision: Decision,
    _ outcome: Outcome,
    recorded: Bool,
    _ context: ShellContext
  ) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    let name = name(decision)
    switch outcome {
    case .done(let confirmation):
      effects.append(.out(done(decision, confirmation, context)))
      if !confirmation.readBack {
        effects.append(
          .complain("\(name): accepted, but the server does not show it yet; look again with show")
        )
      }
    case .changed(let change):
      effects.append(.complain("\(name): not done: \(Text.sanitised(change.sentence))"))
    case .refused(let refusal):
      effects.append(.complain("\(name): refused: \(Text.sanitised(refusal.sentence))"))
    case .notSent(let fault):
      effects.append(.complain("\(name): nothing was sent: \(Text.sanitised(fault.sentence))"))
    case .unknown(let fault):
      effects.append(
        .complain(
          "\(name): sent, but nobody knows what became of it: \(Text.sanitised(fault.sentence))"
        )
      )
    }
    if !recorded, case .done = outcome {
      effects.append(.complain("\(name): done, but the journal does not have all of it"))
    }
    return effects + [.finish(ExitCode(outcome))]
  }

  private static func name(_ decision: Decision) -> String {
    let word = Text.sanitised("\(decision.title) \(decision.subject.run.run.short)")
    return "\(decision.verb.word) \(word)"
  }

  private static func done(
    _ decision: Decision,
    _ confirmation: Confirmation,
    _ context: ShellContext
  ) -> String {
    let run = confirmation.run ?? decision.subject.run
    guard context.form == .table else {
      let fallback: JSONObject = [
        "id": .string(run.run.text), "workflow_id": .string(run.workflow.text),
      ]
      let value = confirmation.now.map(RunWire.json) ?? .object(fallback)
      return JSONOutput.text(value, context.form)
    }
    // A start's id is what the caller goes on with: it is written in full.
    let id = decision.verb == .start ? run.run.text : run.run.short
    let status = confirmation.status.map { ": \($0.word)" } ?? ""
    return Text.sanitised("\(past(decision.verb)) \(decision.title) \(id)\(status)") + "\n"
  }

  private static func past(_ verb: Verb) -> String {
    switch verb {
    case .approve: "approved"
    case .reject: "rejected"
    case .pause: "paused"
    case .resume: "resumed"
    case .stop(.graceful): "stopping gracefully"
    case .stop(.immediate): "stopped"
    case .start: "started"
    }
  }
}
