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
}
