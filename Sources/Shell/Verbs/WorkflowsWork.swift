internal import Runs
internal import Triage

/// Lists the workflows.
struct WorkflowsWork: VerbWork {
  private let context: ShellContext

  init(_ context: ShellContext) { self.context = context }

  func begin(at now: Timestamp) -> [ShellEffect] { [.workflows] }

  func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .workflows(.success(let workflows)):
      let text = WorkflowOutput.text(workflows, context)
      let isEmpty = workflows.isEmpty && context.form == .table
      return [isEmpty ? .progress("the server has no workflow") : .out(text), .finish(.done)]
    case .workflows(.failure(let fault)): return fail(fault)
    case .interrupted: return [.leave]
    default: return []
    }
  }
}

extension Lookup<Workflow> {
  /// Finds the workflow that a name, an id, or words of a name mean.
  static func workflow(_ text: String, among workflows: [Workflow]) -> Lookup {
    let found = WorkflowMatch.candidates(text, among: workflows)
    if found.count == 1, let only = found.first { return .one(only) }
    return other(
      text,
      found,
      kind: "workflow",
      none: "no workflow is called \(text); \(offer(workflows))",
      line: { "\($0.id)  \($0.name)" }
    )
  }

  private static func offer(_ workflows: [Workflow]) -> String {
    guard !workflows.isEmpty else { return "the server has no workflow" }
    let names = workflows.prefix(10).map(\.name).joined(separator: ", ")
    return "there are \(names)\(workflows.count > 10 ? " and \(workflows.count - 10) more" : "")"
  }
}
