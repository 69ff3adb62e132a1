internal import JSON
internal import Runs
internal import Triage

extension Model {
  /// Why a row cannot be done with; nil when it can.
  func obstacle(toHiding row: Row?) -> String? {
    guard let row else { return "nothing is selected" }
    if let departure = row.departure { return "this row is \(departure.words)" }
    return row.section == .failed ? nil : "only failures are done with; this one is under way"
  }

  /// Is done with the failure under the cursor until something new happens to it, or takes that back;
  /// with marks, is done with the failures among them.
  mutating func toggleDone() -> [Effect] {
    guard inbox.marks.isEmpty else { return hide(markedRows) }
    if let row = inbox.selection, row.isHidden {
      let effects = unhide([row.id.run])
      say("not done any more: \(row.title) \(row.id.run.short)", .plain)
      return effects
    }
    return hide(inbox.selection.map { [$0] } ?? [])
  }

  /// Is done with failures: each is hidden until its run changes, or another fails with its cause.
  mutating func hide(_ rows: [Row]) -> [Effect] {
    let failures = rows.filter { obstacle(toHiding: $0) == nil && !$0.isHidden }
    guard let first = failures.first else {
      say(obstacle(toHiding: rows.first) ?? "nothing is selected", .bad)
      return []
    }
    var effects: [Effect] = []
    for row in failures {
      guard let entry = Hidden.entry(of: row, in: inbox.inbox) else { continue }
      inbox.hidden[row.id.run] = entry
      effects += keep(.hidden, row.id.run.text, entry.json)
    }
    inbox.lastHidden = failures.map(\.id.run)
    inbox.lastHiddenAt = now
    inbox.marks.remove(failures.map(\.id))
    showOthers()
    let what =
      failures.count == 1
      ? "\(first.title) \(first.id.run.short)" : "\(failures.count) failures"
    let them = failures.count == 1 ? "it" : "them"
    let keys = [(Command.takeBack, "takes \(them) back"), (.showHidden, "shows \(them)")]
      .compactMap { command, words in key(command, in: .inbox).map { "\($0) \(words)" } }
    let how = keys.isEmpty ? "" : "; \(keys.joined(separator: ", "))"
    say("done until it changes: \(what)\(how)", .plain)
    return effects + watchSelection()
  }

  /// Whether ``undoHide()`` takes anything back.
  package var canUndoHide: Bool { inbox.lastHidden.contains { inbox.hidden.contains($0) } }

  /// Whether hiding is what was done last of all that can be taken back.
  var hidLast: Bool {
    guard canUndoHide, let at = inbox.lastHiddenAt, now < at + Reversal.limit else { return false }
    return reversal.map { $0.at <= at } ?? true
  }

  /// Takes the last hiding back.
  package mutating func undoHide() -> [Effect] {
    let runs = inbox.lastHidden.filter { inbox.hidden.contains($0) }
    inbox.lastHidden = []
    guard !runs.isEmpty else { return [] }
    let effects = unhide(runs)
    say(runs.count == 1 ? "taken back: it is not done" : "taken back: they are not done", .plain)
    return effects
  }

  private mutating func unhide(_ runs: [RunID]) -> [Effect] {
    var effects: [Effect] = []
    for run in runs {
      inbox.hidden[run] = nil
      effects += keep(.hidden, run.text, nil)
    }
    showOthers()
    return effects + watchSelection()
  }

  /// Shows what is hidden among the others, or not.
  mutating func toggleHidden() -> [Effect] {
    inbox.showsHidden.toggle()
    showOthers()
    let count = inbox.inbox.hiddenCount
    if count == 0 {
      say("nothing is hidden", .plain)
    } else {
      say(inbox.showsHidden ? "\(count) hidden, shown dimmed" : "\(count) hidden", .plain)
    }
    return watchSelection()
  }

  /// Lays other rows on the screen, because the operator asked for it.
  private mutating func showOthers() {
    inbox.rearrange()
    inbox.listing.show(inbox.listed())
    showSelection()
  }

  /// Forgets what woke up, or is over, also on the disk.
  mutating func forgetHidden() -> [Effect] {
    let left = inbox.inbox.arrangement.hidden
    let gone = inbox.hidden.entries.keys.filter { !left.contains($0) }
    inbox.hidden = left
    return gone.sorted().flatMap { keep(.hidden, $0.text, nil) }
  }
}

extension Hidden {
  /// What was kept on the disk; an entry that cannot be read hides nothing.
  init(_ kept: JSONObject) {
    var entries: [RunID: Entry] = [:]
    for member in kept.members {
      if let entry = Entry(member.value) { entries[RunID(member.key)] = entry }
    }
    self.init(entries)
  }
}

extension Hidden.Entry {
  /// As it is kept on the disk.
  var json: JSONValue {
    var object: JSONObject = ["state": .string(state), "ended": .int(Int(ended.milliseconds))]
    object["cause"] = cause.map { .string($0) }
    object["newest"] = newest.map { .int(Int($0.milliseconds)) }
    return .object(object)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let state = json["state"]?.string,
      let ended = json["ended"].flatMap(Hidden.Entry.moment)
    else { return nil }
    self.init(
      state: state,
      ended: ended,
      cause: json["cause"]?.string,
      newest: json["newest"].flatMap(Hidden.Entry.moment)
    )
  }

  /// A moment of a year that has four digits: others were not written by us.
  private static func moment(_ value: JSONValue) -> Timestamp? {
    guard let milliseconds = value.int, (0...253_402_300_799_999).contains(milliseconds) else {
      return nil
    }
    return Timestamp(milliseconds: Int64(milliseconds))
  }
}
