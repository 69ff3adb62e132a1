/// The documented types of steps.
enum StepType: Sendable, Equatable {
  case humanTask
  case mcpCall
  case llmCall
  case luaScript
  case forEach
  case whileLoop
  case workflowCall
  /// A documented type that this runtime does not execute.
  case refused(String)
  /// A type that the documentation removed.
  case removed(String)
  case unknown(String)

  /// The types that this runtime executes.
  static let executed = [
    "human_task", "mcp_call", "llm_call", "lua_script", "for_each", "while", "workflow_call",
  ]
  /// The types that may stand in the body of a loop.
  static let inLoops = ["mcp_call", "llm_call", "lua_script", "workflow_call"]

  private static let refusedWords: Set<String> = ["agent_call", "external_agent"]
  private static let removedWords: Set<String> = ["condition", "parallel", "sequence"]

  init(_ word: String) {
    switch word {
    case "human_task": self = .humanTask
    case "mcp_call": self = .mcpCall
    case "llm_call": self = .llmCall
    case "lua_script": self = .luaScript
    case "for_each": self = .forEach
    case "while": self = .whileLoop
    case "workflow_call": self = .workflowCall
    case _ where Self.refusedWords.contains(word): self = .refused(word)
    case _ where Self.removedWords.contains(word): self = .removed(word)
    default: self = .unknown(word)
    }
  }

  /// The word in the graph.
  var word: String {
    switch self {
    case .humanTask: "human_task"
    case .mcpCall: "mcp_call"
    case .llmCall: "llm_call"
    case .luaScript: "lua_script"
    case .forEach: "for_each"
    case .whileLoop: "while"
    case .workflowCall: "workflow_call"
    case .refused(let word), .removed(let word), .unknown(let word): word
    }
  }

  /// Whether its work is that of the steps in its body.
  var isLoop: Bool { self == .forEach || self == .whileLoop }

  /// Every documented word.
  static var words: [String] { executed + refusedWords.sorted() }
}
