/// What `runtime.toml` says.
package struct RuntimeConfig: Sendable, Equatable {
  /// Where the runtime listens: `listen = "127.0.0.1:0"`.
  package var listen = ListenAddress.standard
  /// The folder of the data, as written; nil when the file does not say.
  package var data: String?
  /// The MCP servers, by name: `[mcp.NAME]`.
  package var servers: [Server] = []
  /// The endpoints for language models, by name: `[llm.NAME]`.
  package var models: [Model] = []
  /// What actions cost: `[prices]`.
  package var prices = Prices()
  /// What may be spent; nil without a limit.
  package var budget: Budget?
  /// How long runs are kept that have ended: `[retention] runs = "30d"`; nil keeps them all.
  package var retention: Duration?

  /// The only workspace that is answered for; nil takes any: `tenant = "acme"`.
  package var tenant: String?
  /// The only project that is answered for; nil takes any.
  package var project: String?
  /// How much may be asked: `[limits]`.
  package var limits = Limits()
  /// How runs go: `[runs]`.
  package var runs = Runs()

  /// How much may be asked.
  package struct Limits: Sendable, Equatable {
    /// Of one token; what a front does all day is a hundredth of it.
    package var requestsPerMinute = 60_000
    /// Of one webhook.
    package var webhooksPerMinute = 600

    /// The limits that hold when the file names none.
    package init() {}
  }

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
    /// Where it is, when it is not started here.
    package var url: String?
    /// What goes with every request to it.
    package var headers: [ConfiguredHeader] = []
    /// What graphs call it besides its name.
    package var aliases: [String] = []
  }

  /// What holds without a file.
  package init() {}

  /// Reads the text of a configuration.
  /// - Throws: ``ConfigMistake`` naming the place, or the key and what it should be.
  package static func read(text: String, file: String) throws(ConfigMistake) -> RuntimeConfig {
    try ConfigReader(file: file).read(text)
  }
}
