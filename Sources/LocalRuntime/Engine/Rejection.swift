package import JSON
import Runs
import RuntimeAPI

/// Why a request is not granted, as the API says it.
package struct Rejection: Error, Sendable, Equatable {
  /// The HTTP status.
  package var status: Int
  /// A word for programs, such as `CONFLICT`.
  package var code: String
  /// One sentence: what, and what to do.
  package var message: String
  /// What else is known: the present status, or who answered and when.
  package var details: JSONObject
  /// Whether something that is kept cannot be read, so that no other try goes better; not answered.
  var isUnreadable = false

  /// A rejection.
  package init(_ status: Int, _ code: String, _ message: String, details: JSONObject = [:]) {
    self.status = status
    self.code = code
    self.message = message
    self.details = details
  }

  /// The error envelope.
  package var json: JSONValue {
    ErrorEnvelope(message: message, code: code, details: details).json
  }

  /// 400: the request itself is wrong.
  static func malformed(_ message: String) -> Rejection {
    Rejection(400, "BAD_REQUEST", message)
  }

  /// 401: whoever asks is not known.
  static func unauthorized(_ message: String) -> Rejection {
    Rejection(401, "UNAUTHORIZED", message)
  }

  /// 403: whoever asks may not.
  static func forbidden(_ message: String, details: JSONObject = [:]) -> Rejection {
    Rejection(403, "FORBIDDEN", message, details: details)
  }

  /// 422: the request can be read, but not carried out.
  static func invalid(_ message: String, details: JSONObject = [:]) -> Rejection {
    Rejection(422, "VALIDATION_ERROR", message, details: details)
  }

  /// 404: there is no such thing.
  static func missing(_ kind: String, _ id: String) -> Rejection {
    Rejection(404, "NOT_FOUND", "there is no \(kind) “\(id)”")
  }

  /// 409: something else stands in the way.
  static func taken(_ message: String, details: JSONObject = [:]) -> Rejection {
    Rejection(409, "CONFLICT", message, details: details)
  }

  /// 409: the workflow is out of use.
  static func archived(_ workflow: StoredWorkflow) -> Rejection {
    .taken(
      "workflow “\(workflow.name)” is archived; it cannot be started or changed any more",
      details: ["status": "archived"]
    )
  }

  /// 409: the run's status does not allow the command.
  static func conflict(_ run: Run, _ wanted: String) -> Rejection {
    var details: JSONObject = ["status": .string(run.status.word)]
    details["status_by"] = run.statusBy.map { .string($0) }
    details["status_at"] = (run.statusAt?.iso8601).map { .string($0) }
    let hint =
      switch run.status {
      case .completed, .failed, .stopped: "a run that has ended stays as it is; start a new one"
      case .paused where wanted == "paused": "resume it to go on"
      default: "read the run and decide again"
      }
    return Rejection(
      409,
      "CONFLICT",
      "the run is \(run.status.word) and cannot be \(wanted); \(hint)",
      details: details
    )
  }
}
