import JSON

extension GraphValidation {
  /// Whether scripts compile.
  mutating func checkScripts(_ placed: [Placed]) {
    var scripts: [(placed: Placed, field: String, text: String)] = []
    for placed in placed {
      if placed.step.type == .luaScript, let text = placed.step.script, !text.isEmpty {
        scripts.append((placed, "script", text))
      }
      if case .whileLoop(let loop)? = placed.step.loop?.kind, let text = loop.script {
        scripts.append((placed, "while_eval_script", text))
      }
    }
    guard !scripts.isEmpty else {
      skip(.luaSyntax)
      return
    }
    perform(.luaSyntax) { validation in
      for script in scripts {
        let step = script.placed.step
        guard let mistake = validation.surroundings.scriptMistake(script.text) else { continue }
        let hint =
          script.text.contains("{{") ? "templates are not read in scripts; use “input”" : nil
        validation.report(
          "lua_syntax",
          "“\(script.field)” of step “\(step.id)” is no valid Lua: \(mistake)",
          "\(script.placed.path).\(script.field)",
          step: step.id,
          hint: hint
        )
      }
    }
  }

  /// Names the steps that follow a task without a word of what a rejection means for them.
  mutating func checkGates(_ placed: [Placed]) {
    let steps = placed.map(\.step)
    guard steps.contains(where: { $0.type == .humanTask }) else { return }
    let gates = Gates(steps)
    for placed in placed where placed.step.enabled {
      let step = placed.step
      let tasks = gates.places(before: step.id).map { steps[$0] }.filter { $0.type == .humanTask }
      guard let task = step.unaware(ofAnswerTo: tasks) else { continue }
      warn(
        "task_not_gated",
        "step “\(step.id)” follows the task “\(task.id)” without a condition: on a rejection it is "
          + "skipped",
        "\(placed.path).condition",
        step: step.id,
        hint: "say so with the condition “{{steps.\(task.id).result.approved}}”"
      )
    }
  }

  /// Names the steps that are switched off.
  mutating func checkDisabled(_ placed: [Placed]) {
    perform(.disabledSteps) { validation in
      for placed in placed where !placed.step.enabled {
        validation.warn(
          "step_disabled",
          "step “\(placed.step.id)” is switched off and will be skipped",
          "\(placed.path).enabled",
          step: placed.step.id
        )
      }
    }
  }

  /// Whether something closes a run in episode mode, which any step with `no_auto_start` begins.
  mutating func checkEpisodes(_ placed: [Placed]) {
    guard let gated = placed.first(where: \.step.noAutoStart) else {
      perform(.episodes) { validation in
        for placed in placed where placed.step.terminal {
          validation.warn(
            "terminal_without_episode",
            "step “\(placed.step.id)” has “terminal”, which means nothing without a step that has "
              + "“no_auto_start”",
            "\(placed.path).terminal",
            step: placed.step.id
          )
        }
      }
      return
    }
    perform(.episodes) { validation in
      let closes = placed.filter { $0.step.terminal && $0.step.enabled }
      guard closes.isEmpty else {
        validation.checkClose(placed, closes)
        return
      }
      validation.report(
        "episode_c3_spine_without_close",
        "step “\(gated.step.id)” has “no_auto_start”, and no step closes the run: it would never end",
        "\(gated.path).no_auto_start",
        step: gated.step.id,
        hint: "set “terminal” on the last step"
      )
    }
  }

  /// Warns when steps begin by themselves, but what closes the run only when it is let in.
  private mutating func checkClose(_ placed: [Placed], _ closes: [Placed]) {
    let ancestors = Ancestors(placed.map(\.step))
    let gates = placed.filter(\.step.noAutoStart).map(\.step.id)
    func isGated(_ step: GraphStep) -> Bool {
      step.noAutoStart || gates.contains { ancestors.isBefore($0, step.id) }
    }
    guard let close = closes.first, closes.allSatisfy({ isGated($0.step) }),
      placed.contains(where: { !isGated($0.step) })
    else { return }
    warn(
      "episode_close_gated",
      "only “\(close.step.id)” closes the run, and it begins only when a start names a step with "
        + "“no_auto_start” in “trigger_steps”",
      "\(close.path).terminal",
      step: close.step.id,
      hint: "set “terminal” on a step that begins by itself, or always name one"
    )
  }

  /// Whether the schema of the input can be read, and the input of the request keeps to it.
  mutating func checkInput(_ schema: JSONValue?) {
    guard let schema, !schema.isNull else {
      skip(.inputSchema)
      return
    }
    perform(.inputSchema) { validation in
      let (known, mistakes) = InputSchema.read(schema)
      for mistake in mistakes {
        validation.report(
          "graph_schema_validation",
          mistake.message,
          "$.input_schema\(mistake.path)"
        )
      }
      guard let known, mistakes.isEmpty, let payload = validation.request.payload else { return }
      for problem in known.accept(payload).problems {
        validation.report(
          "input_schema_invalid",
          problem.sentence,
          "$.params.trigger_payload\(problem.path)"
        )
      }
    }
  }
}
