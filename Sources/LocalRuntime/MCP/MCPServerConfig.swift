import Transport

/// An MCP server of the configuration.
struct MCPServerConfig: Sendable, Equatable {
  /// Where a server is that is not started here.
  struct Endpoint: Sendable, Equatable {
    var url: String
    /// What goes with every request.
    var headers: [Header] = []
    /// Why it cannot be called: `the variable KEY is not set`; nil when every secret is there.
    var trouble: String?
  }

  /// What graphs call it in `instance_id`.
  var name: String
  /// Program and arguments; never empty for one that is started, never a shell.
  var command: [String]
  /// Where it is started; nil for the runtime's own folder.
  var directory: String?
  /// Its whole environment.
  var environment: [String: String]
  /// Where it is; nil for one that is started and spoken to over its standard input.
  var endpoint: Endpoint?
  /// What graphs call it besides its name: an `instance_id` or a `server_url` of elsewhere.
  var aliases: [String] = []
}
