import JSON

/// What each step of a graph waits for: its dependencies, and for one that is switched off what that
/// waits for in turn.
///
/// Made once for the whole graph, as ``Ancestors`` is.
struct Gates: Sendable, Equatable {
  private let places: [String: Int]
  /// By place, a bit for each step that is waited for.
  private var before: [[UInt64]]

  init(_ steps: [GraphStep]) {
    places = Dictionary(steps.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let words = (steps.count + 63) / 64
    before = Array(repeating: Array(repeating: 0, count: words), count: steps.count)
    // Of steps in a circle nothing can be told.
    for id in StepOrder.sort(steps).sorted {
      guard let at = places[id] else { continue }
      for gate in steps[at].dependsOn.compactMap({ places[$0] }) {
        if steps[gate].enabled {
          before[at][gate / 64] |= 1 << UInt64(gate % 64)
        } else {
          for word in 0..<words { before[at][word] |= before[gate][word] }
        }
      }
    }
  }

  /// The places of the steps that a step waits for, in the order of the graph.
  func places(before step: String) -> [Int] {
    guard let at = places[step] else { return [] }
    return before[at].enumerated().flatMap { word, bits in
      bits == 0 ? [] : (0..<64).filter { bits & 1 << UInt64($0) != 0 }.map { word * 64 + $0 }
    }
  }
}

/// Whether a step knows what was answered to tasks before it.
extension GraphStep {
  /// The first of some tasks whose rejection means something that the step does not decide by itself:
  /// it has no condition of its own, and does not read the answer.
  func unaware(ofAnswerTo tasks: [GraphStep]) -> GraphStep? {
    guard !tasks.isEmpty, condition == nil, skipWhen == nil else { return nil }
    let parts = [self] + (loop?.body ?? [])
    guard !parts.contains(where: \.mentionsApproval) else { return nil }
    let answers = Set(parts.flatMap(\.answersRead))
    return tasks.first { !answers.contains($0.id) }
  }

  private var mentionsApproval: Bool {
    if type == .luaScript, let script { return script.contains("approved") }
    if case .whileLoop(let loop)? = loop?.kind { return loop.script?.contains("approved") ?? false }
    return false
  }

  /// The steps whose `approved`, or whole result, its templates read.
  private var answersRead: [String] {
    references.compactMap { reference in
      guard let id = reference.stepID, reference.path[2] == "result" else { return nil }
      return reference.path.count == 3 || reference.path[3] == "approved" ? id : nil
    }
  }

  /// The fields of the run's input that its templates read.
  var inputRead: Set<String> {
    Set(references.compactMap { $0.path[0] == "input" && $0.path.count > 1 ? $0.path[1] : nil })
  }

  /// What its templates and conditions read.
  private var references: [TemplateReference] {
    var found = (try? Template.references(in: .object(parameters))) ?? []
    var conditions = [condition, skipWhen]
    if case .whileLoop(let loop)? = loop?.kind { conditions.append(loop.condition) }
    for condition in conditions.compactMap({ $0 }) {
      found += (try? Template.references(inCondition: condition)) ?? []
    }
    return found.map(\.reference)
  }
}
