internal import Cells
internal import Runs

/// What was decided on this machine, as the journals of all programs have it, and what this program
/// said of itself.
package struct ActivityModel: Sendable, Equatable {
  /// A line of the list that can be chosen.
  enum Item: Sendable, Equatable {
    case decision(JournalRecord)
    /// A bad notice of this session: it vanishes from its line after a while.
    case said(Said)

    var at: Timestamp {
      switch self {
      case .decision(let record): record.at
      case .said(let said): said.at
      }
    }
  }

  /// A bad notice.
  struct Said: Sendable, Equatable {
    var text: String
    var at: Timestamp
  }

  /// What stands on a line of the list.
  enum Line: Sendable, Equatable {
    /// The day of what is below, where it is not today.
    case day(String)
    /// The item at a place.
    case item(Int)
  }

  /// How many decisions are listed; the export has all of them.
  package static let limit = 5_000
  /// How many notices are kept.
  static let saidLimit = 200

  /// The decisions, newest first; empty before the journals were read.
  private var records: [JournalRecord] = []
  private var said: [Said] = []
  /// What could not be read of the journals.
  private(set) var remarks: [String] = []
  /// Whether the journals were read once.
  private(set) var isRead = false
  /// Whether they are being read, and whether they must be read again after it.
  var isReading = false
  var readsAgain = false

  /// What narrows the list, in lower case; every word must occur.
  private(set) var filterText = ""
  /// The same while it is typed.
  var line = LineEditor()
  /// Whether the filter has the keyboard.
  var isTyping = false

  /// What passes the filter, newest first.
  private(set) var items: [Item] = []
  private(set) var lines: [Line] = []
  /// The line of each item.
  private var lineOf: [Int] = []
  /// The item under the cursor.
  private(set) var index = 0
  /// The first line that is on the screen.
  var scroll = 0

  /// Nothing yet.
  init() {}

  /// How many decisions and notices there are in all.
  var total: Int { records.count + said.count }

  /// The item under the cursor.
  var selection: Item? { items.indices.contains(index) ? items[index] : nil }

  /// The line of the item under the cursor.
  var selectedLine: Int? { lineOf.indices.contains(index) ? lineOf[index] : nil }

  /// The decision of a name.
  func record(_ id: DecisionID) -> JournalRecord? { records.first { $0.id == id } }

  // MARK: What comes in

  /// Takes over what was read of the journals.
  mutating func take(_ read: [JournalRecord], _ remarks: [String], _ zone: Zone, _ now: Timestamp) {
    records = read.reversed()
    self.remarks = remarks
    isRead = true
    arrange(zone, now)
  }

  /// Keeps a bad notice.
  mutating func keep(_ text: String, _ zone: Zone, at now: Timestamp) {
    // One that is said again and again is kept once, when it was said last.
    if said.last?.text == text { said.removeLast() }
    said.append(Said(text: text, at: now))
    if said.count > ActivityModel.saidLimit { said.removeFirst() }
    arrange(zone, now)
  }

  /// Narrows the list.
  mutating func filter(_ text: String, _ zone: Zone, _ now: Timestamp) {
    filterText = text
    arrange(zone, now)
  }

  /// Puts together what is shown; the cursor stays on its item, or on the newest when it was there.
  private mutating func arrange(_ zone: Zone, _ now: Timestamp) {
    let chosen = selection
    let wasFirst = index == 0
    let words = filterText.lowercased().split(separator: " ").map(String.init)
    items = merged.filter { item in words.allSatisfy { ActivityWords.mentions($0, item) } }
    lines = []
    lineOf = []
    var day = zone.day(now)
    for (place, item) in items.enumerated() {
      let own = zone.day(item.at)
      if own != day { lines.append(.day(own)) }
      day = own
      lineOf.append(lines.count)
      lines.append(.item(place))
    }
    let place = wasFirst ? nil : chosen.flatMap { chosen in items.firstIndex { $0.isSame(chosen) } }
    index = place ?? max(0, min(wasFirst ? 0 : index, items.count - 1))
  }

  /// Decisions and notices, newest first.
  private var merged: [Item] {
    var merged: [Item] = []
    merged.reserveCapacity(total)
    var notices = said[...]
    for record in records {
      while let last = notices.last, last.at >= record.at {
        merged.append(.said(last))
        notices.removeLast()
      }
      merged.append(.decision(record))
    }
    return merged + notices.reversed().map(Item.said)
  }

  // MARK: The cursor

  /// Moves the cursor by items, stopping at the ends.
  mutating func move(by step: Int) { index = max(0, min(index + step, items.count - 1)) }

  /// Puts the cursor on the item at a place.
  mutating func select(at place: Int) { index = max(0, min(place, items.count - 1)) }

  /// Keeps the cursor's line, and the day above it, within so many lines of the screen.
  mutating func show(within height: Int) {
    guard let line = selectedLine, height > 0 else {
      scroll = 0
      return
    }
    var first = line
    if first > 0, case .day = lines[first - 1] { first -= 1 }
    if line >= scroll + height { scroll = line - height + 1 }
    if first < scroll { scroll = first }
    scroll = max(0, min(scroll, lines.count - height))
  }
}

extension ActivityModel.Item {
  /// What is copied of it: the run's id, or the sentence.
  var copied: String {
    switch self {
    case .decision(let record): record.decision.subject.run.run.text
    case .said(let said): said.text
    }
  }

  /// Whether both are about the same.
  func isSame(_ other: ActivityModel.Item) -> Bool {
    switch (self, other) {
    case (.decision(let one), .decision(let two)): one.id == two.id
    case (.said(let one), .said(let two)): one == two
    default: false
    }
  }
}

extension Zone {
  /// A moment's day: `2026-11-23`.
  func day(_ moment: Timestamp) -> String { CalendarTime(moment, offset: offset).date }
}
