internal import Cells
internal import Runs
internal import Triage

extension DialogView {
  static func draw(_ dialog: StopDialog, _ model: Model, into frame: inout Frame) {
    let columns = contentWidth(model)
    let target = dialog.target
    let steps = inFlight(target, model)
    var lines: [[Segment]] = []
    if let change = dialog.change {
      lines += changed(change, target, model, columns) + [[]]
    } else {
      let count = steps.map { $0.isEmpty ? "" : ", \($0.count) in flight" } ?? ""
      let status = target.run?.status ?? .running
      lines += [head("Stop", target, "\(status.word)\(count)", columns), []]
    }
    guard dialog.isOpen else {
      lines.append(keys([(.close, "close")], .stopping, model))
      box(lines, model, columns, into: &frame)
      Hints.draw(Hints.fit([(.close, "close")], .stopping, model), model, into: &frame)
      return
    }
    lines += cautions(target, model, columns)
    let foot = foot(target, model, columns)
    let room = model.size.rows - 4 - count(lines) - foot.count
    lines += ways(dialog, steps, model, columns, rows: room) + [[]] + foot
    box(lines, model, columns, into: &frame)
    Hints.draw(hints(dialog, model), model, into: &frame)
  }

  /// What is worth knowing before it, in the order of its worth: a low screen cuts the end.
  private static func foot(_ target: Target, _ model: Model, _ columns: Int) -> [[Segment]] {
    var foot: [[Segment]] = []
    if target.task != nil { foot.append([Segment("Its approval is closed unanswered.")]) }
    let leave = keys([(.close, "leave it")], .stopping, model)
    let resumed = Segment("A stopped run cannot be resumed.")
    let line = [resumed, Segment("   ")] + leave
    return foot + (line.width <= columns ? [line] : [[resumed], leave])
  }

  /// The ways to stop that were asked for, in so many lines at most.
  private static func ways(
    _ dialog: StopDialog,
    _ steps: [String]?,
    _ model: Model,
    _ columns: Int,
    rows: Int
  ) -> [[Segment]] {
    let graceful = dialog.target.legality(of: .stop(.graceful), model.permissions)
    let immediate = dialog.target.legality(of: .stop(.immediate), model.permissions)
    let offered = [StopMode.graceful, .immediate].count { dialog.offers($0) }
    let each = max(1, (rows + 1) / max(1, offered))
    var lines: [[Segment]] = []
    if !dialog.offers(.graceful) {
      // Only the other way was asked for.
    } else if graceful.isAllowed {
      let words = "\(finishing(steps)); nothing new starts"
      lines += option(.gracefully, words, model, columns, rows: each)
    } else if immediate.isAllowed, let reason = graceful.reason {
      lines += option(.gracefully, reason, model, columns, rows: each, dimmed: true)
    }
    guard immediate.isAllowed, dialog.offers(.immediate) else { return lines }
    let ends =
      switch steps?.count ?? 0 {
      case 0: "it ends now"
      case 1: "the step in flight is cancelled now"
      case 2: "both steps in flight are cancelled now"
      case let count: "all \(count) steps in flight are cancelled now"
      }
    return lines + option(.immediately, ends, model, columns, rows: each)
  }

  /// The keys that decide, in words that there is room for.
  private static func hints(_ dialog: StopDialog, _ model: Model) -> [Segment] {
    let target = dialog.target
    let ways: [(Command, StopMode)] = [(.gracefully, .graceful), (.immediately, .immediate)]
    let possible = ways.filter { _, mode in
      dialog.offers(mode) && target.legality(of: .stop(mode), model.permissions).isAllowed
    }
    let status = target.run?.status ?? .running
    let rest = "leave it \(target.task == nil ? status.word : "waiting")"
    let wordings = [
      ("gracefully", "immediately", rest), ("gracefully", "immediately", "leave it"),
      ("gracefully", "immediately", "leave"), ("drain", "at once", "leave"),
    ].map { drain, stop, leave in
      possible.map { ($0.0, $0.1 == .graceful ? drain : stop) } + [(.close, leave)]
    }
    return Hints.first(of: wordings, .stopping, model)
  }

  /// What a graceful stop waits for; nil steps are not known.
  private static func finishing(_ steps: [String]?) -> String {
    guard let steps else { return "what is in flight finishes" }
    guard !steps.isEmpty else { return "nothing is in flight" }
    return "\(steps.joined(separator: ", ")) finish\(steps.count == 1 ? "es" : "")"
  }

  /// The steps in flight, by name; nil where nobody said.
  private static func inFlight(_ target: Target, _ model: Model) -> [String]? {
    if let detail = target.reference.flatMap({ model.details[$0] }),
      detail.run.status == target.run?.status
    {
      return detail.steps.filter { $0.outcome == .running }.map(\.title)
    }
    let steps = target.run?.currentSteps ?? []
    return steps.isEmpty ? nil : steps.map(\.text)
  }

  /// A way to stop: its key, its name, and what it does.
  private static func option(
    _ command: Command,
    _ text: String,
    _ model: Model,
    _ columns: Int,
    rows: Int,
    dimmed: Bool = false
  ) -> [[Segment]] {
    let key = model.key(command, in: .stopping) ?? " "
    guard columns >= 48 else {
      // The name beside the text would leave no room for it.
      let indent = Text.width(key) + 2
      let words = Text.wrapped(
        "\(command.description): \(text)",
        to: columns - indent,
        maximumLines: rows
      )
      return words.enumerated().map { index, words in
        [
          Segment(
            index == 0 ? Text.padded(key, to: indent) : String(repeating: " ", count: indent),
            Look(.key, dimmed: dimmed)
          ), Segment(words, Look(.text, dimmed: dimmed)),
        ]
      }
    }
    let margin = Text.width(key) + 15
    let parts = Text.wrapped(text, to: max(8, columns - margin), maximumLines: min(3, rows))
    return parts.enumerated().map { index, part in
      index == 0
        ? [
          Segment(key, Look(.key, dimmed: dimmed)),
          Segment(
            "  \(Text.padded(command.description, to: 11))  ",
            Look(.title, dimmed: dimmed)
          ),
          Segment(part, Look(.text, dimmed: dimmed)),
        ] : [Segment(String(repeating: " ", count: margin) + part, Look(.text, dimmed: dimmed))]
    }
  }

  /// What is different from what was decided on.
  static func changed(
    _ change: Change,
    _ target: Target,
    _ model: Model,
    _ columns: Int
  ) -> [[Segment]] {
    let at = model.inbox.inbox.at
    let name = Segment("\(target.title) \(target.id.short)", .title)
    let happened = [name, Segment(" changed while you decided", .warning)]
    let isNarrow = happened.width > columns
    var lines = isNarrow ? [[name]] : [happened, []]
    let nothing = Segment("Nothing was sent.", .secondary)
    if isNarrow {
      lines.append([Segment("It changed: nothing was sent.", .warning)])
    }
    let said = { (words: String) in
      Text.wrapped(words, to: columns, maximumLines: 3).map { [Segment($0, .warning)] }
    }
    switch change {
    case .status(let saw, let now):
      if let saw { lines.append([Segment("you saw    ", .secondary), Segment(saw.word)]) }
      let since = now.statusAt.map { " since \(Age.short(max(.zero, at - $0)))" } ?? ""
      let by = now.statusBy.map { ", by \($0)" } ?? ""
      let words = Text.wrapped("\(now.status.word)\(since)\(by)", to: columns - 11, maximumLines: 2)
      lines += words.enumerated().map { index, words in
        [Segment(index == 0 ? "it is now  " : "           ", .secondary), Segment(words)]
      }
    case .payload: lines.append([Segment("The task asks something else now:", .warning)])
    case .answered: lines += said(change.sentence(at: model.now))
    case .events: lines += said(change.sentence)
    case .gone: lines.append([Segment("It is no longer there.", .warning)])
    }
    return isNarrow ? lines : lines + [[nothing]]
  }
}
