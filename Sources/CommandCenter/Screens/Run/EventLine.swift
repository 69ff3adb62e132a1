internal import Cells
internal import JSON
internal import Runs

/// A line of the events tab.
enum EventLine: Equatable {
  /// The event of an index.
  case event(Int)
  /// What the failure above means, a line of it.
  case cause(String, isFirst: Bool)
  /// A line of an unfolded event's data.
  case data(String)

  /// The most lines that one unfolded event takes.
  static let dataLimit = 400

  /// The column at which lines begin that belong to an event.
  static let indent = 15

  /// The lines of a run's events on a screen so wide.
  static func lines(_ detail: RunDetail, unfolded: Set<Int>, columns: Int) -> [EventLine] {
    var lines: [EventLine] = []
    lines.reserveCapacity(detail.events.count + 8)
    for (index, event) in detail.events.enumerated() {
      lines.append(.event(index))
      if event.type == "step_failed", !event.isStop {
        let code = event.failureCode ?? detail.run.failure?.code
        let advice = Failure(code: code).advice
        let cause = [code, advice].compactMap { $0 }.joined(separator: ": ")
        if !cause.isEmpty {
          let room = max(8, columns - indent - 3)
          lines += Text.wrapped("cause. \(cause)", to: room, maximumLines: 3).enumerated()
            .map { .cause($1, isFirst: $0 == 0) }
        }
      }
      if unfolded.contains(index) { lines += data(of: event) }
    }
    return lines
  }

  private static func data(of event: RunEvent) -> [EventLine] {
    let text = JSONWriter.text(.object(event.data), .indented)
    let all = Text.sanitisedLines(String(text.prefix(64 * 1024)))
    let shown = all.prefix(dataLimit).map(EventLine.data)
    return all.count > dataLimit ? shown + [.data("… \(all.count - dataLimit) more lines")] : shown
  }
}

/// An event as a row tells it.
struct EventWords: Equatable {
  var type: String
  /// The step's name, or what stands in its column.
  var subject: String
  var text: String
  var outcome: StepOutcome?

  /// The words for an event.
  init(_ event: RunEvent, graph: Graph?, started: Timestamp?) {
    type = event.type
    let title = { (id: StepID) in graph?.title(of: id) ?? id.text }
    subject = Text.truncated(event.step.map(title) ?? "", to: 24)
    let cause = event.cause.map(title)
    let isStopped = event.failureCode == "RUN_STOPPED"
    let took = event.at.flatMap { at in started.map { Age.took(at - $0) } }
    switch event.type {
    case "run_started":
      subject = event.data["trigger"]?.string ?? event.data["trigger_type"]?.string ?? ""
      text = (event.data["input"] ?? event.data["trigger_payload"]).map { Brief.text($0) } ?? ""
    case "step_started": text = ""
    case "step_completed" where event.isSkip:
      let reason = SkipReason(event.data["reason"]?.string)
      outcome = .skipped(reason)
      text = StepOutcome.skipped(reason).badge + (cause.map { " by \($0)" } ?? "")
    case "step_completed":
      outcome = .success
      let credits = event.data["credits"].flatMap { Credits($0) }.map { "\($0.text) credits" }
      text = [took, credits].compactMap { $0 }.joined(separator: "  ")
    case "step_failed":
      outcome = isStopped ? .stopped : .failed
      text = event.errorText ?? Brief.text(.object(event.data))
    case "step_cancelled":
      outcome = isStopped ? .stopped : .cancelled
      text =
        cause.map { "in flight when \($0) failed" }
        ?? (isStopped ? "in flight when the run was stopped" : "")
    case "state_changed":
      let from = event.data["from"]?.string ?? "?"
      subject = "\(from) → \(event.data["to"]?.string ?? "?")"
      text = [event.data["by"]?.string.map { "by \($0)" }, event.failureCode]
        .compactMap { $0 }.joined(separator: "  ")
    case "tool_called":
      let tool = event.data["tool_name"]?.string ?? event.data["tool"]?.string ?? ""
      let arguments = event.data["arguments"] ?? event.data["tool_args"] ?? event.data["args"]
      text = "\(tool) \(arguments.map { Brief.text($0) } ?? "")"
    case "tool_result": text = Brief.text(event.data["result"] ?? .object(event.data))
    case "task_created", "human_task_created":
      text = event.data["title"]?.string ?? event.data["task_payload"]?["title"]?.string ?? ""
    case "task_completed", "human_task_completed":
      let approved = event.data["approved"]?.bool.map { $0 ? "approved" : "rejected" } ?? "answered"
      let by = event.data["completed_by"]?.string ?? event.data["by"]?.string
      text = approved + (by.map { " by \($0)" } ?? "")
    case "llm_output":
      let output = event.data["delta"] ?? event.data["text"] ?? event.data["output"]
      text = Brief.field(output ?? .object(event.data))
    default: text = event.data.isEmpty ? "" : Brief.text(.object(event.data))
    }
  }
}
