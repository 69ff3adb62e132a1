internal import Cells
internal import JSON
internal import Runs

/// Draws the command line at the bottom, and above it the ways to go on, what is wrong with it, or
/// the start that was understood.
enum CommandLineView {
  static func draw(_ line: CommandLine, _ model: Model, into frame: inout Frame) {
    let size = model.size
    let room = max(0, size.rows - 4)
    let lines =
      if let mistake = line.mistake {
        mistakeLines(mistake.sentence, size)
      } else if let wish = line.start {
        wishLines(wish, model, room: room)
      } else {
        candidateLines(line, model, room: room)
      }
    let top = size.rows - 1 - lines.count
    frame.fill(
      Rect(column: 0, row: top, columns: size.columns, rows: lines.count),
      look: .dialog
    )
    for (offset, segments) in lines.enumerated() {
      frame.put(segments, column: 1, row: top + offset, end: size.columns - 1)
    }
    // What counts down is not hidden by what the line offers.
    if let held = HeldLine.segments(model), top > 1 {
      frame.fill(Rect(column: 0, row: top - 1, columns: size.columns, rows: 1), look: .text)
      frame.put(held, column: 1, row: top - 1, end: size.columns - 1)
    }
    drawLine(line, model, into: &frame)
  }

  private static func mistakeLines(_ sentence: String, _ size: Size) -> [[Segment]] {
    Text.wrapped(Text.sanitised(sentence), to: max(1, size.columns - 2), maximumLines: 3)
      .map { [Segment($0, .failure)] }
  }

  // MARK: The ways to go on

  private static func candidateLines(
    _ line: CommandLine,
    _ model: Model,
    room: Int
  ) -> [[Segment]] {
    let candidates = LineCompletion(line.typed, model).candidates.map {
      ShownCandidate(text: $0.shown, description: $0.description, isPossible: $0.isPossible)
    }
    return CandidateLines.lines(
      candidates,
      chosen: line.choice,
      sign: ":",
      room: room,
      columns: model.size.columns
    )
  }

  // MARK: A start that was understood

  private static func wishLines(_ wish: StartWish, _ model: Model, room: Int) -> [[Segment]] {
    let columns = max(1, model.size.columns - 2)
    let version = wish.version.map { "  v\($0)" } ?? ""
    var lines: [[Segment]] = [
      [
        Segment("Start", Look(.title, bold: true)), Segment("  \(wish.workflow.name)", .dialog),
        Segment(version, .secondary),
      ]
    ]
    let words = StartLine.words(
      workflow: wish.workflow.name,
      input: wish.input,
      schema: wish.schema,
      profile: model.profile.name
    )
    let shell = Text.wrapped(
      Text.sanitised("in the shell: \(StartLine.text(words))"),
      to: columns,
      maximumLines: 2
    ).map { [Segment($0, .secondary)] }
    let width = min(
      24,
      wish.input.members.map { Text.width(Text.sanitised($0.key)) }.max() ?? 0
    )
    let fields = wish.input.members.map { member in
      let kind = FieldKind(of: member.value).word
      return [
        Segment("  \(Text.padded(Text.sanitised(member.key), to: width))  ", .secondary),
        Segment(Brief.field(member.value, limit: 200), .dialog), Segment("   \(kind)", .faint),
      ]
    }
    let isLow = model.size.rows < 16
    lines += model.cautions(insisting: wish.insists, readsFirst: false, isBrief: isLow).flatMap {
      Text.wrapped(Text.sanitised($0), to: columns, maximumLines: isLow ? 1 : 3)
    }.map { [Segment($0, .warning)] }
    let space = max(1, room - lines.count - shell.count - (hasHints(model.size) ? 0 : 1))
    if fields.count > space {
      lines += fields.prefix(space - 1)
      lines.append([Segment("  … \(fields.count - space + 1) more fields", .warning)])
    } else {
      lines += fields
    }
    guard !hasHints(model.size) else { return lines + shell }
    let keys = Hints.fit([(.confirm, "start it"), (.close, "back to the line")], .command, model)
    return lines + shell + [keys]
  }

  /// Whether keys stand beside the line; else what Enter does stands above it.
  private static func hasHints(_ size: Size) -> Bool { size.columns >= 60 }

  // MARK: The line itself

  private static func drawLine(_ line: CommandLine, _ model: Model, into frame: inout Frame) {
    let size = model.size
    let row = size.rows - 1
    frame.fill(Rect(column: 0, row: row, columns: size.columns, rows: 1), look: .chrome)
    let hints = Hints.fit(hints(line, model), .command, model)
    let hasHints = hasHints(size)
    let room = hasHints ? size.columns - hints.width - 5 : size.columns - 3
    let window = line.line.window(room)
    frame.put(":", column: 1, row: row, look: .key)
    frame.put(window.text, column: 2, row: row, look: .field)
    if let mistake = line.mistake { underline(mistake, window, row: row, into: &frame) }
    frame.cursor = Position(column: min(2 + window.cursor, size.columns - 1), row: row)
    guard hasHints else { return }
    frame.put(hints, column: size.columns - hints.width - 1, row: row, end: size.columns - 1)
  }

  private static func hints(_ line: CommandLine, _ model: Model) -> [(Command, String)] {
    if line.start != nil { return [(.confirm, "start it"), (.close, "back to the line")] }
    let back: [(Command, String)] =
      model.history(beginning: line.stem ?? line.text).isEmpty && line.walk == nil
      ? [] : [(.up, "history")]
    return [(.complete, "complete")] + back + [(.confirm, "do it"), (.close, "close")]
  }

  /// Underlines the part of the line that is at fault.
  private static func underline(
    _ mistake: LineMistake,
    _ window: LineEditor.Window,
    row: Int,
    into frame: inout Frame
  ) {
    let from = max(0, mistake.range.lowerBound - window.skipped)
    let to = mistake.range.upperBound - window.skipped
    guard to > from else { return }
    let before = Text.width(String(window.text.prefix(from)))
    let part = String(window.text.dropFirst(from).prefix(to - from))
    frame.put(part, column: 2 + before, row: row, look: Look(.failure, underlined: true))
  }
}
