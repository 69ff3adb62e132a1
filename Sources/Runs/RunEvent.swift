package import JSON

/// Something that happened in a run.
package struct RunEvent: Sendable, Equatable {
  /// The server's name for the event; nil where it gives none.
  package var id: String?
  /// Its number within the run, rising; nil where the server counts none.
  package var sequence: Int?
  /// What happened, as the server's word.
  package var type: String
  /// The step it happened to.
  package var step: StepID?
  package var at: Timestamp?
  /// What else is known of it.
  package var data: JSONObject

  /// An event of a type.
  package init(
    type: String,
    id: String? = nil,
    sequence: Int? = nil,
    step: StepID? = nil,
    at: Timestamp? = nil,
    data: JSONObject = [:]
  ) {
    self.type = type
    self.id = id
    self.sequence = sequence
    self.step = step
    self.at = at
    self.data = data
  }

  /// Whether this is the synthetic completion of a step that never ran.
  package var isSkip: Bool { data["skipped"]?.bool == true }

  /// The error's text, whether it came bare or as an object with a message.
  package var errorText: String? {
    data["error"]?.string ?? data["error"]?["message"]?.string ?? data["message"]?.string
      ?? data["reason"]?.string
  }

  /// The failure's code, where the event names one.
  package var failureCode: String? {
    data["failure_code"]?.string ?? data["code"]?.string ?? data["error"]?["code"]?.string
  }

  /// The step that cancelled or blocked this one: by its failure, or as a task by being rejected.
  package var cause: StepID? {
    (data["caused_by_step_id"] ?? data["caused_by"] ?? data["blocked_by_step_id"])?.identity
      .map { StepID($0) }
  }

  /// Whether this is the end that a stop of the run made of a step in flight.
  package var isStop: Bool {
    failureCode == "RUN_STOPPED" && data["reason"]?.string == "run_stopped"
  }
}
