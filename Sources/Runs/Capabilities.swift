/// What a backend can do; the front asks this rather than which backend it talks to.
package struct Capabilities: Sendable, Equatable {
  /// Whether a run can be paused and resumed.
  package var pausesRuns: Bool
  /// Which ways of stopping there are.
  package var stopModes: Set<StopMode>
  /// Whether a start takes a run id of ours, so that a lost answer can be settled.
  package var takesRunID: Bool
  /// Whether an answer to a task may carry fields.
  package var answersCarryFields: Bool

  /// Capabilities of a backend.
  package init(
    pausesRuns: Bool,
    stopModes: Set<StopMode>,
    takesRunID: Bool,
    answersCarryFields: Bool
  ) {
    self.pausesRuns = pausesRuns
    self.stopModes = stopModes
    self.takesRunID = takesRunID
    self.answersCarryFields = answersCarryFields
  }

  /// What AgentRuntime documents.
  package static let agentRuntime = Capabilities(
    pausesRuns: true,
    stopModes: [.graceful, .immediate],
    takesRunID: true,
    answersCarryFields: true
  )
}
