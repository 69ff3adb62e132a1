import Foundation

extension WorkflowGraph {
  /// The type of the step that an event names: by its id, or `parent#body#inner` within a loop.
  func stepType(ofEvents id: String) -> StepType? {
    if let step = step(id) { return step.type }
    guard let mark = id.range(of: "#body#") else { return nil }
    return step(String(id[..<mark.lowerBound]))?.loop?.step(String(id[mark.upperBound...]))?.type
  }
}
