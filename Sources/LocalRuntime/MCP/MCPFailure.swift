/// Why a call of a tool gave no result.
struct MCPFailure: Error, Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// The tool itself says that it failed, or the server refused the call.
    case toolError
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

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
