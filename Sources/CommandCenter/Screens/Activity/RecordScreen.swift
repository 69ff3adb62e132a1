internal import Cells
package import Runs

/// One decision of the journal, looked at.
package struct RecordScreen: Sendable, Equatable {
  /// The decision as it stood when the page was opened; newer readings of the journal replace it.
  package var record: JournalRecord
  /// The first line that is on the screen.
  package var scroll = 0

  /// A page about a decision.
  package init(_ record: JournalRecord) {
    self.record = record
  }
}

/// Draws all that is known of a decision.
enum RecordView {
  static func draw(_ screen: RecordScreen, _ model: Model, into frame: inout Frame) {
    let columns = model.size.columns
    let record = screen.record
    let decision = record.decision
    frame.fill(Rect(column: 0, row: 0, columns: columns, rows: 1), look: .chrome)
    frame.put(
      [
        Segment("\(model.glyphs.back) ", .chrome), Segment(decision.verb.word, .title),
        Segment("  \(decision.title)  \(decision.subject.run.run.short)", .chrome),
      ],
      column: 1,
      row: 0,
      end: columns - 1
    )
    let lines = lines(screen, model)
    for (offset, line) in lines.dropFirst(screen.scroll).prefix(height(model)).enumerated() {
      frame.putRight(line.label, end: 12, row: 2 + offset, look: .secondary)
      frame.put([Segment(line.text, line.look)], column: 14, row: 2 + offset, end: columns - 1)
    }
    NoticeLine.draw(model, into: &frame)
    var hints: [(Command, String)] = []
    if model.canOpen(record) { hints.append((.open, "open the run")) }
    hints += [(.copy, "copy the key"), (.help, "help"), (.close, "back")]
    Hints.draw(Hints.fit(hints, .record, model), model, into: &frame)
  }

  /// Lines that there is room for.
  static func height(_ model: Model) -> Int {
    max(0, model.size.rows - 3 - NoticeLine.lines(model).count)
  }

  /// The facts, long ones over several lines.
  static func lines(_ screen: RecordScreen, _ model: Model) -> [ActivityWords.Fact] {
    let room = max(8, model.size.columns - 15)
    let facts = ActivityWords.facts(screen.record, model.zone, model.glyphs)
    return facts.flatMap { fact in
      Text.wrapped(Text.sanitised(fact.text), to: room, maximumLines: 12).enumerated().map {
        ActivityWords.Fact(label: $0 == 0 ? fact.label : "", text: $1, look: fact.look)
      }
    }
  }
}
