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

  /// The value at the end of a path; nil when there is none.
  ///
  /// A number between dots is an index into
  /// a list, or a key of an object.
  subscript(reference: TemplateReference) -> JSONValue? {
    let path = reference.path
    var value: JSONValue?
    let rest: ArraySlice<String>
    switch path[0] {
    case "input":
      value = input
      rest = path.dropFirst()
    case "run":
      value = .object(run)
      rest = path.dropFirst()
    default:
      value = path[2] == "result" ? results[path[1]] : stepInputs[path[1]]
      rest = path.dropFirst(3)
    }
    for name in rest {
      switch value {
      case .object(let object): value = object[name]
      case .array: value = Int(name).flatMap { value?[$0] }
      default: return nil
      }
    }
    return value
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
