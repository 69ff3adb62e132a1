/// An MCP server of the configuration.
struct MCPServerConfig: Sendable, Equatable {
  /// What graphs call it in `instance_id`.
  var name: String
  /// Program and arguments; never empty, never a shell.
  var command: [String]
  /// Where it is started; nil for the runtime's own folder.
  var directory: String?
  /// Its whole environment.
  var environment: [String: String]
}
