internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Which of a run's tasks is shown, and what becomes of it when it does not wait any more.
extension RunScreen {
  /// Whether a line of the form is open: then letters are typed.
  var isEditing: Bool { tab == .task && form?.form.isEditing == true }

  /// Whether the task that is to be shown may have come after what was read of the run.
  func isAhead(of detail: RunDetail) -> Bool {
    guard let task, let openedAt, form == nil else { return false }
    return detail.at < openedAt && !detail.tasks.contains { $0.id == task }
  }

  /// Chooses the task that is shown.
  mutating func show(_ task: TaskID?) {
    guard let task, task != form?.reference.task else { return }
    self.task = task
    form = nil
  }

  /// Makes the form of the task that is shown, or lays the task's newest reading under it.
  ///
  /// A task that does not wait any more gives way to no other while it is looked at: neither letters
  /// that are being typed nor a key that answers are ever meant for another one.
  /// - Returns: The task that was shown, or was to be, when it has just ceased to wait.
  mutating func settleForm(_ detail: RunDetail?, drafts: JSONObject) -> TaskID? {
    guard let detail else { return nil }
    let waiting = detail.tasks.filter(\.isPending)
    let wanted = task ?? form?.reference.task
    if let found = waiting.first(where: { wanted == nil || $0.id == wanted }) {
      lay(found, detail, drafts)
      return nil
    }
    guard let wanted, !isAhead(of: detail) else {
      form = nil
      return nil
    }
    let wasOver = form?.isOver == true
    let isShown = tab == .task
    if form?.reference.task == wanted, isEditing || isShown && !waiting.isEmpty {
      form?.isOver = true
      form?.fate = TaskFate(of: wanted, in: detail)
      return wasOver ? nil : wanted
    }
    task = nil
    form = nil
    if let next = waiting.first {
      // What was asked for is not there: its tab does not show another in its place.
      if isShown {
        tab = .events
        scroll = 0
      }
      lay(next, detail, drafts)
    }
    return isShown && !wasOver ? wanted : nil
  }

  private mutating func lay(_ found: HumanTask, _ detail: RunDetail, _ drafts: JSONObject) {
    task = found.id
    form?.isOver = false
    // A graph is looked through once for each reading, not at every key.
    let isSeen = form?.seenAt == detail.at && (form?.use == nil) == (detail.graph == nil)
    let use = isSeen ? form?.use : detail.graph.map { AnswerUse(of: found.step, in: $0) }
    defer { form?.seenAt = detail.at }
    if form?.reference.task == found.id, form?.reference.run == reference {
      form?.take(found, use: use)
      return
    }
    var made = TaskForm(found, in: reference, use: use)
    if let draft = drafts[TaskForm.key(made.reference)] { made.restore(draft) }
    form = made
  }

  /// Why what is shown takes no answer any more; nil when it does.
  func overSentence(_ model: Model) -> String? {
    guard tab == .task, let form, form.isOver else { return nil }
    return "this task does not wait any more\(form.fate?.words(model.zone) ?? "")"
      + model.nextTaskWords(self)
  }
}

/// How a task ended, as far as what was read of its run tells.
struct TaskFate: Sendable, Equatable {
  private var did: String
  private var by: String?
  private var at: Timestamp?

  /// The end of a task; nil when nothing tells it.
  init?(of task: TaskID, in detail: RunDetail) {
    let answer = detail.events.last {
      ["task_completed", "human_task_completed"].contains($0.type)
        && $0.data["task_id"]?.string == task.text
    }
    if let answer {
      did = answer.data["approved"]?.bool.map { $0 ? "approved" : "rejected" } ?? "answered"
      by = answer.data["by"]?.string ?? answer.data["completed_by"]?.string
      at = answer.at
    } else if detail.run.status.isTerminal {
      did = "its run is \(detail.run.status.word)"
    } else {
      return nil
    }
  }

  /// It in words, behind a sentence: `, approved by alex at 14:02:11`.
  func words(_ zone: Zone) -> String {
    let who = by.map { " by \(Text.sanitised(String($0.prefix(60))))" } ?? ""
    let when = at.map { " at \(zone.clock($0))" } ?? ""
    return ", \(did)\(who)\(when)"
  }
}

extension Model {
  /// What a verb on a run's screen is about: an answer is for the task that is shown and for no other;
  /// what is done to the run closes whichever waits.
  func target(of screen: RunScreen, answering: Bool) -> Target? {
    let rows = inbox.listing.rows.filter { $0.reference == screen.reference }
    let own = rows.first { screen.task == nil || $0.task?.id == screen.task }
    let row = own ?? rows.first
    guard let detail = details[screen.reference] else {
      return (answering ? own : row).map(Target.init)
    }
    let title = row?.title ?? detail.run.title
    let target = Target(detail, title: title, task: screen.task)
    return target.task == nil && !answering ? Target(detail, title: title) : target
  }

  /// Goes on to another task of the run that waits, round at the ends; from another tab, to the task
  /// that is chosen.
  mutating func turnTask(by step: Int, _ screen: RunScreen) -> [Effect] {
    let waiting = details[screen.reference]?.tasks.filter(\.isPending) ?? []
    let here = waiting.firstIndex { $0.id == screen.form?.reference.task }
    guard !waiting.isEmpty, waiting.count > 1 || here == nil || screen.tab != .task else {
      say("no other task of this run waits", .plain)
      return []
    }
    var next = here ?? (step > 0 ? 0 : waiting.count - 1)
    if let here, screen.tab == .task { next = (here + step + waiting.count) % waiting.count }
    var screen = screen
    screen.show(waiting[next].id)
    screen.tab = .task
    screen.scroll = 0
    layers[layers.count - 1] = .run(screen)
    notice = nil
    settleRunScreen()
    return []
  }

  /// Says that the task that is looked at does not wait any more; not of an answer of ours, whose
  /// outcome says it.
  mutating func tellGone(_ task: TaskID, _ screen: RunScreen, _ detail: RunDetail?) {
    let subject = Subject.task(TaskReference(run: screen.reference, task: task))
    let isOurs =
      done[screen.reference.run]?.subject == subject
      || flights.values.contains { $0.decision.subject == subject }
    guard !isOurs else { return }
    let fate = detail.flatMap { TaskFate(of: task, in: $0) }?.words(zone) ?? ""
    // The top of the form may be scrolled away; this is where the operator looks.
    let rest =
      screen.form?.isOver == true && screen.form?.isTouched == true
      ? ": what is typed here is not sent" : ""
    say("this task does not wait any more\(fate)\(rest)\(nextTaskWords(screen))", .bad)
    notice?.until = nil
  }

  /// The way to a task of the run that waits still, behind a sentence; empty when there is none.
  func nextTaskWords(_ screen: RunScreen) -> String {
    guard let key = key(.nextTask, in: .run),
      details[screen.reference]?.tasks.contains(where: \.isPending) == true
    else { return "" }
    return "; \(key) shows one that does"
  }
}
