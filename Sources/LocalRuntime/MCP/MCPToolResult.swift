import JSON

/// Reads what `tools/call` answered.
enum MCPToolResult {
  /// Texts of servers are cut here before they stand in a sentence.
  private static let longestText = 4096

  /// The tool's fields: `structuredContent`, else a single text that is a JSON object, else
  /// `{"text"}`, else `{"content"}`.
  /// - Throws: ``MCPFailure`` when the tool says that it failed, or the answer is no result.
  static func value(of answer: JSONValue, from tool: String) throws(MCPFailure) -> JSONValue {
    guard case .object(let answer) = answer else {
      throw MCPFailure(.protocolBroken, "\(tool) answered \(answer.typeName), not a result")
    }
    let content = answer["content"]?.array ?? []
    let texts = content.filter { $0["type"] == "text" }.compactMap { $0["text"]?.string }
    if answer["isError"]?.bool == true {
      let text = texts.joined(separator: "\n")
      guard !text.isEmpty else {
        throw MCPFailure(.toolError, "\(tool) failed and did not say why")
      }
      let words = cut(text)
      throw MCPFailure(.toolError, words, isTransient: PassingTrouble.isTold(in: words))
    }
    if let structured = answer["structuredContent"], structured.object != nil { return structured }
    guard content.count == 1, let text = texts.first else { return ["content": .array(content)] }
    if let object = try? JSONValue(parsing: text), object.object != nil { return object }
    return ["text": .string(text)]
  }

  /// The text, with its end cut off when it is too long for a sentence.
  static func cut(_ text: String) -> String {
    text.utf8.count <= longestText ? text : String(text.prefix(longestText)) + "…"
  }
}
