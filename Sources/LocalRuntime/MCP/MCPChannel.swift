/// What a running server and its connection say to each other.
struct MCPChannel: Sendable {
  /// Lines for the server; its end closes the server's standard input.
  let outgoing: AsyncStream<[UInt8]>
  /// Its end orders the server to be ended: politely, then less so.
  let stop: AsyncStream<Never>
  /// Takes what comes from the server; the next is read when it returns.
  let deliver: @Sendable (MCPDelivery) async -> Void
}

/// What comes from a running server.
enum MCPDelivery: Sendable {
  /// A line of its standard output.
  case line([UInt8])
  /// The beginning of a line that is too long; the rest of it is not kept.
  case oversized([UInt8])
  /// Bytes of its standard error.
  case complaint([UInt8])
  /// So many bytes of ``MCPChannel/outgoing`` were written.
  case wrote(Int)
}

/// How a server ended.
struct MCPEnding: Sendable, Equatable {
  /// Whether it never ran.
  var failedToStart = false
  /// What happened: `exited with status 3`.
  var what: String
}

/// Runs a server until it ends by itself or is stopped.
typealias MCPRunner = @Sendable (MCPServerConfig, MCPChannel) async -> MCPEnding
