package import Runs

/// One run, looked at: its events, its steps, its task.
package struct RunScreen: Sendable, Equatable {
  /// What is shown of the run; digits stay with their tab whichever are there.
  package enum Tab: Sendable, CaseIterable {
    case events
    case steps
    case task

    /// The command that shows it.
    var command: Command {
      switch self {
      case .events: .events
      case .steps: .steps
      case .task: .task
      }
    }

    /// The tab's name.
    var title: String {
      switch self {
      case .events: "Events"
      case .steps: "Steps"
      case .task: "Task"
      }
    }
  }

  package var reference: RunReference
  /// The task that is shown, of those that wait; nil until one is.
  package var task: TaskID?
  /// When the screen was opened: what was read before knows nothing of a task that came since.
  var openedAt: Timestamp?
  package var tab = Tab.events
  /// The event under the cursor, counted from the first.
  package var event = 0
  /// Whether the cursor stays on the newest event.
  package var follows = true
  /// Whether the cursor has found its first place among the events.
  var isPlaced = false
  /// Events whose data is unfolded beneath them.
  package var unfolded: Set<Int> = []
  /// The step under the cursor; nil is the first.
  package var step: StepID?
  /// The first line of the tab that is on the screen.
  package var scroll = 0

  /// The answer to the task that waits, while it is filled in.
  package var form: TaskForm?

  /// Whether the wheel put the events where they are: no more than a line of the one under the cursor
  /// has to be seen.
  var isWheeled = false

  /// A screen for a run, and for the task of it that one wants to see.
  package init(_ reference: RunReference, task: TaskID? = nil) {
    self.reference = reference
    self.task = task
  }

  /// Puts the cursor where one wants to look first: on a failed run, at the failure.
  mutating func place(in detail: RunDetail) {
    isPlaced = true
    guard detail.run.status == .failed,
      let failure = detail.events.firstIndex(where: { $0.type == "step_failed" && !$0.isStop })
    else { return }
    event = failure
    follows = false
  }

  /// The tabs that there are: the task only while one waits.
  func tabs(_ detail: RunDetail?) -> [Tab] {
    // Until it is read, the tab that it was opened on stands for what the inbox knows.
    Tab.allCases.filter { candidate in
      guard candidate == .task else { return true }
      // What is being typed is not taken away.
      guard let detail else { return tab == .task }
      return isEditing || detail.tasks.contains(where: \.isPending) || isAhead(of: detail)
    }
  }

  /// The name of a tab: where several tasks wait, which of them is shown.
  func title(of tab: Tab, _ detail: RunDetail?) -> String {
    let waiting = detail?.tasks.filter(\.isPending) ?? []
    guard tab == .task, waiting.count > 1,
      let index = waiting.firstIndex(where: { $0.id == form?.reference.task })
    else { return tab.title }
    return "\(tab.title) \(index + 1) of \(waiting.count)"
  }

  /// Whether everything of the run has been read and none of it will change.
  func isSettled(in model: Model) -> Bool {
    guard let detail = model.details[reference] else { return false }
    return detail.run.status.isTerminal
  }
}
