internal import Cells
internal import Runs

extension RunScreen {
  /// Puts the cursor on what was clicked.
  mutating func choose(_ spot: Spot, in detail: RunDetail?) {
    switch spot {
    case .event(let index):
      event = index
      // As with keys: whoever goes back to read ends following.
      follows = index == (detail?.events.count ?? 0) - 1
      isWheeled = true
    case .step(let id): step = id
    case .row, .item, .help, .decision: break
    }
  }
}

extension Model {
  /// What lies on a row of the run screen.
  func runSpot(at row: Int, _ screen: RunScreen) -> Spot? {
    let layout = RunLayout(self, screen)
    let line = row - layout.top
    guard let detail = details[screen.reference], line >= 0, line < layout.height else {
      return nil
    }
    switch screen.tab {
    case .events:
      let lines = eventLines(screen, detail)
      guard lines.indices.contains(screen.scroll + line) else { return nil }
      return RunScreen.owner(of: screen.scroll + line, in: lines).map(Spot.event)
    case .steps:
      let steps = StepLedger.causeFirst(detail.steps)
      let index = screen.scroll + line
      guard line < layout.stepRows(steps.count), steps.indices.contains(index) else { return nil }
      return .step(steps[index].id)
    case .task: return nil
    }
  }

  /// Scrolls what the run screen shows; the cursor keeps its line until that would leave the screen.
  mutating func scrollRun(_ screen: RunScreen, by step: Int) {
    var screen = screen
    let layout = RunLayout(self, screen)
    guard let detail = details[screen.reference], layout.height > 0 else { return }
    switch screen.tab {
    case .events: scrollEvents(&screen, detail, layout, by: step)
    case .steps:
      let steps = StepLedger.causeFirst(detail.steps)
      let rows = layout.stepRows(steps.count)
      let first = max(0, min(screen.scroll + step, steps.count - rows))
      guard first != screen.scroll, rows > 0 else { return }
      screen.scroll = first
      let index = steps.firstIndex { $0.id == screen.step } ?? 0
      screen.step = steps[min(max(index, first), first + rows - 1)].id
    case .task:
      screen.scroll = max(0, screen.scroll + step)
      screen.form?.isFree = true
    }
    layers[layers.count - 1] = .run(screen)
    settleRunScreen()
  }

  private func scrollEvents(
    _ screen: inout RunScreen,
    _ detail: RunDetail,
    _ layout: RunLayout,
    by step: Int
  ) {
    let lines = eventLines(screen, detail)
    let end = max(0, lines.count - layout.height)
    let first = max(0, min(screen.scroll + step, end))
    guard first != screen.scroll else { return }
    screen.scroll = first
    // The end begins following anew, as it does with keys.
    screen.follows = step > 0 && first == end
    screen.isWheeled = !screen.follows
    let visible = first..<min(lines.count, first + layout.height)
    let seen = visible.compactMap { RunScreen.owner(of: $0, in: lines) }
    guard !seen.contains(screen.event) else { return }
    let whole = visible.compactMap { if case .event(let index) = lines[$0] { index } else { nil } }
    let nearest = step > 0 ? whole.first ?? seen.first : whole.last ?? seen.last
    if let nearest { screen.event = nearest }
  }

  private func eventLines(_ screen: RunScreen, _ detail: RunDetail) -> [EventLine] {
    EventLine.lines(detail, unfolded: screen.unfolded, columns: size.columns)
  }
}

extension RunScreen {
  /// The event that a line belongs to.
  fileprivate static func owner(of line: Int, in lines: [EventLine]) -> Int? {
    for line in lines[...line].reversed() {
      if case .event(let index) = line { return index }
    }
    return nil
  }
}
