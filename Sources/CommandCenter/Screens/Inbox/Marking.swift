internal import Runs
internal import Triage

extension Model {
  /// Marks the row under the cursor, or takes its mark away, and goes on to the next.
  mutating func mark() -> [Effect] {
    guard let row = markable() else { return [] }
    inbox.marks.toggle(row.id)
    return move { $0.move(by: 1) }
  }

  /// Marks all rows from the last mark to the cursor; where no mark is shown, all that the filter
  /// leaves.
  mutating func markRange() -> [Effect] {
    let rows = inbox.listing.rows
    let start = inbox.marks.anchor.flatMap { anchor in rows.firstIndex { $0.id == anchor } }
    guard let start else {
      guard !inbox.wholeFilter.isEmpty, !rows.isEmpty else {
        let key = config.keymap.label(of: .mark, in: .inbox) ?? ""
        say("mark a row with \(key) first: a range goes from there to the cursor", .plain)
        return []
      }
      return mark(rows, words: "that the filter shows")
    }
    guard let end = inbox.listing.index else { return [] }
    let range = min(start, end)...max(start, end)
    let present = rows[range].filter { $0.departure == nil }.map(\.id)
    inbox.marks.add(present, anchor: rows[end].departure == nil ? rows[end].id : nil)
    inbox.lastMove = now
    return []
  }

  /// Marks all rows that share their cause with the one under the cursor; all marked already, it takes
  /// their marks away.
  mutating func markAlike() -> [Effect] {
    guard let row = markable() else { return [] }
    guard let likeness = Likeness(row) else {
      say("only failures share a cause, and approvals the step that asks", .plain)
      return []
    }
    let alike = inbox.listing.rows.filter { Likeness($0) == likeness }
    if alike.allSatisfy({ $0.departure != nil || inbox.marks.contains($0.id) }) {
      inbox.marks.remove(alike.map(\.id))
      return []
    }
    let words = row.task == nil ? "with this cause" : "that this step asks"
    return mark(alike, words: words)
  }

  private mutating func mark(_ rows: [Row], words: String) -> [Effect] {
    let present = rows.filter { $0.departure == nil }.map(\.id)
    inbox.marks.add(present, anchor: nil)
    inbox.lastMove = now
    say("marked the \(present.count) \(words)", .plain)
    return []
  }

  /// The row under the cursor, where it is more than a ghost.
  private mutating func markable() -> Row? {
    guard let row = inbox.selection else {
      say("nothing is selected", .bad)
      return nil
    }
    if let departure = row.departure {
      say("this row is \(departure.words): there is nothing to mark", .bad)
      return nil
    }
    return row
  }

  /// Takes the marks of rows away that have left the inbox, and says so.
  mutating func dropMarks() {
    guard !inbox.marks.isEmpty, let reading = inbox.reading else { return }
    let gone = inbox.marks.drop(missingFrom: inbox.inbox, tasksAreKnown: reading.tasks != nil)
    guard !gone.isEmpty, !layers.contains(where: \.isBulk) else { return }
    let left = inbox.marks.isEmpty ? "" : "; \(inbox.marks.count) still marked"
    guard gone.count == 1, let one = gone.first else {
      say("\(gone.count) marked rows left the inbox\(left)", .bad)
      return
    }
    let row = inbox.listing.rows.first { $0.id == one }
    let name = row.map { "\($0.title) " } ?? ""
    let place = row.map { inbox.inbox.departure(of: $0).words } ?? "no longer in its section"
    say("\(name)\(one.run.short) is \(place): its mark is gone\(left)", .bad)
  }

  /// The rows that are marked, in the order of the inbox, whatever the filter shows.
  var markedRows: [Row] {
    Section.allCases.flatMap { section in
      (inbox.inbox.rows[section] ?? []).filter { inbox.marks.contains($0.id) }
    }
  }

  /// How many of the marked rows the list does not show.
  var hiddenMarks: Int {
    guard !inbox.marks.isEmpty, !inbox.wholeFilter.isEmpty else { return 0 }
    return inbox.marks.count - inbox.listing.rows.count { inbox.marks.contains($0.id) }
  }
}
