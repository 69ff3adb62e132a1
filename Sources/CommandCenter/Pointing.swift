package import Cells
package import Runs
internal import Triage

/// What lies under the pointer, of the things that a click selects.
package enum Spot: Sendable, Equatable {
  /// The row of the inbox at a place of the listing.
  case row(Int)
  /// The event of an index; what is unfolded beneath it belongs to it.
  case event(Int)
  case step(StepID)
  /// The item of the list of decisions at a place.
  case decision(Int)
  /// The item of a place on the review page, or on the one that shows it being sent.
  case item(Int)
  /// A line of help, counted among those that do something.
  case help(Int)
}

extension Model {
  /// How many lines one step of the wheel scrolls.
  static let wheelLines = 3

  /// What lies at a place of the screen; nil where a click selects nothing.
  package func spot(at position: Position) -> Spot? {
    guard size.columns >= 40, size.rows >= 8, Rect(size).contains(position) else { return nil }
    switch top {
    case .inbox, .filter:
      let layout = InboxLayout(self)
      let area = Rect(column: 0, row: layout.top, columns: layout.width, rows: layout.height)
      guard area.contains(position) else { return nil }
      let line = inboxLines[inbox.scroll + position.row - layout.top]
      return if case .row(let place) = line { .row(place) } else { nil }
    case .run(let screen): return runSpot(at: position.row, screen)
    case .activity: return activitySpot(at: position.row)
    case .review(let page):
      let layout = ReviewLayout(self)
      guard
        case .item(let place) = ReviewLines(page, self)[page.scroll + position.row - layout.top],
        (layout.top..<layout.top + layout.height).contains(position.row)
      else { return nil }
      return .item(place)
    case .sending(let page):
      let layout = SendingLayout(self)
      let place = page.scroll + position.row - layout.top
      guard (layout.top..<layout.top + layout.height).contains(position.row),
        bulk?.items.indices.contains(place) == true
      else { return nil }
      return .item(place)
    case .help(let screen): return helpSpot(at: position, screen)
    case .decision, .stopping, .command, .token, .firstStart, .choice, .start, .naming,
      .record, .report:
      return nil
    case .confirmName, .commenting, .leaving: return nil
    }
  }

  private func activitySpot(at row: Int) -> Spot? {
    let layout = ActivityLayout(self)
    let line = activity.scroll + row - layout.top
    guard row >= layout.top, row < layout.top + layout.height,
      activity.lines.indices.contains(line),
      case .item(let place) = activity.lines[line]
    else { return nil }
    return .decision(place)
  }

  private func helpSpot(at position: Position, _ screen: HelpScreen) -> Spot? {
    let columns = HelpView.columns(screen.groups(config.keymap), size)
    guard let column = columns.first(where: { $0.area.contains(position) }) else { return nil }
    let line = position.row - column.area.row + column.scroll(screen)
    guard column.lines.indices.contains(line) else { return nil }
    return column.lines[line].index.map(Spot.help)
  }

  /// The mouse did something: a press selects what is under it, the wheel scrolls.
  ///
  /// It never decides and never opens anything, and a question is deaf to it: what a click does must
  /// not depend on whether something was painted a moment ago.
  mutating func point(_ pointer: Pointer) -> [Effect] {
    switch pointer.action {
    case .press: return spot(at: pointer.position).map { select($0) } ?? []
    case .wheelUp: return scroll(by: -Model.wheelLines)
    case .wheelDown: return scroll(by: Model.wheelLines)
    case .release: return []
    }
  }

  private mutating func select(_ spot: Spot) -> [Effect] {
    switch (spot, top) {
    case (.row(let place), _):
      let id = inbox.listing.rows[place].id
      return move { $0.select(id) }
    case (.help(let index), .help(var screen)):
      screen.selected = index
      layers[layers.count - 1] = .help(screen)
    case (.decision(let place), _):
      activity.select(at: place)
      settleActivity()
    case (.item(let place), .review(var page)):
      page.cursor = place
      layers[layers.count - 1] = .review(page)
      settleReview()
    case (.item(let place), .sending(var page)):
      page.cursor = place
      layers[layers.count - 1] = .sending(page)
    case (_, .run(var screen)):
      screen.choose(spot, in: details[screen.reference])
      layers[layers.count - 1] = .run(screen)
      settleRunScreen()
    default: break
    }
    return []
  }

  private mutating func scroll(by lines: Int) -> [Effect] {
    switch top {
    case .inbox, .filter: return scrollInbox(by: lines)
    case .run(let screen): scrollRun(screen, by: lines)
    case .activity:
      activity.move(by: lines)
      settleActivity()
    case .record(let screen):
      return recordCommand(lines < 0 ? .up : .down, screen)
    case .report(var screen):
      screen.scroll += lines
      layers[layers.count - 1] = .report(screen)
      settleReport()
    case .review(var page):
      page.cursor = max(0, min(page.cursor + lines, page.items.count - 1))
      layers[layers.count - 1] = .review(page)
      settleReview()
    case .sending(var page):
      page.cursor += lines
      layers[layers.count - 1] = .sending(page)
      settleSending()
    case .help(var screen):
      // The lines of help stand where the chosen one puts them.
      let count = screen.groups(config.keymap).flatMap(\.entries).count
      screen.selected = max(0, min(screen.selected + lines, count - 1))
      layers[layers.count - 1] = .help(screen)
    case .decision, .stopping, .command, .token, .firstStart, .choice, .start, .naming: break
    case .confirmName, .commenting, .leaving: break
    }
    return []
  }

  /// Scrolls the list; the cursor keeps its row until that would leave the screen.
  private mutating func scrollInbox(by step: Int) -> [Effect] {
    let before = inbox.scroll
    inbox.scroll += step
    clampScroll()
    guard inbox.scroll != before else { return [] }
    inbox.lastMove = now
    let lines = inboxLines
    let visible = inbox.scroll..<inbox.scroll + InboxLayout(self).height
    guard let span = lines.selectedLines,
      !visible.contains(span.lowerBound) || !visible.contains(span.upperBound)
    else { return [] }
    let order = step > 0 ? Array(visible) : visible.reversed()
    for line in order {
      guard case .row(let place) = lines[line] else { continue }
      let id = inbox.listing.rows[place].id
      return move { $0.select(id) }
    }
    return []
  }
}
