/// The rows as they stand on the screen, and the cursor among them.
///
/// The cursor is an identity, never a number. A refresh never moves it: a selected row that leaves
/// stays as a ghost until the cursor leaves it, and while the order is held nothing changes place.
package struct Listing: Sendable, Equatable {
  /// What is shown, in order.
  package private(set) var rows: [Row] {
    didSet { parts = Listing.parts(of: rows) }
  }
  /// The sections that have rows, and where their rows stand.
  package private(set) var parts: [Part] = []
  /// The place of the row under the cursor; nil only when there are no rows.
  ///
  /// It follows the row's identity through every refresh.
  package private(set) var index: Int?
  /// Rows that came while the order was held, and are not shown yet.
  package private(set) var held: Int

  /// The rows of one section.
  package struct Part: Sendable, Equatable {
    package var section: Section
    package var places: Range<Int>
    /// How many of them are more than ghosts.
    package var present: Int
  }

  private static func parts(of rows: [Row]) -> [Part] {
    var parts: [Part] = []
    // By index: a copy of each row would be felt.
    for place in rows.indices {
      let section = rows[place].section
      if parts.last?.section != section {
        parts.append(Part(section: section, places: place..<place, present: 0))
      }
      parts[parts.count - 1].places = parts[parts.count - 1].places.lowerBound..<place + 1
      if rows[place].departure == nil { parts[parts.count - 1].present += 1 }
    }
    return parts
  }

  /// Nothing yet.
  package init() {
    rows = []
    held = 0
  }

  /// The row under the cursor.
  package var selection: Row? { index.map { rows[$0] } }

  /// The identity under the cursor.
  package var selected: RowID? { selection?.id }

  /// Lays newer rows on the screen.
  /// - Parameters:
  ///   - inbox: The newer reading; tells where rows went that are missing from `shown`.
  ///   - shown: Its rows that pass the filter, in order.
  ///   - hold: Whether everything keeps its place for now.
  package mutating func refresh(from inbox: Inbox, shown: [Row], hold: Bool) {
    if hold {
      keepPlaces(inbox, shown)
      return
    }
    held = 0
    let before = rows
    rows = shown
    guard let old = index else {
      index = rows.isEmpty ? nil : 0
      return
    }
    let selected = before[old].id
    index = rows.firstIndex { $0.id == selected }
    if index != nil { return }
    var ghost = before[old]
    ghost.departure = inbox.departure(of: ghost)
    let place = place(of: ghost, among: before, at: old)
    rows.insert(ghost, at: place)
    index = place
  }

  /// Where a ghost stands: behind the nearest row above it in its section that is still there, else
  /// at the top of its section.
  private func place(of ghost: Row, among before: [Row], at old: Int) -> Int {
    for row in before[..<old].reversed() {
      guard row.section == ghost.section else { break }
      if let index = rows.firstIndex(where: { $0.id == row.id }) { return index + 1 }
    }
    return rows.firstIndex { $0.section >= ghost.section } ?? rows.count
  }

  /// Newer values in the old places: what left is marked, what came is counted.
  private mutating func keepPlaces(_ inbox: Inbox, _ shown: [Row]) {
    // Where each row is now; asked only for rows that do not follow the one before, as nearly all do.
    var places: [RowID: Int]?
    var next = 0
    var found = 0
    rows = rows.map { row in
      if next >= shown.count || shown[next].id != row.id {
        let known =
          places ?? Dictionary(zip(shown.map(\.id), 0...), uniquingKeysWith: { first, _ in first })
        places = known
        guard let place = known[row.id] else {
          var ghost = row
          ghost.departure = inbox.departure(of: row)
          return ghost
        }
        next = place
      }
      defer { next += 1 }
      found += 1
      return shown[next]
    }
    held = shown.count - found
    if rows.isEmpty {
      // Nothing has a place to keep: there is no order to hold.
      rows = shown
      held = 0
    }
    index = index ?? (rows.isEmpty ? nil : 0)
  }

  /// Shows other rows at once, because the operator asked for it: another filter, another order.
  ///
  /// The cursor stays on its row while that is shown, else goes to the nearest neighbour.
  package mutating func show(_ shown: [Row]) {
    let neighbours = index.map { rows[$0...].map(\.id) + rows[..<$0].reversed().map(\.id) } ?? []
    rows = shown
    held = 0
    let places = Dictionary(
      shown.enumerated().map { ($1.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    index = neighbours.lazy.compactMap { places[$0] }.first ?? (rows.isEmpty ? nil : 0)
  }

  /// Moves the cursor by rows, stopping at the ends.
  ///
  /// A ghost is gone once the cursor has left it.
  package mutating func move(by step: Int) {
    guard let index else { return }
    select(at: min(max(index + step, 0), rows.count - 1))
  }

  /// Moves the cursor to the first row, or the last.
  package mutating func moveToEnd(_ last: Bool) {
    guard !rows.isEmpty else { return }
    select(at: last ? rows.count - 1 : 0)
  }

  /// Moves the cursor to the first row of the next or the previous section that has rows.
  package mutating func moveToSection(forward: Bool) {
    guard let selection else { return }
    let target =
      forward
      ? rows.firstIndex { $0.section > selection.section } : previousSection(before: selection)
    if let target { select(at: target) }
  }

  /// The top of this section when the cursor is below it, else the top of the one above.
  private func previousSection(before selection: Row) -> Int? {
    let top = rows.firstIndex { $0.section == selection.section }
    if let top, top != index { return top }
    guard let above = rows.last(where: { $0.section < selection.section })?.section else {
      return nil
    }
    return rows.firstIndex { $0.section == above }
  }

  /// Puts the cursor on a row that is shown.
  package mutating func select(_ id: RowID) {
    if let index = rows.firstIndex(where: { $0.id == id }) { select(at: index) }
  }

  private mutating func select(at target: Int) {
    guard let left = index, target != left else { return }
    index = target
    // Held rows keep their places, ghosts among them.
    guard rows[left].departure != nil, held == 0 else { return }
    rows.remove(at: left)
    index = target > left ? target - 1 : target
  }
}
