import Runs

/// What the paths of the API name.
enum Route: Sendable, Hashable {
  case health
  /// The description of all this.
  case document
  case runs(workflow: String?)
  case run(RunReference)
  case summary(RunReference)
  case context(RunReference)
  case events(RunReference)
  case pendingTasks(RunReference?)
  case task(TaskReference)
  case completion(TaskReference)
  case command(workflow: String)
  case workflows
  case workflow(String)
  case versions(workflow: String)
  case version(workflow: String, String)
  case validation(workflow: String)
  case live(workflow: String)
  case analytics(AnalyticsQuestion)
  case billingUsage
  case actionPricing
  case tokens
  case token(String)
  case triggers(workflow: String)
  case trigger(workflow: String, String)
  case webhooks
  case webhook(String)

  /// The route of a path, or nil when nothing stands there.
  init?(_ path: [String]) {
    if path == ["healthz"] {
      self = .health
      return
    }
    guard path.first == "v1" else { return nil }
    switch path.dropFirst().first {
    case "openapi.yaml" where path.count == 2: self = .document
    case "runs" where path.count == 2: self = .runs(workflow: nil)
    case "tasks" where path.count == 3 && path[2] == "pending": self = .pendingTasks(nil)
    case "workflows": self.init(workflow: Array(path.dropFirst(2)))
    case "analytics" where path.count == 3:
      guard let question = AnalyticsQuestion(rawValue: path[2]) else { return nil }
      self = .analytics(question)
    case "billing" where path == ["v1", "billing", "usage"]: self = .billingUsage
    case "billing" where path == ["v1", "billing", "action-pricing"]: self = .actionPricing
    case "inbound-webhooks" where path.count == 2: self = .webhooks
    case "inbound-webhooks" where path.count == 3: self = .webhook(path[2])
    case "pats" where path.count == 2: self = .tokens
    case "pats" where path.count == 3: self = .token(path[2])
    default: return nil
    }
  }

  /// What stands beneath `/v1/workflows`.
  private init?(workflow path: [String]) {
    guard let id = path.first else {
      self = .workflows
      return
    }
    switch path.count {
    case 1: self = .workflow(id)
    case 2:
      switch path[1] {
      case "runs": self = .runs(workflow: id)
      case "command": self = .command(workflow: id)
      case "versions": self = .versions(workflow: id)
      case "validate": self = .validation(workflow: id)
      case "stream": self = .live(workflow: id)
      case "triggers": self = .triggers(workflow: id)
      default: return nil
      }
    case 3 where path[1] == "versions": self = .version(workflow: id, path[2])
    case 3 where path[1] == "triggers": self = .trigger(workflow: id, path[2])
    default:
      guard path[1] == "runs" else { return nil }
      self.init(
        run: RunReference(workflow: WorkflowID(id), run: RunID(path[2])),
        Array(path.dropFirst(3))
      )
    }
  }

  /// What stands beneath a run.
  private init?(run: RunReference, _ path: [String]) {
    switch (path.count, path.first) {
    case (0, _): self = .run(run)
    case (1, "summary"): self = .summary(run)
    case (1, "context"): self = .context(run)
    case (1, "events"): self = .events(run)
    case (2, "tasks") where path[1] == "pending": self = .pendingTasks(run)
    case (2, "tasks"): self = .task(TaskReference(run: run, task: TaskID(path[1])))
    case (3, "tasks") where path[2] == "complete":
      self = .completion(TaskReference(run: run, task: TaskID(path[1])))
    default: return nil
    }
  }

  /// Whether the answer changes with the time, though nothing was written.
  var dependsOnTime: Bool {
    if case .analytics = self { return true }
    return false
  }

  /// The methods that the route knows.
  var methods: [String] {
    switch self {
    case .command, .completion, .validation: ["POST"]
    case .workflows, .versions, .tokens, .webhooks: ["GET", "POST"]
    case .triggers, .webhook: ["GET", "POST", "PATCH", "DELETE"]
    case .trigger: ["GET", "PATCH", "DELETE"]
    case .token: ["DELETE"]
    case .workflow: ["GET", "PATCH", "DELETE"]
    default: ["GET"]
    }
  }
}
