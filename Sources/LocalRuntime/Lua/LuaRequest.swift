import JSON

/// What a child process is asked to run: a script, and what it can read.
struct LuaRequest: Sendable, Equatable {
  var script: String
  /// How long it may take, in seconds.
  var seconds: Double
  /// Whether the script decides about a loop, so that only truth or falsehood is wanted of it.
  var isTest = false
  /// What the script's global names stand for.
  var scope: TemplateScope

  /// The request as bytes.
  ///
  /// Results stand in lists, since an object of thousands is slow to build.
  var bytes: [UInt8] {
    var object: JSONObject = [
      "script": .string(script), "test": .bool(isTest), "input": scope.input,
      "run": .object(scope.run), "body": Self.pairs(scope.body),
    ]
    if let number = JSONNumber("\(seconds)") { object["seconds"] = .number(number) }
    let ids = Set(scope.results.keys).union(scope.stepInputs.keys).sorted()
    object["steps"] = .array(
      ids.map { .array([.string($0), scope.results[$0] ?? .null, scope.stepInputs[$0] ?? .null]) }
    )
    object["item"] = scope.item
    object["index"] = scope.index.map { .int($0) }
    object["iteration"] = scope.iteration.map { .int($0) }
    object["previous"] = scope.previous.map { previous in
      .array(previous.members.map { .array([.string($0.key), $0.value]) })
    }
    return JSONWriter.bytes(.object(object))
  }

  private static func pairs(_ values: [String: JSONValue]) -> JSONValue {
    .array(values.keys.sorted().map { .array([.string($0), values[$0] ?? .null]) })
  }
}

/// How a script ended, as its process says it.
enum LuaAnswer: Sendable, Equatable {
  case result(JSONValue)
  /// The script's own mistake.
  case failed(String)
  /// It wanted more memory than it may have.
  case memory
  /// The process was not asked in a way it understands.
  case misunderstood

  /// More bytes than this are no result: 1 MiB.
  static let maximumResult = 1024 * 1024

  /// Reads what the process wrote; nil when that is no answer.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), let member = value.object?.members.first
    else { return nil }
    switch member.key {
    case "result": self = .result(member.value)
    case "failed": self = .failed(member.value.string ?? "")
    case "memory": self = .memory
    case "misunderstood": self = .misunderstood
    default: return nil
    }
  }
}
