package import Runs
internal import Triage

/// Decisions about many things, looked at once more before they are sent: a verdict for each.
///
/// What each is about is as it stood on the screen when the page opened. What changes while the page
/// lies there is told in its place, and wants a new verdict.
package struct ReviewPage: Sendable, Equatable {
  /// One thing that is decided about.
  package struct Item: Sendable, Equatable {
    package var target: Target
    /// What is decided; nil while nothing is, and nothing is sent.
    package var verdict: Verb?
    /// Why there is no verdict, or that there is a new one to be given.
    package var remark: Remark?
    /// Whether the operator has taken it out.
    package var isDropped = false
    /// The decision that an earlier session has made about it and not sent.
    package var planned: Decision?
    /// Whether it is not what was decided on first.
    var hasChanged = false

    /// Whether it is sent.
    package var isSent: Bool { verdict != nil && !isDropped }

    /// Why a decision that was planned will not be sent; nil when it may be yet.
    var endedWhy: String? {
      if isDropped { return "taken out by the operator" }
      if case .gone(let why) = remark { return why }
      return nil
    }

    /// A thing to decide about.
    package init(target: Target, verdict: Verb?, remark: Remark? = nil) {
      self.target = target
      self.verdict = verdict
      self.remark = remark
    }
  }

  /// What is the matter with an item.
  package enum Remark: Sendable, Hashable {
    /// The verb is not possible on it, and why.
    case leftOut(String)
    /// It is not what it was when the page opened, and how; it wants a new verdict.
    case changed(String)
    /// There is nothing left to decide about, and why.
    case gone(String)
  }

  package var items: [Item]
  /// The item under the cursor.
  package var cursor = 0
  /// The first line of the list that is on the screen.
  package var scroll = 0
  /// Whether what is decided is shown beneath the item under the cursor.
  package var isUnfolded = false
  /// Whether all are to be stopped, and how was not said yet.
  package var asksHow = false
  /// The bulk of an earlier session that these are the rest of.
  package var rest: BatchID?
  /// Whether all of it was marked when the page was opened.
  var areMarked = false

  /// A page of items.
  package init(_ items: [Item]) {
    self.items = items
  }

  /// The item under the cursor.
  package var selection: Item? { items.indices.contains(cursor) ? items[cursor] : nil }

  /// What is sent, in order.
  package var sent: [Item] { items.filter(\.isSent) }

  /// Why an item cannot have a verdict beside those of the others; nil when it can: what decides about
  /// a run as a whole stands alone.
  func conflict(with verb: Verb, at place: Int) -> String? {
    let run = items[place].target.id
    let isTaken = items.indices.contains { (other: Int) in
      guard other != place, items[other].isSent, items[other].target.id == run else { return false }
      return verb.isAboutRun || items[other].verdict?.isAboutRun == true
    }
    return isTaken ? "another line here is about its run; take that out first" : nil
  }

  /// Lays a newer reading beside the items: what is not as it was seen loses its verdict.
  mutating func compare(with reading: Reading) {
    let runs = Dictionary(
      reading.runs.lazy.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let tasks = reading.tasks.map { tasks in
      Dictionary(grouping: tasks.lazy.filter(\.isPending), by: \.run)
    }
    for place in items.indices {
      let id = items[place].target.id
      if items[place].target.task != nil {
        guard let tasks else { continue }
        items[place].compareTask(run: runs[id], tasks: tasks[id] ?? [])
      } else if let run = runs[id] {
        items[place].compareRun(run, task: tasks?[id]?.first)
      }
    }
  }
}

extension ReviewPage.Item {
  /// Compares a task that waited with the tasks of its run that wait now.
  fileprivate mutating func compareTask(run: Run?, tasks: [HumanTask]) {
    guard let task = target.task else { return }
    guard let now = tasks.first(where: { $0.id == task.id }) else {
      target.run = run ?? target.run
      target.task = nil
      verdict = nil
      let ended = run.flatMap { $0.status.isTerminal ? $0.status.word : nil }
      remark = .gone(ended.map { "its run is \($0) now" } ?? "it was answered meanwhile")
      return
    }
    if now.payload != task.payload {
      change(to: run, task: now, "it asks something else now")
    } else if let run, let saw = target.run?.status, saw.phase != run.status.phase {
      change(to: run, task: now, "its run is \(run.status.word) now, you saw it \(saw.word)")
    }
  }

  /// Compares a run with how it stands now.
  fileprivate mutating func compareRun(_ run: Run, task: HumanTask?) {
    guard let saw = target.run?.status, saw.phase != run.status.phase else { return }
    if run.status.isTerminal {
      target = target.replaced(by: run)
      verdict = nil
      remark = .gone("it is \(run.status.word) now")
    } else {
      let by = run.statusBy.map { " by \($0)" } ?? ""
      change(to: run, task: task, "it is \(run.status.word)\(by) now, you saw it \(saw.word)")
    }
  }

  private mutating func change(to run: Run?, task: HumanTask?, _ words: String) {
    if let run { target = target.replaced(by: run) }
    target.task = task
    target.since = task?.createdAt ?? target.since
    verdict = nil
    hasChanged = true
    remark = .changed(words)
  }
}
