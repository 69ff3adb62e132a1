/// Why a call of a tool gave no result.
struct MCPFailure: Error, Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// The tool itself says that it failed, or the call could not be made as it is.
    case toolError
    /// The server refused the call with an error of the protocol.
    case refused
    case timedOut
    /// The calling task was cancelled.
    case cancelled
    /// The server's process ended while the call was in flight.
    case serverGone
    /// The server's process could not be started, or did not get through the handshake.
    case notStarted
    /// The server does not speak the protocol.
    case protocolBroken
    /// No server of this name is configured.
    case unknownServer
    /// The server has no tool of this name.
    case unknownTool
  }

  let kind: Kind
  /// One sentence.
  let message: String
  /// Whether another attempt may go better.
  let isTransient: Bool

  /// A failure; what is not said of its passing follows from its kind.
  init(_ kind: Kind, _ message: String, isTransient: Bool? = nil) {
    self.kind = kind
    self.message = message
    self.isTransient = isTransient ?? [.timedOut, .serverGone, .notStarted].contains(kind)
  }

  /// A server's error of the protocol.
  static func refusal(_ label: String, code: Int, words: String) -> MCPFailure {
    let said = "\(MCPToolResult.cut(words)) (code \(code))"
    return MCPFailure(
      .refused,
      "\(label) refused: \(said)",
      isTransient: PassingTrouble.isTold(in: said)
    )
  }
}
