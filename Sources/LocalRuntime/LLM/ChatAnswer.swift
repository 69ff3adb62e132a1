import JSON

/// The answer of a language model, put together from what came of it.
struct ChatAnswer: Sendable, Equatable {
  /// More bytes of text than this are refused: 4 MiB.
  static let maximumText = 4 * 1024 * 1024

  private(set) var text = ""
  private(set) var model: String?
  private(set) var tokensIn: Int?
  private(set) var tokensOut: Int?
  /// Whether the model said that it has ended.
  private(set) var isDone = false
  /// Whether anything of an answer came at all.
  private(set) var hasBegun = false
  /// Whether nothing more comes.
  private(set) var isOver = false

  /// What is wrong with an answer, in words that follow its endpoint's name.
  struct Mistake: Error, Equatable {
    var words: String
    /// Whether another attempt may go better.
    var isTransient = false
  }

  /// Longer names of models are cut.
  private static let longestName = 200

  /// Takes the data of one event of a stream.
  /// - Returns: The text that it adds.
  mutating func take(event bytes: [UInt8]) throws(Mistake) -> String {
    let end = Array("[DONE]".utf8)
    guard bytes != end else {
      guard hasBegun else { throw Mistake(words: "ended without an answer", isTransient: true) }
      isDone = true
      isOver = true
      return ""
    }
    guard let value = try? JSONValue(parsing: bytes), let event = value.object else {
      throw Mistake(words: "sent an event that is no JSON object: \(Self.beginning(of: bytes))")
    }
    try note(event)
    let choice = event["choices"]?[0]
    if choice?.object != nil { hasBegun = true }
    let piece = Self.content(choice?["delta"]?["content"] ?? .null)
    if choice?["finish_reason"]?.string != nil { isDone = true }
    text += piece
    try checkLength()
    return piece
  }

  /// Takes a whole answer.
  mutating func take(body bytes: [UInt8]) throws(Mistake) {
    guard let value = try? JSONValue(parsing: bytes), let body = value.object else {
      throw Mistake(words: "answered no JSON object: \(Self.beginning(of: bytes))")
    }
    try note(body)
    guard let choice = body["choices"]?[0], let message = choice["message"] else {
      throw Mistake(words: "answered without “choices”, so there is no text in it")
    }
    text = Self.content(message["content"] ?? .null)
    isDone = true
    try checkLength()
  }

  /// Takes the end of a stream.
  func checkEnd() throws(Mistake) {
    guard isDone else {
      throw Mistake(words: "ended the stream before the answer was whole", isTransient: true)
    }
  }

  private mutating func note(_ object: JSONObject) throws(Mistake) {
    if let error = object["error"], !error.isNull {
      throw Mistake(words: "reported: \(Self.words(of: error))", isTransient: true)
    }
    if let name = object["model"]?.string, !name.isEmpty {
      model = Self.cut(name)
    }
    guard let usage = object["usage"] else { return }
    tokensIn = Self.count(usage["prompt_tokens"]) ?? tokensIn
    tokensOut = Self.count(usage["completion_tokens"]) ?? tokensOut
  }

  private func checkLength() throws(Mistake) {
    guard text.utf8.count <= Self.maximumText else {
      throw Mistake(words: "answered more than \(Self.maximumText / 1_048_576) MiB of text")
    }
  }

  /// A count of tokens that can be one: what is charged must not be negative, nor absurd.
  private static func count(_ value: JSONValue?) -> Int? {
    guard let count = value?.int, (0...1_000_000_000).contains(count) else { return nil }
    return count
  }

  private static func cut(_ name: String) -> String {
    guard name.utf8.count > longestName else { return name }
    var cut = String.UnicodeScalarView()
    var room = longestName
    for scalar in name.unicodeScalars {
      room -= UTF8.width(scalar)
      guard room >= 0 else { break }
      cut.append(scalar)
    }
    return String(cut)
  }

  /// A text, or the texts of a list of parts.
  private static func content(_ value: JSONValue) -> String {
    if let text = value.string { return text }
    return (value.array ?? []).compactMap { $0["text"]?.string }.joined()
  }

  /// The words of an error, in the forms that endpoints give it.
  static func words(of error: JSONValue) -> String {
    let text = error.string ?? error["message"]?.string ?? JSONWriter.text(error)
    return MCPToolResult.cut(text)
  }

  /// The first words of what could not be read.
  static func beginning(of bytes: [UInt8]) -> String {
    guard !bytes.isEmpty else { return "nothing" }
    let text = String(decoding: bytes.prefix(120), as: UTF8.self)
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return "“\(line)\(bytes.count > 120 ? "…" : "")”"
  }
}
