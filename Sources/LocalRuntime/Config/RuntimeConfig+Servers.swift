import Glibc
import Transport

extension RuntimeConfig {
  /// Where a text comes from that may be a secret.
  package enum Source: Sendable, Equatable {
    /// As it stands in the configuration.
    case text(String)
    /// The runtime's variable of this name.
    case variable(String)
    /// The first line of a file.
    case file(String)

    /// The source, for sentences.
    var words: String {
      switch self {
      case .text: "the configuration"
      case .variable(let name): "the variable \(name)"
      case .file(let path): "the file \(path)"
      }
    }

    /// The text, or why there is none: `the variable KEY is not set`.
    func read(environment: [String: String]) -> (text: String?, trouble: String?) {
      switch self {
      case .text(let text): return (text, nil)
      case .variable(let name):
        guard let line = Self.line(environment[name]) else { return (nil, "\(words) is not set") }
        return (line, nil)
      case .file(let path):
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return (nil, "\(words) is not there") }
        guard facts.st_mode & 0o077 == 0 else {
          return (nil, "\(words) may be read by others; give it the mode 0600")
        }
        do throws(RuntimeMistake) {
          guard let line = Self.line(try PrivateFile.read(path)) else {
            return (nil, "\(words) is empty")
          }
          return (line, nil)
        } catch {
          return (nil, error.sentence)
        }
      }
    }

    private static func line(_ text: String?) -> String? {
      text?.split(whereSeparator: \.isNewline).first.map(String.init)
    }
  }

  /// A header that goes with every request to an MCP server.
  package struct ConfiguredHeader: Sendable, Equatable {
    /// Its name.
    package var name: String
    /// What stands before the text: `Bearer `.
    package var prefix = ""
    /// Where its text comes from.
    package var source: Source
  }

  /// An endpoint for language models: `[llm.NAME]`.
  package struct Model: Sendable, Equatable {
    /// What graphs may call it.
    package var name: String
    /// Where it is.
    package var baseURL: String
    /// Where its key comes from; nil when it wants none.
    package var key: Source?
    /// The models it has; empty when it takes any.
    package var models: [String] = []
    /// How long it may say nothing.
    package var stall = Duration.seconds(120)
  }

  /// The servers with the environment each is started with: the common variables, the allowed
  /// ones and its own, nothing else of the runtime's; or with the headers that it is called with.
  func mcpServers(environment: [String: String]) -> [MCPServerConfig] {
    servers.map { server in
      var config = MCPServerConfig(
        name: server.name,
        command: server.command,
        directory: server.directory,
        environment: [:]
      )
      config.aliases = server.aliases
      if let url = server.url {
        config.endpoint = Self.endpoint(url, server.headers, environment)
        return config
      }
      for name in Self.common + server.allowed { config.environment[name] = environment[name] }
      config.environment.merge(server.values) { $1 }
      return config
    }
  }

  private static func endpoint(
    _ url: String,
    _ headers: [ConfiguredHeader],
    _ environment: [String: String]
  ) -> MCPServerConfig.Endpoint {
    var endpoint = MCPServerConfig.Endpoint(url: url)
    for header in headers {
      let (value, trouble) = header.source.read(environment: environment)
      if let value {
        endpoint.headers.append(Header(name: header.name, value: header.prefix + value))
      }
      endpoint.trouble = endpoint.trouble ?? trouble
    }
    return endpoint
  }

  /// The endpoints for language models, with their keys.
  func llmProviders(environment: [String: String]) -> LLMProviders {
    LLMProviders(
      all: models.map { model in
        var provider = LLMProvider(name: model.name, baseURL: model.baseURL, models: model.models)
        provider.keySource = model.key?.words
        let key = model.key?.read(environment: environment)
        provider.key = key?.text
        provider.keyTrouble = key?.trouble
        provider.stall = model.stall
        return provider
      }
    )
  }

  /// Variables that every server sees when the runtime has them.
  private static let common = [
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
  ]
}
