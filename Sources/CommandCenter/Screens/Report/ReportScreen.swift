package import JSON
package import Runs

/// Something that a line asked for and that is only read: what `doctor` found, a run's context.
package struct ReportScreen: Sendable, Equatable {
  /// What it is about.
  package enum Subject: Sendable, Equatable {
    /// Terminal, settings, network, server, token and clock.
    case doctor
    /// The context of a run, or what lies at a path in it.
    case context(RunReference, path: String?)
  }

  package var subject: Subject
  /// What came; nil while it is awaited.
  package internal(set) var result: Result<[ReportLine], Fault>?
  /// The lines as they stand on a screen of so many columns.
  var drawn: [[Segment]] = []
  /// The first line that is on the screen.
  var scroll = 0

  /// A report that is awaited.
  init(_ subject: Subject) {
    self.subject = subject
  }
}

/// A line of a report.
package struct ReportLine: Sendable, Equatable {
  /// How it is meant.
  package enum Verdict: String, Sendable, Equatable {
    case good = "ok"
    case note
    case bad
  }

  /// What it is about.
  package var label: String
  package var text: String
  /// Nil where nothing is judged.
  package var verdict: Verdict?

  /// A line.
  package init(_ label: String, _ text: String, _ verdict: Verdict? = nil) {
    self.label = label
    self.text = text
    self.verdict = verdict
  }
}

/// What came of something that was to be reported.
package enum ReportMessage: Sendable, Equatable {
  /// What `doctor` found.
  case examined([ReportLine])
  case context(RunReference, Result<JSONValue, Fault>)
}

/// A run's context as lines: one for each value that holds no others.
enum ContextLines {
  /// How many lines are shown at most.
  static let limit = 1000
  /// The characters of a value that are shown at most.
  static let valueLimit = 1000

  /// The lines of what lies at a path, names and numbers between dots; nil where nothing does.
  static func of(_ context: JSONValue, at path: String?) -> [ReportLine]? {
    var leaves: [ReportLine] = []
    var left = 0
    collect(context, "", within: path, &leaves, &left)
    guard !leaves.isEmpty else { return path == nil ? [] : nil }
    if left > 0 {
      leaves.append(
        ReportLine("", "… \(left) more: command-center context in a shell has all of it", .note)
      )
    }
    return leaves
  }

  private static func collect(
    _ value: JSONValue,
    _ path: String,
    within wanted: String?,
    _ leaves: inout [ReportLine],
    _ left: inout Int
  ) {
    let below = { (name: String) in path.isEmpty ? name : "\(path).\(name)" }
    switch value {
    case .object(let object) where !object.isEmpty:
      for member in object.members {
        collect(member.value, below(member.key), within: wanted, &leaves, &left)
      }
    case .array(let items) where !items.isEmpty:
      for (index, item) in items.enumerated() {
        collect(item, below(String(index)), within: wanted, &leaves, &left)
      }
    default:
      if let wanted, path != wanted, !path.hasPrefix("\(wanted).") { return }
      guard leaves.count < limit else {
        left += 1
        return
      }
      leaves.append(ReportLine(path, Brief.field(value, limit: valueLimit)))
    }
  }
}
