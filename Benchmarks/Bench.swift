internal import Glibc

/// The two programs, and how often they are measured.
struct Bench {
  let front: Program
  let reference: Program
  let runs: Int
  /// How many keys are typed in a run.
  let keys: Int
  /// How long a program is left alone, in polls of three seconds.
  let idlePolls: Int

  init(_ options: Options) throws(Mistake) {
    front = Program(path: options.front)
    reference = Program(path: options.reference)
    runs = options.runs
    keys = options.isQuick ? 50 : 200
    idlePolls = options.isQuick ? 2 : 10
  }

  /// Measures both programs in alternation, each as often as asked for, each first every other time.
  func alternate<Value>(
    reference: Program? = nil,
    _ measure: (Program) throws(Mistake) -> Value
  ) throws(Mistake) -> Pair<[Value]> {
    let other = reference ?? self.reference
    var pair = Pair<[Value]>(front: [], reference: [])
    for run in 0..<runs {
      if run.isMultiple(of: 2) {
        pair.front.append(try measure(front))
        pair.reference.append(try measure(other))
      } else {
        pair.reference.append(try measure(other))
        pair.front.append(try measure(front))
      }
    }
    return pair
  }

  /// The rows of a group.
  func figures(of group: Group) throws(Mistake) -> [Figure] {
    switch group {
    case .start: try startFigures()
    case .keys: try keyFigures()
    case .bytes: try byteFigures()
    case .polls: try pollFigures()
    case .idle: try idleFigures()
    case .memory: try memoryFigures()
    case .exit: try exitFigures()
    case .rooms: try RoomMeasures(runs: runs).figures()
    }
  }

  /// Whether the group measures programs, which must then be there.
  static func needsPrograms(_ groups: [Group]) -> Bool { groups.contains { $0 != .rooms } }
}

extension Pair {
  /// The same of both.
  func map<Other>(_ transform: (Value) -> Other) -> Pair<Other> {
    Pair<Other>(front: transform(front), reference: transform(reference))
  }

  /// Each beside its like.
  func joined<Other>(with other: Pair<Other>) -> Pair<(Value, Other)> {
    Pair<(Value, Other)>(
      front: (front, other.front),
      reference: (reference, other.reference)
    )
  }
}

extension [Pair<Double>] {
  /// The samples of each, in order.
  var columns: Pair<[Double]> {
    Pair<[Double]>(front: map(\.front), reference: map(\.reference))
  }
}
