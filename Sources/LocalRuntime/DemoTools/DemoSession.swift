import JSON

/// One conversation with a client: answers at once what it can, and works on calls side by side.
actor DemoSession {
  private let output: DescriptorWriter
  /// The calls at work, by the text of their ids.
  private var calls: [String: Task<Void, Never>] = [:]

  init(output: DescriptorWriter) {
    self.output = output
  }

  /// Takes one line.
  func receive(_ line: [UInt8]) async {
    guard let messages = MCPMessage.messages(in: line) else {
      return await send(
        .refusal(id: .null, code: MCPMessage.parseError, message: "the line is no message")
      )
    }
    for message in messages { await receive(message) }
  }

  /// Cancels the calls at work and waits for them.
  func giveUp() async {
    let open = calls
    calls = [:]
    for call in open.values { call.cancel() }
    for call in open.values { await call.value }
  }

  private func receive(_ message: MCPMessage) async {
    switch message {
    case .request(let id, let method, let params): await answer(id, method, params)
    case .notification("notifications/cancelled", let params):
      guard let id = params["requestId"] else { return }
      calls.removeValue(forKey: JSONWriter.text(id))?.cancel()
    case .notification, .response, .refusal: break
    }
  }

  private func answer(_ id: JSONValue, _ method: String, _ params: JSONObject) async {
    switch method {
    case "initialize": await send(.response(id: id, result: Self.greeting(params)))
    case "ping": await send(.response(id: id, result: [:]))
    case "tools/list": await send(.response(id: id, result: ["tools": DemoTool.list]))
    case "tools/call": await begin(id, params)
    default:
      await send(
        .refusal(id: id, code: MCPMessage.methodNotFound, message: "there is no “\(method)” here")
      )
    }
  }

  private static func greeting(_ params: JSONObject) -> JSONValue {
    let wanted = params["protocolVersion"]?.string ?? ""
    let version =
      MCPMessage.knownVersions.contains(wanted) ? wanted : MCPMessage.preferredVersion
    return [
      "protocolVersion": .string(version), "capabilities": ["tools": [:]],
      "serverInfo": ["name": "command-center-demo-tools", "version": "1.0"],
    ]
  }

  private func begin(_ id: JSONValue, _ params: JSONObject) async {
    let key = JSONWriter.text(id)
    guard let tool = params["name"]?.string.flatMap({ DemoTool(rawValue: $0) }) else {
      let name = params["name"]?.string ?? ""
      return await send(
        .refusal(
          id: id,
          code: MCPMessage.invalidParameters,
          message: "there is no tool “\(name)”"
        )
      )
    }
    guard calls[key] == nil else {
      return await send(
        .refusal(
          id: id,
          code: MCPMessage.invalidParameters,
          message: "the id \(key) is at work already"
        )
      )
    }
    let arguments = params["arguments"]?.object ?? [:]
    calls[key] = Task {
      // A call that was cancelled gets no answer: nobody waits for one.
      guard let result = await tool.perform(arguments), self.calls[key] != nil else { return }
      self.calls[key] = nil
      await self.send(.response(id: id, result: result))
    }
  }

  private func send(_ message: MCPMessage) async {
    await output.write(message.line)
  }
}
