/// The documented types of steps.
enum StepType: Sendable, Equatable {
  case humanTask
  case mcpCall
  /// A documented type whose execution is not in this version.
  case later(String)
  /// A type that the documentation removed.
  case removed(String)
  case unknown(String)

  /// The types that this version executes.
  static let executed = ["human_task", "mcp_call"]

  private static let laterWords: Set<String> = [
    "llm_call", "lua_script", "for_each", "while", "workflow_call", "agent_call", "external_agent",
  ]
  private static let removedWords: Set<String> = ["condition", "parallel", "sequence"]

  init(_ word: String) {
    switch word {
    case "human_task": self = .humanTask
    case "mcp_call": self = .mcpCall
    case _ where Self.laterWords.contains(word): self = .later(word)
    case _ where Self.removedWords.contains(word): self = .removed(word)
    default: self = .unknown(word)
    }
  }

  /// The word in the graph.
  var word: String {
    switch self {
    case .humanTask: "human_task"
    case .mcpCall: "mcp_call"
    case .later(let word), .removed(let word), .unknown(let word): word
    }
  }

  /// Every documented word.
  static var words: [String] { executed + laterWords.sorted() }
}
