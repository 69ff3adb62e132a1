package import Cells

/// Draws the application: the same model always makes the same frame.
package func view(_ model: Model) -> Frame {
  var frame = draw(model)
  if model.glyphs == .ascii { frame.spellInASCII() }
  return frame
}

private func draw(_ model: Model) -> Frame {
  var frame = Frame(size: model.size)
  if !model.config.lowBandwidth { frame.title = "Command Center · \(model.profile.name)" }
  guard model.size.isEnough else {
    drawTooSmall(model, into: &frame)
    return frame
  }
  switch model.screenLayer {
  case .firstStart(let screen): FirstStartView.draw(screen, model, into: &frame)
  case .run(let screen): RunView.draw(screen, model, into: &frame)
  case .choice(let choice): WorkflowChoiceView.draw(choice, model, into: &frame)
  case .start(let screen): StartView.draw(screen, model, into: &frame)
  case .activity: ActivityView.draw(model, into: &frame)
  case .record(let screen): RecordView.draw(screen, model, into: &frame)
  case .report(let screen): ReportView.draw(screen, model, into: &frame)
  case .review(let page): ReviewView.draw(page, model, into: &frame)
  case .sending(let page): SendingView.draw(page, model, into: &frame)
  default: InboxView.draw(model, into: &frame)
  }
  let question = model.layers.lastIndex(where: \.isDialog) ?? 0
  for (place, layer) in model.layers.enumerated() {
    // Of questions that lie on each other one is read at a time.
    if layer.isDialog, place < question { continue }
    switch layer {
    case .help(let screen): HelpView.draw(screen, model, into: &frame)
    case .decision(let dialog): DialogView.draw(dialog, model, into: &frame)
    case .stopping(let dialog): DialogView.draw(dialog, model, into: &frame)
    case .token(let prompt): DialogView.draw(prompt, model, into: &frame)
    case .confirmName(let prompt): DialogView.draw(prompt, model, into: &frame)
    case .commenting(let prompt): DialogView.draw(prompt, model, into: &frame)
    case .leaving: DialogView.drawLeaving(model, into: &frame)
    case .command(let line): CommandLineView.draw(line, model, into: &frame)
    case .naming(let naming): FilterNamingView.draw(naming, model, into: &frame)
    case .inbox, .run, .review, .sending, .activity, .record, .report: break
    case .firstStart, .filter, .choice, .start: break
    }
  }
  return frame
}

private func drawTooSmall(_ model: Model, into frame: inout Frame) {
  let size = model.size
  let sentence =
    "Command Center needs 40 columns and 8 rows; this terminal has \(size.columns) and \(size.rows)."
  let lines = Text.wrapped(sentence, to: size.columns, maximumLines: size.rows)
  for (row, line) in lines.enumerated() { frame.put(line, column: 0, row: row, look: .warning) }
}

extension Size {
  /// Whether the screens fit; else one sentence asks for more room.
  var isEnough: Bool { columns >= 40 && rows >= 8 }
}
