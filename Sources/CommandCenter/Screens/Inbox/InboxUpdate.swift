internal import Cells
internal import Runs
internal import Triage

extension Model {
  /// What the poller says.
  mutating func handle(_ message: InboxMessage) -> [Effect] {
    switch message {
    case .snapshot(let reading):
      show(snapshot: reading)
      return []
    case .reading(let reading, let changed, let folded):
      takeOverFromDisk()
      access.isSpent = false
      link.succeeded(at: reading.at)
      inbox.reading = reading
      // Without news only time has passed; nothing needs to be folded or laid out again.
      let isAlike = !changed && inbox.inbox.age(to: reading.serverTime)
      var effects: [Effect] = []
      if !isAlike {
        effects += fold(reading, folded)
        dropMarks()
        compareReview(with: reading)
      }
      if !isAlike || inbox.listing.held > 0 || inbox.wholeFilter.dependsOnTime {
        refreshListing()
      }
      effects += setPace()
      effects += watchSelection(again: changed)
      effects += wantHistory()
      effects += dropOldDrafts(reading)
      if case .run(let screen) = screenLayer, !screen.isSettled(in: self) {
        effects += load(screen.reference)
      }
      return effects
    case .silent(let since):
      link.silentSince = since
      return []
    case .failed(let fault, let nextTry, let missed):
      link.failed(fault, missed: missed, nextTry: nextTry, at: now)
      return fault.kind == .unauthenticated ? renewRefused() : []
    }
  }

  /// Takes a reading as it was `folded`, unless another order was chosen since.
  private mutating func fold(_ reading: Reading, _ folded: Inbox?) -> [Effect] {
    let wanted = inbox.arrangement
    if var folded, folded.arrangement.order == wanted.order {
      if folded.arrangement != wanted { folded.arrange(wanted) }
      inbox.inbox = folded
      // What was learnt while it was folded is not in it.
      if !folded.isAbreast(of: lookout) { inbox.inbox.learn(lookout) }
    } else {
      inbox.inbox = Inbox(reading, wanted, lookout: lookout, after: inbox.inbox)
    }
    return forgetHidden()
  }

  /// Shows what an earlier session read last, as what it is: old.
  ///
  /// Ages count to now, and the day of failures ends now: what waited then has waited since.
  mutating func show(snapshot reading: Reading) {
    link.lastGood = reading.at
    link.isFromDisk = true
    var today = reading
    today.at = max(now, reading.at)
    inbox.reading = today
    // What is hidden is not forgotten by what was seen earlier.
    inbox.inbox = Inbox(today, inbox.arrangement)
    refreshListing()
  }

  /// The first reading of this session: a cursor that nobody has moved stands on the first row of
  /// it, not on the one that was first in an earlier session.
  private mutating func takeOverFromDisk() {
    guard link.isFromDisk else { return }
    link.isFromDisk = false
    guard inbox.lastMove == nil, layers == [.inbox] else { return }
    inbox.listing = Listing()
    inbox.scroll = 0
  }

  /// The screen beneath prompts and dialogs.
  var screenLayer: Layer {
    layers.last { layer in
      switch layer {
      case .inbox, .run, .review, .sending, .activity, .record, .report: true
      case .firstStart, .choice, .start: true
      case .filter, .help, .decision, .stopping, .command, .token, .naming: false
      case .confirmName, .commenting, .leaving: false
      }
    } ?? .inbox
  }

  private mutating func setPace() -> [Effect] {
    let pace: Pace = inbox.inbox.isLively || !flights.isEmpty ? .lively : .calm
    guard pace != link.pace else { return [] }
    link.pace = pace
    return [.pace(pace)]
  }

  /// Lays the newest reading on the screen; the selected row keeps its line.
  mutating func refreshListing() {
    let line = selectionLine
    let isMoving = inbox.holdsUntil.map { now < $0 } ?? false
    let isDeciding = layers.contains(where: \.isDialog)
    inbox.listing.refresh(
      from: inbox.inbox,
      shown: inbox.listed(),
      hold: isMoving || isDeciding
    )
    if let line, let newer = selectionLine { inbox.scroll += newer - line }
    if findWanted() { showSelection() }
    clampScroll()
  }

  /// Puts the cursor where it was left, once that row is there; the run counts when its row is gone.
  private mutating func findWanted() -> Bool {
    guard let wanted = inbox.wanted, inbox.lastMove == nil else { return false }
    let rows = inbox.listing.rows
    guard
      let found = rows.first(where: { $0.id == wanted })
        ?? rows.first(where: { $0.id.run == wanted.run })
    else { return false }
    inbox.listing.select(found.id)
    if !link.isFromDisk { inbox.wanted = nil }
    return true
  }

  /// The selected row's line among all lines of the list.
  private var selectionLine: Int? { inboxLines.selectedLines?.lowerBound }

  /// The lines of the list.
  var inboxLines: InboxLines {
    InboxLines(inbox.listing, unfolds: InboxLayout(self).isNarrow)
  }

  /// How many rows of a section there are, or pass the filter when there is one.
  func shownCount(_ section: Section) -> Int {
    guard !inbox.wholeFilter.isEmpty else { return inbox.inbox.count(section) }
    let present = inbox.listing.parts.first { $0.section == section }?.present ?? 0
    return present - (section == .failed ? shownHidden : 0)
  }

  /// How many of the rows that are listed are hidden ones, shown all the same.
  var shownHidden: Int {
    inbox.showsHidden ? inbox.listing.rows.count { $0.isHidden && $0.departure == nil } : 0
  }

  /// Scrolls no further than needed to have the selected row on the screen, with its heading when it
  /// is the first of its section.
  mutating func showSelection() {
    let lines = inboxLines
    guard let span = lines.selectedLines else {
      inbox.scroll = 0
      return
    }
    let height = max(1, InboxLayout(self).height)
    var first = span.lowerBound
    if first > 0, case .heading = lines[first - 1] { first -= 1 }
    if span.upperBound >= inbox.scroll + height { inbox.scroll = span.upperBound - height + 1 }
    if first < inbox.scroll { inbox.scroll = first }
    clampScroll()
  }

  /// Keeps the list from being scrolled past its ends.
  mutating func clampScroll() {
    let height = InboxLayout(self).height
    inbox.scroll = max(0, min(inbox.scroll, inboxLines.count - height))
  }

  /// A key on the inbox.
  mutating func inboxCommand(_ command: Command) -> [Effect] {
    switch command {
    case .up: return move { $0.move(by: -1) }
    case .down: return move { $0.move(by: 1) }
    case .pageUp, .pageDown, .halfUp, .halfDown:
      let page = max(1, InboxLayout(self).height - 2)
      let step = command == .pageUp || command == .pageDown ? page : max(1, page / 2)
      return move { $0.move(by: command == .pageDown || command == .halfDown ? step : -step) }
    case .top: return move { $0.moveToEnd(false) }
    case .bottom: return move { $0.moveToEnd(true) }
    case .nextSection: return move { $0.moveToSection(forward: true) }
    case .previousSection: return move { $0.moveToSection(forward: false) }
    case .open:
      guard let reference = inbox.selection?.reference else {
        if let row = inbox.selection {
          say("the server did not say which workflow \(row.id.run) belongs to", .bad)
        }
        return []
      }
      return openRun(reference, task: inbox.selection?.task?.id)
    case .approve, .reject, .pause, .stop:
      if !inbox.marks.isEmpty { return reviewMarked(command) }
      return decide(command, target: inbox.selection.map(Target.init))
    case .edit: return editFirst()
    case .start: return chooseWorkflow()
    case .filter: return openFilter()
    case .saveTab: return askFilterName()
    case .done: return toggleDone()
    case .showHidden: return toggleHidden()
    case .nextTab, .showTab: return showTab(by: 1)
    case .previousTab: return showTab(by: -1)
    case .mark: return mark()
    case .markRange: return markRange()
    case .markAlike: return markAlike()
    case .sort:
      setOrder(inbox.order.next)
      return []
    case .close:
      if notice != nil {
        notice = nil
      } else if !inbox.filterText.isEmpty {
        setFilter("")
      } else {
        if inbox.marks.isEmpty { return show(.inbox) }
        inbox.marks = Marks()
      }
      return []
    case .back: return leave()
    default: return []
    }
  }

  /// Orders the rows of each section anew.
  mutating func setOrder(_ order: Order) {
    inbox.order = order
    inbox.rearrange()
    inbox.listing.show(inbox.listed())
    showSelection()
    say("sorted: \(inbox.order.words)", .plain)
  }

  /// Moves the cursor.
  mutating func move(_ change: (inout Listing) -> Void) -> [Effect] {
    let before = inbox.listing.selected
    change(&inbox.listing)
    inbox.lastMove = now
    inbox.wanted = nil
    guard inbox.listing.selected != before else { return [] }
    showSelection()
    guard InboxLayout(self).preview != nil else { return [] }
    inbox.restsAt = now + (config.lowBandwidth ? InboxModel.longRest : InboxModel.rest)
    if config.lowBandwidth { inbox.previewed = inbox.previewed ?? before }
    return []
  }

  /// Reads what the preview needs once the cursor has rested.
  mutating func watchRestingCursor() -> [Effect] {
    guard let rests = inbox.restsAt, now >= rests else { return [] }
    inbox.restsAt = nil
    inbox.previewed = nil
    if case .review = top { return watchReview() }
    return watchSelection()
  }

  /// Reads what the preview needs of the selected run, once.
  ///
  /// What could not be read is not asked for `again` at every poll that brings no news.
  mutating func watchSelection(again: Bool = true) -> [Effect] {
    guard InboxLayout(self).preview != nil, let reference = inbox.selection?.reference,
      case .inbox = screenLayer
    else { return [] }
    guard let known = details[reference] else {
      return again || details.faults[reference] == nil ? load(reference) : []
    }
    // A run that the feed does not hold says nothing newer.
    let isCurrent = inbox.selection?.run.map { $0.status == known.run.status } ?? true
    return isCurrent ? [] : load(reference)
  }
}
