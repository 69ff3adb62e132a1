import JSON

/// One message of the Model Context Protocol: JSON-RPC 2.0, one a line.
enum MCPMessage: Sendable, Equatable {
  case request(id: JSONValue, method: String, params: JSONObject)
  case notification(method: String, params: JSONObject)
  case response(id: JSONValue, result: JSONValue)
  case refusal(id: JSONValue, code: Int, message: String)

  /// The version that is offered first.
  static let preferredVersion = "2025-06-18"
  /// The versions whose tools are called the same way.
  static let knownVersions: Set<String> = [
    "2024-11-05", "2025-03-26", preferredVersion, "2025-11-25",
  ]
  /// Longer messages are refused: 16 MiB.
  static let maximumBytes = 16 * 1024 * 1024

  static let methodNotFound = -32_601
  static let invalidParameters = -32_602
  static let parseError = -32_700

  /// What a client says of itself in `initialize`.
  static let greeting: JSONObject = [
    "protocolVersion": .string(preferredVersion), "capabilities": [:],
    "clientInfo": ["name": "command-center-runtime", "version": "1.0"],
  ]

  /// The version that a server chose.
  /// - Throws: ``MCPFailure`` when it is none of those whose tools are called the same way.
  static func version(in answer: JSONValue, of server: String) throws(MCPFailure) -> String {
    let version = answer["protocolVersion"]?.string
    guard let version, knownVersions.contains(version) else {
      let theirs = version.map { "version “\($0)”" } ?? "no version"
      throw MCPFailure(
        .protocolBroken,
        "\(server) speaks \(theirs) of the protocol; known are "
          + knownVersions.sorted().joined(separator: ", ")
      )
    }
    return version
  }

  /// The messages of a line (older versions allow a list of them); nil when it holds none.
  static func messages(in line: [UInt8]) -> [MCPMessage]? {
    guard let value = try? JSONValue(parsing: line) else { return nil }
    guard case .array(let items) = value else { return MCPMessage(value).map { [$0] } }
    let messages = items.compactMap { MCPMessage($0) }
    return messages.isEmpty ? nil : messages
  }

  private init?(_ value: JSONValue) {
    guard case .object(let object) = value, object["jsonrpc"]?.string == "2.0" else { return nil }
    let params = object["params"]?.object ?? [:]
    switch (object["method"]?.string, object["id"]) {
    case (let method?, let id?): self = .request(id: id, method: method, params: params)
    case (let method?, nil): self = .notification(method: method, params: params)
    case (nil, let id?):
      if let error = object["error"] {
        self = .refusal(
          id: id,
          code: error["code"]?.int ?? 0,
          message: error["message"]?.string ?? "no message"
        )
      } else if let result = object["result"] {
        self = .response(id: id, result: result)
      } else {
        return nil
      }
    case (nil, nil): return nil
    }
  }

  /// The message as bytes, with the end of its line.
  var line: [UInt8] {
    var object: JSONObject = ["jsonrpc": "2.0"]
    switch self {
    case .request(let id, let method, let params):
      object["id"] = id
      object["method"] = .string(method)
      object["params"] = .object(params)
    case .notification(let method, let params):
      object["method"] = .string(method)
      if !params.isEmpty { object["params"] = .object(params) }
    case .response(let id, let result):
      object["id"] = id
      object["result"] = result
    case .refusal(let id, let code, let message):
      object["id"] = id
      object["error"] = ["code": .int(code), "message": .string(message)]
    }
    return JSONWriter.bytes(.object(object)) + [UInt8(ascii: "\n")]
  }
}
