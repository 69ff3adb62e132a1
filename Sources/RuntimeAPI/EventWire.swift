package import JSON
package import Runs

/// Events on the wire.
///
/// Shapes: "Run event types" of the API reference, and the older ones of the published OpenAPI file
/// (`type`, `timestamp`, the step inside `data`).
package enum EventWire {
  /// Reads a page of events.
  /// - Throws: ``JSONMistake`` when the body is no list of events.
  package static func page(_ body: [UInt8]) throws(JSONMistake) -> Page<RunEvent> {
    try ListReader.page(body, under: "events") {
      (bytes, at) throws(JSONMistake) in
      let start = at
      let value = try JSONScanner.value(bytes, &at, depth: 1)
      guard let event = read(value) else {
        throw JSONMistake(.unexpected, at: start, wanted: "an event with a type")
      }
      return event
    }
  }

  /// Reads one event; nil when it has no type.
  package static func read(_ value: JSONValue) -> RunEvent? {
    guard let type = value["event_type"]?.string ?? value["type"]?.string else { return nil }
    let data = value["data"]?.object ?? [:]
    let moment = (value["at"] ?? value["timestamp"] ?? value["created_at"])?.string
    return RunEvent(
      type: type,
      id: value["id"]?.identity,
      sequence: value["seq"]?.int,
      step: (value["step_id"]?.identity ?? data["step_id"]?.identity).map { StepID($0) },
      at: moment.flatMap(Timestamp.init(iso8601:)),
      data: data
    )
  }

  /// The event of a run as the embedded runtime answers it and as the shell prints it.
  package static func json(_ event: RunEvent, run: RunID) -> JSONValue {
    var object: JSONObject = [:]
    object["id"] = event.id.map { .string($0) }
    object["seq"] = event.sequence.map { .int($0) }
    object["run_id"] = .string(run.text)
    object["event_type"] = .string(event.type)
    object["step_id"] = (event.step?.text).map { .string($0) }
    object["at"] = RunWire.moment(event.at)
    object["data"] = .object(event.data)
    return .object(object)
  }
}
