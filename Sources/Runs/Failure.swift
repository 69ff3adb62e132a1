/// Why a run or a step failed.
package struct Failure: Sendable, Equatable {
  /// The product's code, such as `MCP_TOOL_FAILED`, or a word that we do not know.
  package var code: String?
  /// The step that is the cause.
  package var step: StepID?
  /// The cause in the server's words.
  package var message: String?

  /// A failure.
  package init(code: String? = nil, step: StepID? = nil, message: String? = nil) {
    self.code = code
    self.step = step
    self.message = message
  }

  /// What the code means and what to look at, for an operator; nil for codes we do not know.
  package var advice: String? { code.flatMap { Failure.advice[$0] } }

  private static let advice: [String: String] = [
    "MCP_TOOL_FAILED":
      "the tool answered with an error: check its arguments, the connection, and whether the "
      + "service is up",
    "LLM_REQUEST_FAILED":
      "the model provider refused or did not answer: check the provider's key and the model id",
    "LUA_SCRIPT_FAILED":
      "the step's script ended with an error: the message names its line",
    "VALIDATION_ERROR":
      "the data of the run is not what the graph asks for: the message names the field; repair "
      + "the input or the graph",
    "INSUFFICIENT_CREDITS":
      "the credits are used up: top up (spent in the order trial, included, pay as you go)",
    "RUN_STALLED_OR_TIMED_OUT":
      "nothing moved within the time allowed: raise timeout_s, or look for a hung service",
    "DRAIN_TIMEOUT":
      "a step in flight did not end while the run was draining: stop at once, then look at the "
      + "slow step",
    "RUN_STOPPED": "an operator stopped the run; nothing to repair",
    "HUMAN_TASK_FAILED": "the task could not be answered: check its payload and the graph",
    "UPSTREAM_ERROR": "a service behind the runtime failed: try again later, see its status page",
    "DEPENDENCY_UNAVAILABLE":
      "a service behind the runtime is not reachable: try again later, see its status page",
  ]
}
