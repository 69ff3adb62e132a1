internal import Cells
internal import Runs
internal import Triage

extension Model {
  /// Opens a run above the inbox, on a tab where one is asked for.
  mutating func openRun(
    _ reference: RunReference,
    on tab: RunScreen.Tab? = nil,
    task: TaskID? = nil
  ) -> [Effect] {
    var screen = RunScreen(reference, task: task)
    screen.openedAt = now
    let row = listedRows.first { $0.reference == reference }
    screen.follows = row?.run.map { !$0.status.isTerminal } ?? true
    // What waits for an answer is what one came for.
    if row?.task != nil { screen.tab = .task }
    if let tab { screen.tab = tab }
    layers.append(.run(screen))
    notice = nil
    settleRunScreen()
    return load(reference)
  }

  /// What came in about a run.
  mutating func handle(_ message: RunMessage) -> [Effect] {
    switch message {
    case .detail(let reference, .success(let detail)):
      details.loading.remove(reference)
      details.store(detail, for: reference)
      learn(from: detail)
      settleRunScreen()
    case .detail(let reference, .failure(let fault)):
      details.loading.remove(reference)
      details.faults[reference] = fault
    case .graph(let workflow, _, let graph):
      // A reading of the run that had none takes the graph that came by itself.
      for row in inbox.listing.rows {
        guard let reference = row.reference, reference.workflow == workflow,
          var detail = details[reference], detail.graph == nil
        else { continue }
        detail.graph = graph
        details.store(detail, for: reference)
        learn(from: detail)
      }
      settleRunScreen()
    case .history(let workflow, let result): return learn(result, of: workflow)
    }
    return []
  }

  /// A key on a run.
  mutating func runCommand(_ command: Command, _ screen: RunScreen) -> [Effect] {
    var screen = screen
    screen.isWheeled = false
    let detail = details[screen.reference]
    if let effects = formCommand(command, screen) { return effects }
    switch command {
    case .back, .close:
      if command == .close, notice != nil {
        notice = nil
        return []
      }
      layers.removeLast()
      return watchSelection()
    case .approve, .reject, .pause, .stop:
      let isAnswer = command == .approve || command == .reject
      if isAnswer, let reason = screen.overSentence(self) {
        say(reason, .bad)
        return []
      }
      return decide(
        command,
        target: target(of: screen, answering: isAnswer),
        form: screen.form
      )
    case .nextTask, .previousTask: return turnTask(by: command == .nextTask ? 1 : -1, screen)
    case .start:
      let row = inbox.listing.rows.first { $0.reference == screen.reference }
      return openStart(
        screen.reference.workflow,
        name: row?.title ?? detail?.run.title ?? screen.reference.workflow.text,
        from: screen.reference
      )
    case .edit:
      guard screen.tabs(detail).contains(.task) else {
        say("nothing here waits for an approval", .bad)
        return []
      }
      screen.tab = .task
      screen.scroll = 0
    case .events, .steps, .task, .nextTab: switchTab(command, &screen, detail)
    case .follow: screen.follows.toggle()
    // There is no search in a run yet: what is typed behind the key must not be taken for commands.
    case .filter: return openLine("filter ")
    case .open:
      if screen.tab == .events, screen.unfolded.remove(screen.event) == nil {
        screen.unfolded.insert(screen.event)
      }
    default: move(command, &screen, detail)
    }
    layers[layers.count - 1] = .run(screen)
    settleRunScreen()
    return []
  }

  private func switchTab(_ command: Command, _ screen: inout RunScreen, _ detail: RunDetail?) {
    let tabs = screen.tabs(detail)
    let wanted: RunScreen.Tab
    switch command {
    case .events: wanted = .events
    case .steps: wanted = .steps
    case .task: wanted = .task
    default:
      let next = (tabs.firstIndex(of: screen.tab) ?? 0) + 1
      wanted = tabs[next % tabs.count]
    }
    guard tabs.contains(wanted), wanted != screen.tab else { return }
    screen.tab = wanted
    screen.scroll = 0
  }

  private func move(_ command: Command, _ screen: inout RunScreen, _ detail: RunDetail?) {
    let page = max(1, RunLayout(self, screen).height - 1)
    let step: Int
    switch command {
    case .up: step = -1
    case .down: step = 1
    case .pageUp: step = -page
    case .pageDown: step = page
    case .halfUp: step = -max(1, page / 2)
    case .halfDown: step = max(1, page / 2)
    case .top: step = -1_000_000
    case .bottom: step = 1_000_000
    default: return
    }
    switch screen.tab {
    case .events:
      let last = max(0, (detail?.events.count ?? 0) - 1)
      screen.event = min(max(screen.event + step, 0), last)
      // Going back to read ends following; the end begins it anew.
      screen.follows = screen.event == last && step > 0
    case .steps:
      let steps = StepLedger.causeFirst(detail?.steps ?? [])
      guard !steps.isEmpty else { return }
      let index = steps.firstIndex { $0.id == screen.step } ?? 0
      screen.step = steps[min(max(index + step, 0), steps.count - 1)].id
    case .task: break
    }
  }

  /// Brings the run screen's cursor and scroll in line with what is known of the run.
  mutating func settleRunScreen() {
    guard let place = layers.lastIndex(where: { if case .run = $0 { true } else { false } }),
      case .run(var screen) = layers[place]
    else { return }
    let detail = details[screen.reference]
    if let gone = screen.settleForm(detail, drafts: shelves[.drafts]) {
      tellGone(gone, screen, detail)
    }
    if detail != nil, !screen.isEditing, !screen.tabs(detail).contains(screen.tab) {
      screen.tab = .events
      screen.scroll = 0
    }
    let layout = RunLayout(self, screen)
    switch screen.tab {
    case .events:
      let count = detail?.events.count ?? 0
      if let detail, !screen.isPlaced { screen.place(in: detail) }
      if screen.follows { screen.event = max(0, count - 1) }
      screen.event = min(screen.event, max(0, count - 1))
      let lines =
        detail.map {
          EventLine.lines($0, unfolded: screen.unfolded, columns: size.columns)
        } ?? []
      let line =
        lines.firstIndex { line in
          line == .event(screen.event)
        } ?? 0
      // The lines that belong to the event come with it as far as there is room.
      var last = line
      while last + 1 < lines.count, screen.isWheeled || last - line < layout.height - 1 {
        if case .event = lines[last + 1] { break }
        last += 1
      }
      if screen.isWheeled {
        let nearest = min(max(screen.scroll, line - layout.height + 1), last)
        screen.scroll = max(0, min(nearest, lines.count - layout.height))
      } else {
        screen.scroll = RunLayout.scroll(
          screen.scroll,
          showing: line...last,
          of: lines.count,
          in: layout.height
        )
      }
    case .steps:
      let steps = StepLedger.causeFirst(detail?.steps ?? [])
      let index = steps.firstIndex { $0.id == screen.step } ?? 0
      screen.scroll = RunLayout.scroll(
        screen.scroll,
        showing: index...index,
        of: steps.count,
        in: layout.stepRows(steps.count)
      )
    case .task:
      let rows = TaskFormRows(self, screen)?.rows ?? []
      let height = TaskFormRows.height(self, screen)
      let own = rows.indices.filter { rows[$0].field == screen.form?.form.cursor }
      if screen.form?.isFree == false, let first = own.first, let last = own.last {
        screen.scroll = RunLayout.scroll(
          screen.scroll,
          showing: first...max(first, min(last, first + height - 1)),
          of: rows.count,
          in: height
        )
      }
      screen.scroll = max(0, min(screen.scroll, rows.count - height))
    }
    layers[place] = .run(screen)
  }
}

/// Where the parts of the run screen lie.
struct RunLayout: Equatable {
  /// Lines above the tab's content: what is odd about the run stands there.
  let top: Int
  /// Lines of the tab's content.
  let height: Int

  /// The layout of a run screen.
  init(_ model: Model, _ screen: RunScreen) {
    // Below the content: the status line, or what there is to say instead, and the hints.
    let notice = NoticeLine.lines(model).count
    let below = notice > 0 ? notice : TopLine.outageLines(model).count
    top = 2 + model.attentionLines(screen).count
    height = max(0, model.size.rows - 1 - top - max(1, below))
  }

  /// Lines of the list of steps, above what is told of the chosen one.
  func stepRows(_ count: Int) -> Int {
    let wanted = max(1, height - RunLayout.stepDetail)
    return min(count, wanted)
  }

  /// Lines that the chosen step's detail takes, its rule included.
  static let stepDetail = 8

  /// The scroll nearest to the present one that shows these lines.
  static func scroll(
    _ scroll: Int,
    showing span: ClosedRange<Int>,
    of count: Int,
    in height: Int
  ) -> Int {
    var scroll = scroll
    if span.upperBound >= scroll + height { scroll = span.upperBound - height + 1 }
    if span.lowerBound < scroll { scroll = span.lowerBound }
    return max(0, min(scroll, count - height))
  }
}
