package import CommandCenter
package import Runs

/// How answers are written.
package enum OutputForm: String, Sendable, CaseIterable {
  /// For people.
  case table
  /// One JSON value; several things as one list.
  case json
  /// One JSON value a line.
  case jsonl
  /// Fields between tabs, the names in the first line.
  case tsv
}

/// What stands around a verb.
package struct ShellContext: Sendable {
  package var form: OutputForm
  /// The columns of the terminal that is written to; nil writes without bound, and moments in full.
  package var width: Int?
  package var zone: Zone
  /// The workflow of a run that may be beyond what the server lists.
  package var workflow: WorkflowID?
  /// Why nothing may be changed; nil when it may.
  package var readOnly: String?
  /// The profile whose name is asked for before an immediate stop and before several things at once;
  /// nil asks for none.
  package var protected: String?
  /// The name that was given for it.
  package var confirmed: String?
  /// Names decisions and runs that are started.
  package var decisions: DecisionSource

  /// A context.
  package init(
    form: OutputForm = .table,
    width: Int? = nil,
    zone: Zone = .utc,
    workflow: WorkflowID? = nil,
    readOnly: String? = nil,
    protected: String? = nil,
    confirmed: String? = nil,
    decisions: DecisionSource
  ) {
    self.form = form
    self.width = width
    self.zone = zone
    self.workflow = workflow
    self.readOnly = readOnly
    self.protected = protected
    self.confirmed = confirmed
    self.decisions = decisions
  }
}

extension ShellContext {
  /// A moment: for a terminal as the operator's clocks show it, else in full.
  func moment(_ moment: Timestamp) -> String {
    guard width != nil else { return moment.iso8601 }
    return local(moment)
  }

  /// A moment as the operator's clocks show it, with the zone.
  func local(_ moment: Timestamp) -> String {
    let date = CalendarTime(moment, offset: zone.offset).date
    return "\(date) \(zone.clock(moment)) \(zone.name)"
  }

  /// The time of day for a terminal, else the moment in full.
  func clock(_ moment: Timestamp) -> String {
    width == nil ? moment.iso8601 : zone.clock(moment, milliseconds: true)
  }
}
