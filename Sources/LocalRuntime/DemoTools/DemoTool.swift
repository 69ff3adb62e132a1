import JSON

/// The tools of the demo server.
enum DemoTool: String, CaseIterable {
  case sleep
  case echo
  case fail

  /// A day; longer waits are refused.
  private static let longestWait = 86_400.0

  /// The answer to `tools/list`.
  static var list: JSONValue {
    .array(
      allCases.map { tool in
        [
          "name": .string(tool.rawValue), "description": .string(tool.summary),
          "inputSchema": tool.schema,
        ]
      }
    )
  }

  private var summary: String {
    switch self {
    case .sleep: "Waits for so many seconds. Other arguments are for the reader."
    case .echo: "Answers its arguments."
    case .fail: "Fails with a message, at once or after so many seconds."
    }
  }

  private var schema: JSONValue {
    let seconds: JSONValue = [
      "type": "number", "minimum": 0, "maximum": .int(Int(Self.longestWait)),
    ]
    return switch self {
    case .sleep:
      ["type": "object", "properties": ["seconds": seconds], "required": ["seconds"]]
    case .echo: ["type": "object"]
    case .fail:
      [
        "type": "object",
        "properties": ["message": ["type": "string"], "after_seconds": seconds],
        "required": ["message"],
      ]
    }
  }

  /// Does the work; nil when it was cancelled meanwhile.
  func perform(_ arguments: JSONObject) async -> JSONValue? {
    switch self {
    case .echo: return Self.success(.object(arguments))
    case .sleep:
      guard let number = Self.wait("seconds", arguments) else { return Self.refusal("seconds") }
      guard await Self.pause(number.double) else { return nil }
      return Self.success(["slept": .number(number)])
    case .fail:
      let number = Self.wait("after_seconds", arguments)
      if number == nil, arguments["after_seconds"] != nil { return Self.refusal("after_seconds") }
      guard await Self.pause(number?.double ?? 0) else { return nil }
      return Self.failure(arguments["message"]?.string ?? "the tool was asked to fail")
    }
  }

  private static func wait(_ name: String, _ arguments: JSONObject) -> JSONNumber? {
    guard case .number(let number)? = arguments[name], (0...longestWait).contains(number.double)
    else { return nil }
    return number
  }

  /// Waits; false when the task was cancelled.
  private static func pause(_ seconds: Double) async -> Bool {
    do {
      try await Task.sleep(for: .seconds(seconds))
      return true
    } catch {
      return false
    }
  }

  private static func success(_ value: JSONValue) -> JSONValue {
    [
      "content": [["type": "text", "text": .string(JSONWriter.text(value))]],
      "structuredContent": value, "isError": false,
    ]
  }

  private static func failure(_ message: String) -> JSONValue {
    ["content": [["type": "text", "text": .string(message)]], "isError": true]
  }

  private static func refusal(_ name: String) -> JSONValue {
    failure("“\(name)” must be a number from 0 to \(Int(longestWait))")
  }
}
