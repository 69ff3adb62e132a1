package import Runs

/// What `runtime.toml` says.
package struct RuntimeConfig: Sendable, Equatable {
  /// Where the runtime listens: `listen = "127.0.0.1:0"`.
  package var listen = ListenAddress.standard
  /// The folder of the data, as written; nil when the file does not say.
  package var data: String?
  /// The MCP servers, by name: `[mcp.NAME]`.
  package var servers: [Server] = []
  /// What actions cost: `[prices]`.
  package var prices = Prices()
  /// What may be spent; nil without a limit.
  package var budget: Credits?

  /// An MCP server that graphs may name.
  package struct Server: Sendable, Equatable {
    /// What graphs call it.
    package var name: String
    /// Program and arguments.
    package var command: [String]
    /// Where it is started, as written.
    package var directory: String?
    /// Names of variables of the runtime that it may see.
    package var allowed: [String] = []
    /// Variables of its own.
    package var values: [String: String] = [:]
  }

  /// Prices of actions, in credits.
  package struct Prices: Sendable, Equatable {
    /// One step.
    package var step = Credits(microcredits: 5_000_000)
    /// One call of a tool, on top of its step.
    package var toolCall = Credits(microcredits: 0)
    /// One token of a language model, on top of its step.
    package var llmToken = Credits(microcredits: 0)

    /// The prices that hold when the file names none.
    package init() {}
  }

  /// What holds without a file.
  package init() {}

  /// Reads the text of a configuration.
  /// - Throws: ``ConfigMistake`` naming the place, or the key and what it should be.
  package static func read(text: String, file: String) throws(ConfigMistake) -> RuntimeConfig {
    try ConfigReader(file: file).read(text)
  }

  /// Variables that every server sees when the runtime has them.
  private static let common = [
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
  ]

  /// The servers with the environment each is started with: the common variables, the allowed
  /// ones and its own, nothing else of the runtime's.
  func mcpServers(environment: [String: String]) -> [MCPServerConfig] {
    servers.map { server in
      var seen: [String: String] = [:]
      for name in Self.common + server.allowed { seen[name] = environment[name] }
      seen.merge(server.values) { $1 }
      return MCPServerConfig(
        name: server.name,
        command: server.command,
        directory: server.directory,
        environment: seen
      )
    }
  }
}
