/// Which steps of a graph come before which, directly or not.
///
/// Made once for the whole graph: a thousand steps that each depend on hundreds are nothing special.
struct Ancestors {
  private let places: [String: Int]
  /// By place, a bit for each step that comes before.
  private var before: [[UInt64]]
  /// Steps that wait for each other in a circle, or for one that does: of them nothing can be told.
  private var isOpen: [Bool]

  init(_ steps: [GraphStep]) {
    places = Dictionary(steps.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let words = (steps.count + 63) / 64
    before = Array(repeating: Array(repeating: 0, count: words), count: steps.count)
    isOpen = Array(repeating: true, count: steps.count)
    let dependencies = steps.map { step in step.dependsOn.compactMap { places[$0] } }
    var waits = dependencies.map(\.count)
    var dependents: [[Int]] = Array(repeating: [], count: steps.count)
    for (at, list) in dependencies.enumerated() {
      for earlier in list { dependents[earlier].append(at) }
    }
    var ready = steps.indices.filter { waits[$0] == 0 }
    while let at = ready.popLast() {
      isOpen[at] = false
      for earlier in dependencies[at] {
        for word in 0..<words { before[at][word] |= before[earlier][word] }
        before[at][earlier / 64] |= 1 << UInt64(earlier % 64)
      }
      for later in dependents[at] {
        waits[later] -= 1
        if waits[later] == 0 { ready.append(later) }
      }
    }
  }

  /// Whether a step is done before another begins; true where a circle leaves it open.
  func isBefore(_ first: String, _ second: String) -> Bool {
    guard let earlier = places[first], let later = places[second], first != second else {
      return false
    }
    return isOpen[later] || before[later][earlier / 64] & 1 << UInt64(earlier % 64) != 0
  }
}
