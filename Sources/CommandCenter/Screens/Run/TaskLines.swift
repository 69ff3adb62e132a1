internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// What there is to know of a task before answering it, as lines.
enum TaskLines {
  /// The fields that are shown at most; a payload may hold thousands.
  static let fieldLimit = 200

  /// Title and description.
  static func head(_ task: HumanTask, columns: Int) -> [Segment] {
    var lines = Text.wrapped(task.title, to: columns, maximumLines: 3)
      .map { Segment($0, Look(.text, bold: true)) }
    if let description = task.description {
      lines += Text.wrapped(description, to: columns, maximumLines: 40).map { Segment($0) }
    }
    return lines + [Segment("")]
  }

  /// The payload's fields, one or more lines each.
  static func fields(_ task: HumanTask, columns: Int) -> [Segment] {
    let fields = task.fields
    let width = min(24, fields.prefix(fieldLimit).map { Text.width(label($0.key)) }.max() ?? 0)
    var lines: [Segment] = []
    for field in fields.prefix(fieldLimit) {
      let name = Text.padded(Text.truncated(label(field.key), to: width), to: width)
      let value = Brief.field(field.value, limit: 4000)
      let parts = Text.wrapped(value, to: max(8, columns - width - 3), maximumLines: 40)
      for (index, part) in (parts.isEmpty ? [""] : parts).enumerated() {
        let lead = index == 0 ? name : String(repeating: " ", count: width)
        lines.append(Segment("\(lead)   \(part)"))
      }
    }
    if fields.count > fieldLimit {
      lines.append(Segment("… \(fields.count - fieldLimit) more fields", .faint))
    }
    return lines
  }

  private static func label(_ key: String) -> String { Text.sanitised(String(key.prefix(60))) }

  /// What follows from a yes and from a no.
  static func consequences(_ consequence: Consequence?, columns: Int) -> [Segment] {
    guard let consequence, !consequence.isEmpty else { return [] }
    let names = { (steps: [Graph.Step]) in steps.map(\.title).joined(separator: ", ") }
    var lines: [Segment] = []
    let add = { (label: String, text: String, lines: inout [Segment]) in
      for (index, part) in Text.wrapped(text, to: max(8, columns - 14), maximumLines: 3)
        .enumerated()
      {
        let lead = index == 0 ? Text.padded(label, to: 14) : String(repeating: " ", count: 14)
        lines.append(Segment(lead + part))
      }
    }
    let runs = { (steps: [Graph.Step]) in steps.count == 1 ? "runs" : "run" }
    let skipped = { (steps: [Graph.Step]) in
      steps.count == 1 ? "it is skipped" : steps.count == 2 ? "both are skipped" : "all are skipped"
    }
    let onYes = consequence.onYes + consequence.ungated
    if !onYes.isEmpty { add("If approved", "\(names(onYes)) \(runs(onYes))", &lines) }
    if !consequence.onNo.isEmpty {
      add("If rejected", "\(names(consequence.onNo)) \(runs(consequence.onNo))", &lines)
    } else if !consequence.onYes.isEmpty, consequence.ungated.isEmpty {
      add("If rejected", skipped(consequence.onYes), &lines)
    }
    if !consequence.ungated.isEmpty {
      let perhaps = "\(names(consequence.ungated)) may run all the same: no condition holds it back"
      add("If rejected", perhaps, &lines)
    }
    if !consequence.either.isEmpty {
      add("Either way", "\(names(consequence.either)) \(runs(consequence.either))", &lines)
    }
    return lines
  }
}
