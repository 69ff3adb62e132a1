internal import Cells
package import Runs
internal import Triage

/// The choice of what is to be started; the list narrows while a name is typed.
package struct WorkflowChoice: Sendable, Equatable {
  /// What was typed of a name.
  package var line = LineEditor()
  /// The workflow under the cursor, as long as it is listed; else the first.
  package var selected: WorkflowID?
  /// Whether it was asked what there is, rather than what to start.
  var isList = false

  /// A choice with the cursor on a workflow.
  package init(selected: WorkflowID? = nil) {
    self.selected = selected
  }

  /// What can be chosen, the likeliest first.
  func candidates(_ model: Model) -> [Workflow] {
    WorkflowMatch.narrowed(line.text, among: model.workflows ?? [])
  }

  /// The place of the cursor among the candidates.
  func place(in candidates: [Workflow]) -> Int {
    candidates.firstIndex { $0.id == selected } ?? 0
  }
}

extension Model {
  /// Reads the workflows, unless nothing may be asked yet.
  package mutating func readWorkflows() -> [Effect] { mayAsk ? [.loadWorkflows] : [] }

  /// Asks what is to be started.
  mutating func chooseWorkflow() -> [Effect] {
    if let reason = startRefusal {
      say(reason, .bad)
      return []
    }
    layers.append(.choice(WorkflowChoice(selected: inbox.selection?.reference?.workflow)))
    notice = nil
    return [.dropInput] + readWorkflows()
  }

  /// A key in the choice of a workflow.
  mutating func choiceKey(_ key: Key, _ choice: WorkflowChoice) -> [Effect] {
    var choice = choice
    let candidates = choice.candidates(self)
    let place = choice.place(in: candidates)
    switch config.keymap.command(for: key, in: .choice) {
    case .close:
      layers.removeLast()
      return watchSelection()
    case .down, .up:
      guard !candidates.isEmpty else { return [] }
      let step = config.keymap.command(for: key, in: .choice) == .down ? 1 : -1
      choice.selected = candidates[(place + step + candidates.count) % candidates.count].id
    case .confirm:
      guard candidates.indices.contains(place) else { return [] }
      let workflow = candidates[place]
      if let reason = startRefusal {
        say(reason, .bad)
        return []
      }
      if workflow.status == "draft", workflow.version == nil {
        say("\(workflow.name) is a draft: it has to be published before it can run", .bad)
        return []
      }
      layers.removeLast()
      return openStart(workflow.id, name: workflow.name)
    default:
      // What is typed may mean another one than the one that the cursor stands on.
      if choice.line.edit(key, config.keymap) { choice.selected = nil }
    }
    layers[layers.count - 1] = .choice(choice)
    return []
  }
}
