import JSON
import TOMLKit

/// Reads `[mcp.NAME]` and `[llm.NAME]`: what the runtime calls.
extension ConfigReader {
  private static let longestName = 128
  /// Headers that make a message what it is; the runtime writes them itself.
  private static let reservedHeaders: Set<String> = [
    "accept", "connection", "content-length", "content-type", "host", "mcp-protocol-version",
    "mcp-session-id", "transfer-encoding",
  ]
  /// A header with one of these in its name holds a secret.
  private static let secretWords = ["auth", "cookie", "key", "secret", "token"]

  // MARK: MCP servers

  func server(
    _ name: String,
    _ table: Keyed
  ) throws(ConfigMistake) -> RuntimeConfig.Server {
    try checkName(name, table)
    try check(table, known: ["command", "env", "directory", "url", "headers", "aliases"])
    var server = RuntimeConfig.Server(name: name, command: [])
    server.aliases = try texts("aliases", table) ?? []
    if table.members["url"] != nil {
      try refuse(["command", "env", "directory"], table, beside: "url")
      server.url = try url("url", table)
      if let headers = try self.table("headers", table) {
        server.headers = try self.headers(headers)
      }
      let hasSecret = server.headers.contains { if case .text = $0.source { false } else { true } }
      if hasSecret { try checkSecrecy(server.url, "url", table) }
      return server
    }
    try refuse(["headers"], table, without: "url")
    guard let command = try texts("command", table), command.first?.isEmpty == false else {
      throw mistake(
        "“\(table.path).command” is missing; write a list of the program and its arguments, or "
          + "“url”"
      )
    }
    server.command = command
    server.directory = try text("directory", table)
    try readEnvironment(table, into: &server)
    return server
  }

  private func readEnvironment(
    _ table: Keyed,
    into server: inout RuntimeConfig.Server
  ) throws(ConfigMistake) {
    guard let env = table.members["env"] else { return }
    if case .object = env, let values = try self.table("env", table) {
      for key in values.members.keys.sorted() {
        try checkVariable(key, values.path)
        server.values[key] = try text(key, values, mayBeEmpty: true)
      }
      return
    }
    guard case .array = env else {
      throw wrongType("\(table.path).env", env, "a list of names or a table of values")
    }
    server.allowed = try texts("env", table) ?? []
    for name in server.allowed { try checkVariable(name, "\(table.path).env") }
  }

  private func headers(_ table: Keyed) throws(ConfigMistake) -> [RuntimeConfig.ConfiguredHeader] {
    var headers: [RuntimeConfig.ConfiguredHeader] = []
    for name in table.members.keys.sorted() {
      let path = table.path(of: name)
      let isName = name.utf8.allSatisfy {
        (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
      }
      guard isName, !name.isEmpty else { throw mistake("“\(path)” is no name of a header") }
      guard !Self.reservedHeaders.contains(name.lowercased()) else {
        throw mistake("“\(path)” is written by the runtime itself; take it out")
      }
      guard case .object? = table.members[name] else {
        let value = try text(name, table, mayBeEmpty: true) ?? ""
        guard !Self.secretWords.contains(where: { name.lowercased().contains($0) }) else {
          throw mistake(
            "“\(path)” holds a secret; write { env = \"NAME\" } or { file = \"PATH\" } instead"
          )
        }
        headers.append(.init(name: name, source: .text(value)))
        continue
      }
      guard let parts = try self.table(name, table) else { continue }
      try check(parts, known: ["env", "file", "prefix"])
      guard let source = try secret(parts, variable: "env", file: "file") else {
        throw mistake("“\(path)” says neither “env” nor “file”")
      }
      let prefix = try text("prefix", parts, mayBeEmpty: true) ?? ""
      headers.append(.init(name: name, prefix: prefix, source: source))
    }
    return headers
  }

  // MARK: Language models

  func model(_ name: String, _ table: Keyed) throws(ConfigMistake) -> RuntimeConfig.Model {
    try checkName(name, table)
    try check(table, known: ["base_url", "key_env", "key_file", "models", "stall_s"])
    guard let base = try url("base_url", table) else {
      throw mistake(
        "“\(table.path).base_url” is missing; write where the endpoint is, such as "
          + "“https://api.openai.com/v1”"
      )
    }
    var model = RuntimeConfig.Model(name: name, baseURL: base)
    model.key = try secret(table, variable: "key_env", file: "key_file")
    if model.key != nil { try checkSecrecy(base, "base_url", table) }
    model.models = try texts("models", table) ?? []
    if let value = table.members["stall_s"] {
      guard case .number(let number) = value else {
        throw wrongType("\(table.path).stall_s", value, "a number of seconds")
      }
      guard (1...3600).contains(number.double) else {
        throw mistake("“\(table.path).stall_s” is \(number.text), not from 1 to 3600 seconds")
      }
      model.stall = .seconds(number.double)
    }
    return model
  }

  // MARK: Parts

  private func secret(
    _ table: Keyed,
    variable: String,
    file: String
  ) throws(ConfigMistake) -> RuntimeConfig.Source? {
    let name = try text(variable, table)
    let path = try text(file, table)
    if let name {
      guard path == nil else {
        throw mistake("“\(table.path)” says both “\(variable)” and “\(file)”; take one out")
      }
      try checkVariable(name, table.path(of: variable))
      return .variable(name)
    }
    return path.map { .file($0) }
  }

  /// A URL without its last slashes, so that paths can be put behind it.
  private func url(_ key: String, _ table: Keyed) throws(ConfigMistake) -> String? {
    guard var text = try self.text(key, table) else { return nil }
    let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
    guard isWeb, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("@") else {
      throw mistake(
        "“\(table.path(of: key))” is “\(text)”, not an http or https URL without user and password"
      )
    }
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// Refuses to send a secret where everybody on the way can read it.
  private func checkSecrecy(
    _ url: String?,
    _ key: String,
    _ table: Keyed
  ) throws(ConfigMistake) {
    guard let url, url.hasPrefix("http://") else { return }
    let authority = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" }
    let hasPort = authority.hasSuffix("]") == false && authority.contains(":")
    let address = ListenAddress(hasPort ? String(authority) : "\(authority):80")
    guard address?.isLoopback != true else { return }
    throw mistake(
      "“\(table.path(of: key))” is plain http to another machine, and would show a secret to "
        + "everybody on the way; use https"
    )
  }

  private func checkName(_ name: String, _ table: Keyed) throws(ConfigMistake) {
    let isSound =
      !name.isEmpty && name.unicodeScalars.count <= Self.longestName
      && name.unicodeScalars.allSatisfy { TemplateParser.isLetter($0) }
    guard isSound else {
      throw mistake(
        "“\(table.path)” names a server in a way that graphs cannot; use letters, digits, “-” "
          + "and “_”"
      )
    }
  }

  private func checkVariable(_ name: String, _ path: String) throws(ConfigMistake) {
    guard !name.isEmpty, !name.contains("=") else {
      throw mistake("“\(path)” holds “\(name)”, which is no name of a variable")
    }
  }

  private func refuse(
    _ keys: [String],
    _ table: Keyed,
    beside other: String
  ) throws(ConfigMistake) {
    guard let key = keys.first(where: { table.members[$0] != nil }) else { return }
    throw mistake(
      "“\(table.path(of: key))” is for a server that is started, “\(other)” for one that runs "
        + "already; take one out"
    )
  }

  private func refuse(
    _ keys: [String],
    _ table: Keyed,
    without other: String
  ) throws(ConfigMistake) {
    guard let key = keys.first(where: { table.members[$0] != nil }) else { return }
    throw mistake("“\(table.path(of: key))” is for servers with “\(other)”")
  }
}
