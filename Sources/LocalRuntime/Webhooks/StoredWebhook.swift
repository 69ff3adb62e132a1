import JSON
import Runs

/// A subscription: who posts to it, signed with its secret, starts a run.
struct StoredWebhook: Sendable, Equatable {
  var id: String
  var workflow: String
  var name: String
  var isEnabled = true
  /// The token in whose name runs are started.
  var automation: String
  /// Params of the start that lie beneath the body.
  var extras: JSONObject = [:]
  var tenant: String?
  var project: String?
  var createdAt: Timestamp
  var updatedAt: Timestamp

  /// The subscription as it is answered, without its secret.
  var json: JSONValue {
    var object: JSONObject = ["id": .string(id)]
    object["tenant_id"] = tenant.map { .string($0) }
    object["project_id"] = project.map { .string($0) }
    object["workflow_id"] = .string(workflow)
    object["name"] = .string(name)
    object["enabled"] = .bool(isEnabled)
    object["automation_pat_id"] = .string(automation)
    object["extras"] = .object(extras)
    object["created_at"] = .string(createdAt.iso8601)
    object["updated_at"] = .string(updatedAt.iso8601)
    return .object(object)
  }
}

extension StoredWebhook {
  /// Reads ``json``; nil when it is something else.
  init?(_ value: JSONValue) {
    guard let id = value["id"]?.string, let workflow = value["workflow_id"]?.string,
      let name = value["name"]?.string, let automation = value["automation_pat_id"]?.string,
      let created = (value["created_at"]?.string).flatMap(Timestamp.init(iso8601:)),
      let updated = (value["updated_at"]?.string).flatMap(Timestamp.init(iso8601:))
    else { return nil }
    self.init(
      id: id,
      workflow: workflow,
      name: name,
      automation: automation,
      createdAt: created,
      updatedAt: updated
    )
    isEnabled = value["enabled"]?.bool ?? true
    extras = value["extras"]?.object ?? [:]
    tenant = value["tenant_id"]?.string
    project = value["project_id"]?.string
  }
}
