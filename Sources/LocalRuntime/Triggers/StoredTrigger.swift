import JSON
import Runs

/// A schedule that starts runs of a workflow.
struct StoredTrigger: Sendable, Equatable {
  var id: String
  var workflow: String
  var name: String?
  var isEnabled = true
  var cron: String
  /// The name of the time zone that the times are in.
  var zone = "UTC"
  var catchUp = CatchUp.fireOnce
  /// How late a start may still be made.
  var graceMinutes = 15
  /// Params of the start: `trigger_payload`, `trigger_steps`, `excluded_step_ids`,
  /// `use_run_setup_defaults`.
  var params: JSONObject = [:]
  /// When it comes due; nil when it does not.
  var next: Timestamp?
  /// What it came due for last, and what came of that.
  var last: Outcome?
  var createdAt: Timestamp
  var updatedAt: Timestamp
  var createdBy: String
  /// The token in whose name runs are started: of whoever made or changed it last.
  var automation: String

  /// What is done about times that passed while nobody looked.
  enum CatchUp: String, Sendable, CaseIterable {
    /// One start for the last of them, when it is not longer ago than the grace.
    case fireOnce = "fire_once_within_grace"
    /// None, but for the minute in which it comes due.
    case skip
  }

  /// What came of a time that came due.
  struct Outcome: Sendable, Equatable {
    var slot: Timestamp
    /// The run that was started.
    var run: String?
    /// Why none was.
    var reason: String?
  }

  static let paramNames = [
    "trigger_payload", "trigger_steps", "excluded_step_ids", "use_run_setup_defaults",
  ]

  /// How late a start may still be made, by the policy.
  var grace: Duration { .seconds(catchUp == .skip ? 60 : max(1, graceMinutes) * 60) }

  /// The id of the run for a moment: the same whenever it is asked for, so that a start that is made
  /// again, as after a crash, makes no second run.
  func run(at slot: Timestamp) -> String { "\(id)-\(slot.milliseconds / 1000)" }

  /// The trigger as it is answered.
  var json: JSONValue {
    var config: JSONObject = ["cron": .string(cron), "timezone": .string(zone)]
    config["catchup_policy"] = .string(catchUp.rawValue)
    config["grace_minutes"] = .int(graceMinutes)
    var object: JSONObject = ["id": .string(id), "workflow_id": .string(workflow)]
    object["type"] = "cron"
    object["name"] = name.map { .string($0) }
    object["enabled"] = .bool(isEnabled)
    object["config"] = .object(config.merging(params))
    object["next_run_at"] = next.map { .string($0.iso8601) } ?? .null
    object["last_run_at"] = (last?.slot).map { .string($0.iso8601) } ?? .null
    object["last_run_id"] = (last?.run).map { .string($0) }
    object["last_error"] = (last?.reason).map { .string($0) }
    object["created_at"] = .string(createdAt.iso8601)
    object["updated_at"] = .string(updatedAt.iso8601)
    object["created_by"] = .string(createdBy)
    object["automation_pat_id"] = .string(automation)
    return .object(object)
  }
}

extension StoredTrigger {
  /// Reads ``json``; nil when it is something else.
  init?(_ value: JSONValue) {
    func moment(_ name: String) -> Timestamp? {
      (value[name]?.string).flatMap(Timestamp.init(iso8601:))
    }
    guard let id = value["id"]?.string, let workflow = value["workflow_id"]?.string,
      let config = value["config"]?.object, let cron = config["cron"]?.string,
      let created = moment("created_at"), let by = value["created_by"]?.string
    else { return nil }
    self.init(
      id: id,
      workflow: workflow,
      cron: cron,
      createdAt: created,
      updatedAt: moment("updated_at") ?? created,
      createdBy: by,
      // Of a token in the token file, the name is the id.
      automation: value["automation_pat_id"]?.string ?? by
    )
    name = value["name"]?.string
    isEnabled = value["enabled"]?.bool ?? true
    zone = config["timezone"]?.string ?? zone
    catchUp = (config["catchup_policy"]?.string).flatMap(CatchUp.init(rawValue:)) ?? catchUp
    graceMinutes = config["grace_minutes"]?.int ?? graceMinutes
    params = config.keeping(Self.paramNames)
    next = moment("next_run_at")
    last = moment("last_run_at").map { slot in
      Outcome(
        slot: slot,
        run: value["last_run_id"]?.string,
        reason: value["last_error"]?.string
      )
    }
  }
}
