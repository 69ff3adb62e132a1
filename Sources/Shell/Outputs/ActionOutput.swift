internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs
internal import RuntimeAPI

/// What became of an action, as the shell writes it.
enum ActionOutput {
  /// The code of several together: 0 when all are done, theirs when it is one and the same for all, 1
  /// when some went one way and some another.
  static func code(_ results: [ActionResult]) -> ExitCode {
    let codes = Set(results.map(\.code))
    return codes.count == 1 ? codes.first ?? .done : .failed
  }

  // MARK: One

  /// What is said of a single thing.
  static func one(_ result: ActionResult, _ context: ShellContext) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    let name = name(result)
    let complain = { (words: String) in ShellEffect.complain(Text.sanitised("\(name): \(words)")) }
    switch result.outcome {
    case .done(let confirmation):
      effects.append(.out(text(result, confirmation, context)))
      if let by = confirmation.by {
        effects.append(complain("no answer came, but the server shows it, by \(by)"))
      }
      if case .late(let words) = result.after {
        effects.append(complain("done, but \(words)"))
      } else if !confirmation.readBack {
        effects.append(
          complain("accepted, but the server does not show it yet; look again with show")
        )
      }
      if !result.isRecorded {
        effects.append(complain("done, but the journal does not have all of it"))
      }
    case .changed(let change): effects.append(complain("not done: \(result.words(change))"))
    case .refused(let refusal): effects.append(complain("refused: \(refusal.sentence)"))
    case .notSent(let fault): effects.append(complain("nothing was sent: \(fault.sentence)"))
    case .unknown(let fault):
      effects.append(complain("sent, but nobody knows what became of it: \(fault.sentence)"))
    }
    return effects
  }

  private static func name(_ result: ActionResult) -> String {
    let run = result.subject?.run.run.short ?? result.given
    return "\(result.verb.word) \(result.title.isEmpty ? run : "\(result.title) \(run)")"
  }

  private static func text(
    _ result: ActionResult,
    _ confirmation: Confirmation,
    _ context: ShellContext
  ) -> String {
    switch context.form {
    case .table: return done(result, context) + "\n"
    case .tsv: return TSV.text([result], fields)
    case .json, .jsonl:
      return JSONOutput.text(run(result) ?? reference(result, confirmation), context.form)
    }
  }

  /// That it is done, in a line.
  static func done(_ result: ActionResult, _ context: ShellContext) -> String {
    guard case .done(let confirmation) = result.outcome else { return "" }
    let run = confirmation.run ?? result.subject?.run
    // A start's id is what the caller goes on with: it is written in full.
    let id = (result.verb == .start ? run?.run.text : run?.run.short) ?? ""
    let status = result.status.map { ": \($0.word)" } ?? ""
    return Text.sanitised("\(past(result.verb)) \(result.title) \(id)\(status)")
  }

  private static func past(_ verb: Verb) -> String {
    switch verb {
    case .approve: "approved"
    case .reject: "rejected"
    case .pause: "paused"
    case .resume: "resumed"
    case .stop(.graceful): "stopping gracefully"
    case .stop(.immediate): "stopped"
    case .start: "started"
    }
  }

  // MARK: Several

  /// How wide the columns are, from all that is known before the first line.
  struct Columns: Sendable {
    fileprivate var run = ShortID.least
    fileprivate var title = 8
    fileprivate static let outcome = 8

    init() {}

    init(_ items: [ActionItem], _ context: ShellContext) {
      for item in items {
        let id = item.subject?.run.run
        let run = context.width == nil ? id?.text : id?.short
        self.run = max(self.run, min(40, Text.width(run ?? item.given)))
        title = max(title, min(24, Text.width(item.title)))
      }
    }
  }

  /// What stands above the lines.
  static func head(_ columns: Columns, _ context: ShellContext) -> [ShellEffect] {
    switch context.form {
    case .table: [.out(line(["OUTCOME", "RUN", "WORKFLOW", "DETAIL"], columns, context))]
    case .tsv: [.out(TSV.header(fields))]
    case .json, .jsonl: []
    }
  }

  /// A line for each, as they come; how far it is, at every tenth.
  static func lines(
    _ results: [ActionResult],
    of count: Int,
    _ told: Int,
    _ columns: Columns,
    _ context: ShellContext
  ) -> [ShellEffect] {
    guard !results.isEmpty else { return [] }
    let text = results.map { result in
      switch context.form {
      case .table:
        line(
          [result.word, id(result, context), result.title, result.detail],
          columns,
          context
        )
      case .tsv: TSV.line(result, fields)
      case .jsonl: JSONOutput.text(json(result), .jsonl)
      case .json: ""
      }
    }.joined()
    let before = told - results.count
    var effects: [ShellEffect] = text.isEmpty ? [] : [.out(text)]
    if count >= 20, before * 10 / count != told * 10 / count {
      effects.append(.progress("\(told) of \(count)"))
    }
    return effects
  }

  /// What is written when all are settled: the list where it is one value, and what was not done.
  static func end(_ results: [ActionResult], _ context: ShellContext) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    if context.form == .json {
      effects.append(.out(JSONOutput.text(results.map(json), .json)))
    }
    let words = ["done", "changed", "refused", "not sent", "unknown", "no match"]
    let counts = words.compactMap { word -> String? in
      let count = results.count { $0.word == word }
      return count == 0 ? nil : "\(count) \(word)"
    }
    let sum = counts.joined(separator: ", ")
    let isGood = results.allSatisfy { $0.code == .done }
    effects.append(isGood ? .progress(sum) : .complain(sum))
    return effects
  }

  private static func id(_ result: ActionResult, _ context: ShellContext) -> String {
    guard let run = result.subject?.run.run else { return result.given }
    return context.width == nil ? run.text : run.short
  }

  private static func line(
    _ cells: [String],
    _ columns: Columns,
    _ context: ShellContext
  ) -> String {
    let widths = [Columns.outcome, columns.run, columns.title, 0]
    var line = zip(cells, widths).map { padded(Text.sanitised($0), $1) }.joined(separator: "  ")
    while line.hasSuffix(" ") { line.removeLast() }
    return (context.width.map { Text.truncated(line, to: $0) } ?? line) + "\n"
  }

  /// Filled up with blanks; what is longer stays whole.
  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - Text.width(text)))
  }

  /// What became of one of several, with the names of the journal.
  private static func json(_ result: ActionResult) -> JSONValue {
    var object: JSONObject = [
      "id": .string(result.given), "verb": .string(result.verb.word),
      "outcome": .string(result.word), "detail": .string(result.detail),
    ]
    if let subject = result.subject {
      object["run_id"] = .string(subject.run.run.text)
      object["workflow_id"] = .string(subject.run.workflow.text)
      if case .task(let task) = subject { object["task_id"] = .string(task.task.text) }
    }
    if !result.title.isEmpty { object["workflow_name"] = .string(result.title) }
    object["status"] = result.status.map { .string($0.word) }
    object["run"] = run(result)
    return .object(object)
  }

  private static var fields: [Field<ActionResult>] {
    [
      Field("id") { $0.given }, Field("verb") { $0.verb.word }, Field("outcome") { $0.word },
      Field("run_id") { $0.subject?.run.run.text },
      Field("workflow_id") { $0.subject?.run.workflow.text },
      Field("workflow_name") { $0.title }, Field("status") { $0.status?.word },
      Field("detail") { $0.detail },
    ]
  }

  // MARK: The run

  /// The run as it was read last.
  private static func run(_ result: ActionResult) -> JSONValue? {
    if case .ended(let run) = result.after { return RunWire.json(run) }
    guard case .done(let confirmation) = result.outcome else { return nil }
    return confirmation.now.map(RunWire.json)
  }

  private static func reference(
    _ result: ActionResult,
    _ confirmation: Confirmation
  ) -> JSONValue {
    var object: JSONObject = [:]
    if let run = confirmation.run ?? result.subject?.run {
      object["id"] = .string(run.run.text)
      object["workflow_id"] = .string(run.workflow.text)
    }
    return .object(object)
  }
}
