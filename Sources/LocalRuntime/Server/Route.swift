import Runs

/// What the paths of the API name.
enum Route: Sendable, Hashable {
  case health
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
  case validation(workflow: String)

  /// The route of a path, or nil when nothing stands there.
  init?(_ path: [String]) {
    if path == ["healthz"] {
      self = .health
      return
    }
    guard path.first == "v1" else { return nil }
    switch path.dropFirst().first {
    case "runs" where path.count == 2: self = .runs(workflow: nil)
    case "tasks" where path.count == 3 && path[2] == "pending": self = .pendingTasks(nil)
    case "workflows": self.init(workflow: Array(path.dropFirst(2)))
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
      default: return nil
      }
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

  /// The methods that the route knows.
  var methods: [String] {
    switch self {
    case .command, .completion, .validation: ["POST"]
    case .workflows, .versions: ["GET", "POST"]
    case .workflow: ["GET", "PATCH", "DELETE"]
    default: ["GET"]
    }
  }
}
