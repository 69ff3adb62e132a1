internal import Cells
internal import Runs
internal import Triage

/// The verbs of the line that only show something.
extension Model {
  /// - Throws: ``LineMistake`` for words that are no filter.
  func check(_ text: String, offset: Int) throws(LineMistake) {
    do throws(Filter.Mistake) {
      _ = try Filter(text)
    } catch {
      let range = error.range.lowerBound + offset..<error.range.upperBound + offset
      throw LineMistake(range: range, error.words)
    }
  }

  /// Shows what of the inbox a verb lists, narrowed by the words behind it; what ended well is not in
  /// the inbox, and where that may be meant, it is said where it is found.
  mutating func list(_ verb: LineVerb, _ text: String, _ line: CommandLine) -> [Effect] {
    let effects = remember(line) + closeLine(line) + goToInbox() + show(MainTab.inbox)
    let section = verb == .tasks ? "section:\(Section.awaiting.word)" : ""
    setFilter([section, text].filter { !$0.isEmpty }.joined(separator: " "))
    if verb == .runs, !text.isEmpty, inbox.listing.rows.isEmpty {
      say(
        "no run of the inbox passes; the whole feed: "
          + "\(StartLine.text(["command-center", "runs", "--filter", text])) in a shell",
        .plain
      )
    }
    return effects + watchSelection()
  }

  /// Lists the workflows whose names have these words.
  mutating func openWorkflows(_ words: String) -> [Effect] {
    var choice = WorkflowChoice(selected: inbox.selection?.reference?.workflow)
    choice.line = LineEditor(words)
    choice.isList = true
    layers.append(.choice(choice))
    notice = nil
    return [.dropInput] + readWorkflows()
  }
}

extension LineVerb {
  /// The verb that takes one of what this one lists.
  var single: LineVerb {
    switch self {
    case .profiles: .profile
    case .themes: .theme
    default: self
    }
  }
}
