internal import Cells
internal import Runs
internal import Triage

extension DialogView {
  static func draw(_ prompt: NamePrompt, _ model: Model, into frame: inout Frame) {
    let columns = contentWidth(model)
    var lines: [[Segment]] = []
    switch prompt.confirmed {
    case .stop(let dialog): lines.append(head("Stop now", dialog.target, "", columns))
    case .bulk: lines.append([Segment("Send all of the review", Look(.title, bold: true))])
    }
    let (field, cursor) = field(prompt.line, columns)
    let sentence = "The profile \(model.profile.name) is protected. Type its name:"
    lines += [[]]
    lines += Text.wrapped(Text.sanitised(sentence), to: columns, maximumLines: 4)
      .map { [Segment($0)] }
    lines += [[], [field], []]
    if let mistake = prompt.mistake {
      lines +=
        Text.wrapped(Text.sanitised(mistake), to: columns, maximumLines: 2)
        .map { [Segment($0, .failure)] } + [[]]
    }
    lines.append(keys([(.confirm, "go on"), (.close, "back to the question")], .prompt, model))
    box(lines, model, columns, into: &frame, cursor: (field, cursor))
    Hints.draw(
      Hints.fit([(.confirm, "go on"), (.close, "back to the question")], .prompt, model),
      model,
      into: &frame
    )
  }

  static func draw(_ prompt: CommentPrompt, _ model: Model, into frame: inout Frame) {
    let columns = contentWidth(model)
    let dialog = model.layers.reversed().lazy.compactMap { layer in
      if case .decision(let dialog) = layer { dialog } else { nil }
    }.first
    var lines: [[Segment]] = []
    if let dialog {
      lines += [head("Comment on", dialog.target, dialog.verb.word, columns), []]
      if let task = dialog.target.task {
        lines +=
          Text.wrapped(Text.sanitised(task.title), to: columns, maximumLines: 2)
          .map { [Segment($0)] } + [[]]
      }
    }
    let (field, cursor) = field(prompt.line, columns)
    lines += [
      [field],
      [
        Segment(
          columns < 48
            ? "It goes with the answer, on record."
            : "It goes with the answer, and stands in the record.",
          .secondary
        )
      ], [],
      keys([(.confirm, "keep"), (.close, "back to the question")], .prompt, model),
    ]
    box(lines, model, columns, into: &frame, cursor: (field, cursor))
    Hints.draw(
      Hints.fit([(.confirm, "keep"), (.close, "back to the question")], .prompt, model),
      model,
      into: &frame
    )
  }

  /// The question before leaving with something that can still be taken back.
  static func drawLeaving(_ model: Model, into frame: inout Frame) {
    let columns = contentWidth(model)
    let decisions = model.held.flatMap(\.decisions)
    let count = decisions.count == 1 ? "A decision is" : "\(decisions.count) decisions are"
    let room = max(1, model.size.rows - 9)
    let shown = decisions.prefix(decisions.count > room ? room - 1 : room)
    var lines: [[Segment]] = [[Segment("\(count) not sent yet", Look(.title, bold: true))], []]
    lines += shown.map { decision in
      let word = Text.padded(decision.verb.word, to: 15)
      let name = Text.truncated(decision.title, to: max(8, columns - 27))
      return [
        Segment("\(word)  ", .text), Segment("\(name)  ", .text),
        Segment(decision.subject.run.run.short, .faint),
      ]
    }
    if shown.count < decisions.count {
      lines.append([Segment("and \(decisions.count - shown.count) more", .secondary)])
    }
    let send = columns < 48 ? "send" : "send, then leave"
    let withdraw = columns < 48 ? "withdraw" : "withdraw and leave"
    lines += [
      [], keys([(.sendNow, send), (.withdraw, withdraw), (.close, "stay")], .leaving, model),
    ]
    box(lines, model, columns, into: &frame)
    Hints.draw(
      Hints.fit(
        [(.sendNow, send), (.withdraw, withdraw), (.close, "stay")],
        .leaving,
        model
      ),
      model,
      into: &frame
    )
  }

  /// What stands in the way of a decision that is made as usual: old data, a record that cannot be
  /// written; without an age, since nothing in a question moves by itself.
  static func cautions(_ target: Target, _ model: Model, _ columns: Int) -> [[Segment]] {
    let isLow = model.size.rows < 16
    let lines = model.cautions(insisting: target.insists, isBrief: isLow).flatMap {
      Text.wrapped(Text.sanitised($0), to: columns, maximumLines: isLow ? 1 : 3)
    }
    return lines.isEmpty ? [] : lines.map { [Segment($0, .warning)] } + [[]]
  }

  /// What goes with the answer, as far as there is room.
  static func comment(_ dialog: DecisionDialog, _ columns: Int) -> [[Segment]] {
    guard let comment = dialog.comment else { return [] }
    let lines = Text.wrapped(
      Text.sanitised(comment),
      to: max(8, columns - 9),
      maximumLines: 2
    )
    return lines.enumerated().map { index, line in
      [Segment(index == 0 ? "Comment  " : "         ", .secondary), Segment(line)]
    } + [[]]
  }

  /// The lines that are not empty: the others go first where there is little room.
  static func count(_ lines: [[Segment]]) -> Int { lines.count { !$0.isEmpty } }

  /// What goes with the answer, as it differs from what the task asks; how many edits there is no room
  /// for is said.
  static func sent(
    _ dialog: DecisionDialog,
    _ model: Model,
    _ columns: Int,
    rows: Int
  ) -> [[Segment]] {
    let edits = dialog.edits
    let room = dialog.leftOut > 0 ? max(1, rows - 1) : rows
    var lines: [[Segment]] = []
    for (index, change) in edits.enumerated() {
      let next = self.lines(of: change, model, columns)
      let isLast = index == edits.count - 1
      guard lines.count + next.count + (isLast ? 0 : 1) <= room else {
        let left = edits.count - index
        let what = "\(left)\(index == 0 ? "" : " more") edit\(left == 1 ? "" : "s")"
        let way = columns < 48 ? "close, then open" : "close, then open shows all that is sent"
        lines.append([Segment("… \(what): \(way)", .warning)])
        break
      }
      lines += next
    }
    if dialog.leftOut > 0 {
      let what =
        dialog.leftOut == 1
        ? "1 edit of your draft is" : "\(dialog.leftOut) edits of your draft are"
      lines.append([Segment("\(what) not sent with this.", .warning)])
    }
    return lines
  }

  /// The lines of an edit.
  private static func lines(
    of change: Form.Change,
    _ model: Model,
    _ columns: Int
  ) -> [[Segment]] {
    let name = Text.truncated(Text.sanitised(String(change.name.prefix(60))), to: 20)
    return Text.wrapped(
      TaskFormRows.words(change, model.glyphs),
      to: max(8, columns - Text.width(name) - 1),
      maximumLines: 3
    ).enumerated().map { index, line in
      let lead = index == 0 ? name : String(repeating: " ", count: Text.width(name))
      return [Segment("\(lead) ", .secondary), Segment(line, .accent)]
    }
  }

  /// A line that is typed, as wide as the dialog, and the column of its cursor.
  static func field(_ line: LineEditor, _ columns: Int) -> (Segment, cursor: Int) {
    let window = line.window(columns)
    return (Segment(Text.padded(window.text, to: columns), .field), window.cursor)
  }
}

extension Model {
  /// What stands in the way of decisions that are made as usual, in sentences; brief ones leave the
  /// lines of a low screen to what is decided.
  ///
  /// Before a start nothing is read again, so that old data does not stand in its way.
  func cautions(insisting: Bool, readsFirst: Bool = true, isBrief: Bool = false) -> [String] {
    var sentences: [String] = []
    if insisting {
      sentences.append(
        isBrief
          ? "You insist: it is sent unread."
          : "You insist: it is sent even if nothing can be read before."
      )
    } else if readsFirst, link.isStale {
      sentences.append(
        isBrief
          ? "Old data: it is read again first."
          : "This data is old. It is read again before sending."
      )
    }
    if let fault = journalFault {
      sentences.append("It will not be recorded\(isBrief ? "." : ": \(fault.sentence)")")
    }
    return sentences
  }
}
