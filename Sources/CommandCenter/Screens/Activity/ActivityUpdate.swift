internal import Cells
package import Runs

/// What came of looking at the journals.
package enum ActivityMessage: Sendable, Equatable {
  /// The decisions of all journals, newest last, and what could not be read of them.
  case read([JournalRecord], remarks: [String])
  /// A file was written, or why not, and what could not be read for it.
  case exported(ExportKind, Result<String, Fault>, remarks: [String])
}

/// What can be written to a file.
package enum ExportKind: Sendable, Equatable {
  /// The decisions as JSON lines.
  case activity
  /// What was decided since then, what still waits, what failed, as Markdown.
  case handover(since: Timestamp)

  /// How the file's name begins.
  package var word: String {
    switch self {
    case .activity: "activity"
    case .handover: "handover"
    }
  }
}

extension Model {
  /// Writes decisions or a hand-over to a new file; where it lies is said.
  mutating func export(_ kind: ExportKind) -> [Effect] {
    say("writing the \(kind.word) …", .plain)
    return [.export(kind)]
  }

  /// Opens the list of decisions; it lies on the inbox, which goes on beneath it as it was.
  mutating func openActivity() -> [Effect] {
    tab = .activity
    layers.insert(.activity, at: min(1, layers.count))
    notice = nil
    settleActivity()
    return readActivity()
  }

  /// Whether the list of decisions is open.
  var showsActivity: Bool { layers.contains(.activity) }

  /// Reads the journals again when a decision has come to its end, for whoever looks at the list.
  mutating func rereadActivity(after message: DecisionMessage) -> [Effect] {
    guard showsActivity else { return [] }
    switch message {
    case .outcome, .unfinished, .withdrawn: return readActivity()
    case .stage, .journal, .underWay: return []
    }
  }

  /// Reads the journals; while that is under way, once more after it.
  mutating func readActivity() -> [Effect] {
    if activity.isReading {
      activity.readsAgain = true
      return []
    }
    activity.isReading = true
    return [.readActivity]
  }

  /// What came of looking at the journals.
  mutating func handle(_ message: ActivityMessage) -> [Effect] {
    switch message {
    case .read(let records, let remarks):
      activity.isReading = false
      activity.take(records, remarks, zone, now)
      settleActivity()
      guard activity.readsAgain else { return [] }
      activity.readsAgain = false
      return readActivity()
    case .exported(let kind, .success(let path), let remarks):
      let words = ["\(kind.word) written to \(path)"] + remarks
      say(words.joined(separator: "; "), remarks.isEmpty ? .good : .bad)
    case .exported(let kind, .failure(let fault), _):
      say("\(kind.word) not written: \(fault.sentence)", .bad)
    }
    return []
  }

  /// Whether the run of a decision can be opened here: another server's cannot.
  func canOpen(_ record: JournalRecord) -> Bool { record.place.profile == profile.name }

  /// A key on the list of decisions.
  mutating func activityCommand(_ command: Command) -> [Effect] {
    let page = max(1, ActivityLayout(self).height - 1)
    switch command {
    case .up: activity.move(by: -1)
    case .down: activity.move(by: 1)
    case .pageUp: activity.move(by: -page)
    case .pageDown: activity.move(by: page)
    case .halfUp: activity.move(by: -max(1, page / 2))
    case .halfDown: activity.move(by: max(1, page / 2))
    case .top: activity.select(at: 0)
    case .bottom: activity.select(at: activity.items.count - 1)
    case .open:
      guard case .decision(let record) = activity.selection else { return [] }
      layers.append(.record(RecordScreen(record)))
      notice = nil
      return []
    case .filter:
      activity.line = LineEditor(activity.filterText)
      activity.isTyping = true
    case .close:
      if notice != nil {
        notice = nil
      } else if !activity.filterText.isEmpty {
        activity.filter("", zone, now)
      } else {
        return show(.inbox)
      }
    case .back: return show(.inbox)
    case .nextTab, .showTab: return showTab(by: 1)
    case .previousTab: return showTab(by: -1)
    default: return []
    }
    settleActivity()
    return []
  }

  /// A key while the list is narrowed.
  mutating func activityFilterKey(_ key: Key) -> [Effect] {
    switch config.keymap.command(for: key, in: .filter) {
    case .keep: activity.isTyping = false
    case .close:
      activity.isTyping = false
      activity.filter("", zone, now)
    default:
      guard activity.line.edit(key, config.keymap) else { return [] }
      activity.filter(activity.line.text, zone, now)
    }
    settleActivity()
    return []
  }

  /// Text that is pasted while the list is narrowed.
  mutating func pasteActivityFilter(_ text: String) {
    guard activity.isTyping, activity.line.insert(text) else { return }
    activity.filter(activity.line.text, zone, now)
    settleActivity()
  }

  /// A key on the page about one decision.
  mutating func recordCommand(_ command: Command, _ screen: RecordScreen) -> [Effect] {
    var screen = screen
    let height = RecordView.height(self)
    switch command {
    case .up: screen.scroll -= 1
    case .down: screen.scroll += 1
    case .pageUp, .halfUp: screen.scroll -= max(1, height - 1)
    case .pageDown, .halfDown: screen.scroll += max(1, height - 1)
    case .top: screen.scroll = 0
    case .bottom: screen.scroll = .max / 2
    case .open:
      let run = screen.record.decision.subject.run
      guard canOpen(screen.record) else {
        say("this run belongs to \(screen.record.place.profile): open that profile first", .bad)
        return []
      }
      return openRun(run)
    case .close, .back:
      if command == .close, notice != nil { notice = nil } else { layers.removeLast() }
      return []
    default: return []
    }
    let count = RecordView.lines(screen, self).count
    screen.scroll = max(0, min(screen.scroll, count - height))
    layers[layers.count - 1] = .record(screen)
    return []
  }

  /// Brings cursor, scroll and an open page in line with what is known.
  mutating func settleActivity() {
    activity.show(within: ActivityLayout(self).height)
    for place in layers.indices {
      guard case .record(var screen) = layers[place], let newer = activity.record(screen.record.id)
      else { continue }
      screen.record = newer
      layers[place] = .record(screen)
    }
  }
}
