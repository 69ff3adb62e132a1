import JSON

/// What a `for_each` or a `while` repeats, and how.
struct Loop: Sendable, Equatable {
  /// Which loop it is.
  enum Kind: Sendable, Equatable {
    case forEach(ForEach)
    case whileLoop(While)
  }

  /// Its kind, with what only that kind has.
  private(set) var kind: Kind
  /// The inner steps in the author's order.
  let body: [GraphStep]
  /// Their ids, each behind those it depends on; ties in the author's order.
  let bodyOrder: [String]

  private let indices: [String: Int]

  /// A loop over steps with unique ids.
  init(kind: Kind, body: [GraphStep], bodyOrder: [String]) {
    self.kind = kind
    self.body = body
    self.bodyOrder = bodyOrder
    indices = Dictionary(body.enumerated().map { ($1.id, $0) }) { first, _ in first }
  }

  /// The loop with the bounds that it is begun with; others than it may have are left aside.
  func begun(with fields: JSONObject) -> Loop {
    var loop = self
    switch kind {
    case .forEach(var each):
      let most = fields[LoopField.maximumParallel]?.int ?? each.maximumParallel
      guard 1...ForEach.mostParallel ~= most else { return self }
      each.maximumParallel = most
      loop.kind = .forEach(each)
    case .whileLoop(var repeats):
      let most = fields[LoopField.maximumIterations]?.int ?? repeats.maximumIterations
      guard 1...While.mostIterations ~= most else { return self }
      repeats.maximumIterations = most
      loop.kind = .whileLoop(repeats)
    }
    return loop
  }

  /// What is wrong with fields that a start gives the loop; nil when nothing is.
  func trouble(with fields: JSONObject) -> String? {
    let bound: (field: String, range: ClosedRange<Int>)
    switch kind {
    case .forEach:
      do throws(LoopMistake) {
        if let items = fields[LoopField.items] { _ = try ForEach.elements(of: items) }
      } catch {
        return error.message
      }
      bound = (LoopField.maximumParallel, 1...ForEach.mostParallel)
    case .whileLoop: bound = (LoopField.maximumIterations, 1...While.mostIterations)
    }
    guard let value = fields[bound.field] else { return nil }
    guard let count = value.int, bound.range ~= count else {
      return "“\(bound.field)” must be a whole number from \(bound.range.lowerBound) to "
        + "\(bound.range.upperBound)"
    }
    return nil
  }

  /// The inner step of an id, or nil.
  func step(_ id: String) -> GraphStep? { indices[id].map { body[$0] } }

  /// The body once for each item of a list.
  struct ForEach: Sendable, Equatable {
    /// More items than this are refused.
    static let maximumItems = 500
    /// More items at once than this are refused.
    static let mostParallel = 100

    /// A list, or a template that gives one.
    let items: JSONValue
    /// How many items are worked on at once.
    var maximumParallel: Int
    /// How long the body may take for one item; nil without a limit of its own.
    let itemTimeout: Duration?
    let policy: ErrorPolicy

    /// The items that a resolved value stands for.
    ///
    /// Null and the empty object (how Lua writes an empty list) are no item; a value that is no list
    /// is one item.
    /// - Throws: ``LoopMistake`` when there are too many.
    static func elements(of value: JSONValue) throws(LoopMistake) -> [JSONValue] {
      switch value {
      case .null: return []
      case .object(let object) where object.isEmpty: return []
      case .array(let items):
        guard items.count <= maximumItems else {
          throw LoopMistake(
            message: "the loop has \(items.count) items; at most \(maximumItems) are allowed"
          )
        }
        return items
      default: return [value]
      }
    }
  }

  /// What an item does whose body failed.
  enum ErrorPolicy: String, Sendable, CaseIterable {
    /// It fails the loop, and so the run.
    case failFast = "fail_fast"
    /// Its error stands in the results, and the others go on.
    case continueOnError = "continue_on_error"
    /// It pauses the run.
    case pause
    /// It asks a person.
    case humanReview = "human_review"
  }

  /// The body again and again, at least once.
  struct While: Sendable, Equatable {
    /// More iterations than this are refused.
    static let mostIterations = 10_000

    let mode: Mode
    var maximumIterations: Int
    /// A condition as a step has; nil when there is none.
    let condition: JSONValue?
    /// A Lua script that decides; it wins over the condition.
    let script: String?
    /// How long one iteration may take; nil without a limit of its own.
    let iterationTimeout: Duration?
  }

  /// What the outcome of a test means.
  enum Mode: String, Sendable, CaseIterable {
    /// The loop ends when the test holds.
    case until
    /// The loop goes on while the test holds.
    case whileTrue = "while"
  }

  /// No step may take longer within a loop, in seconds.
  static let maximumTimeout = 3600.0
}

/// Why a loop cannot begin.
struct LoopMistake: Error, Sendable, Equatable {
  /// One sentence.
  var message: String
}
