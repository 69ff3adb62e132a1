import JSON

/// What the templates of a run can read.
struct TemplateScope: Sendable, Equatable {
  /// The run's input, read as `input.…`.
  var input: JSONValue
  /// Results of completed steps by id, read as `steps.<id>.result.…`.
  var results: [String: JSONValue]
  /// Resolved parameters of started steps by id, read as `steps.<id>.input.…`.
  var stepInputs: [String: JSONValue]
  /// Facts of the run itself, read as `run.…`.
  var run: JSONObject
  /// The element that a `for_each` works on, read as `item` and `foreach.item`; nil outside of one.
  var item: JSONValue?
  /// Its place in the list from 0, read as `index` and `foreach.index`.
  var index: Int?
  /// Results of the inner steps of this iteration by id, read as `body.<id>.…`.
  var body: [String: JSONValue] = [:]
  /// The number of a `while`'s iteration, read as `while.iteration` and `loop.iteration`; nil
  /// outside of one.
  var iteration: Int?
  /// Results of the inner steps of the iteration before, read as `while.prev.<id>.…` and
  /// `loop.prev.<id>.…`; nil in the first.
  var previous: JSONObject?

  init(
    input: JSONValue = [:],
    results: [String: JSONValue] = [:],
    stepInputs: [String: JSONValue] = [:],
    run: JSONObject = [:]
  ) {
    self.input = input
    self.results = results
    self.stepInputs = stepInputs
    self.run = run
  }

  /// What `run.…` is documented to have; null where this runtime has nothing to say.
  static let runFacts: Set<String> = [
    "id", "run_id", "workflow_id", "workflow_name", "version", "started_at", "trigger_type",
    "external_id", "external_user_id", "principal_id", "user_id", "segment_id", "team_id",
  ]

  /// The value at the end of a path; nil when there is none.
  ///
  /// A number between dots is an index into
  /// a list, or a key of an object.
  subscript(reference: TemplateReference) -> JSONValue? {
    let (root, rest) = start(of: reference.path)
    var value = root
    for (place, name) in rest.enumerated() {
      switch value {
      case .object(let object):
        // Results of inner steps are read with and without the word `result` before their fields.
        if place == 0, name == "result", object[name] == nil, isInner(reference.path) { continue }
        value = object[name] ?? Self.written(name, in: object)
      case .array: value = Int(name).flatMap { value?[$0] }
      default: return nil
      }
    }
    return value
  }

  /// The value that the first names of a path stand for, and the names behind them.
  private func start(of path: [String]) -> (JSONValue?, ArraySlice<String>) {
    let second = path.count > 1 ? path[1] : ""
    switch (path[0], second) {
    case ("input", _): return (input, path.dropFirst())
    case ("run", _) where path.count == 2:
      return (run[second] ?? (Self.runFacts.contains(second) ? .null : nil), [])
    case ("run", _): return (.object(run), path.dropFirst())
    case ("item", _): return (item, path.dropFirst())
    case ("index", _): return (index.map { .int($0) }, path.dropFirst())
    case ("foreach", "item"): return (item, path.dropFirst(2))
    case ("foreach", "index"): return (index.map { .int($0) }, path.dropFirst(2))
    case ("body", _): return (body[second], path.dropFirst(2))
    case ("while", "iteration"), ("loop", "iteration"):
      return (iteration.map { .int($0) }, path.dropFirst(2))
    case ("while", "prev"), ("loop", "prev"):
      guard path.count > 2 else { return (previous.map { .object($0) }, []) }
      return (previous?[path[2]], path.dropFirst(3))
    case ("steps", _) where path.count > 2:
      let rest = path.dropFirst(3)
      switch path[2] {
      case "item": return (item, rest)
      case "input": return (stepInputs[second], rest)
      default: return (results[second] ?? body[second], rest)
      }
    default: return (nil, [])
    }
  }

  /// A field of the JSON object that a language model wrote as its text.
  ///
  /// Documented graphs read such fields as if they were the result's own.
  private static func written(_ name: String, in result: JSONObject) -> JSONValue? {
    guard result["tokens_out"] != nil, let text = result["text"]?.string, text.contains("{"),
      let value = try? JSONValue(parsing: text)
    else { return nil }
    return value[name]
  }

  private func isInner(_ path: [String]) -> Bool {
    path[0] == "body" || path[0] == "while" || path[0] == "loop"
  }

  /// The longest beginning of a path that has a value, for sentences; nil when not even the root has.
  func reach(_ reference: TemplateReference) -> TemplateReference? {
    let shortest = reference.stepID == nil ? 1 : 3
    for count in stride(from: reference.path.count - 1, through: shortest, by: -1) {
      let shorter = TemplateReference(path: Array(reference.path.prefix(count)))
      if let value = self[shorter], !value.isNull { return shorter }
    }
    return nil
  }
}
