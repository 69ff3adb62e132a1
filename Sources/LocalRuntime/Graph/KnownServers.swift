import JSON

/// What is known of the MCP servers of the configuration when a graph is checked.
struct KnownServers: Sendable, Equatable {
  /// The configured names; nil when they were not asked, and nothing is said about servers.
  var names: [String]?
  /// The tools of each server that could be asked.
  var tools: [String: Set<String>]
  /// What else graphs may call a server: its address, or what it is called elsewhere.
  var aliases: [String: String]

  init(
    names: [String]?,
    tools: [String: Set<String>] = [:],
    aliases: [String: String] = [:]
  ) {
    self.names = names
    self.tools = tools
    self.aliases = aliases
  }

  /// Nothing is known: a published graph is read again, on whatever machine.
  static let unasked = KnownServers(names: nil)

  /// The servers that have a tool, in order.
  func servers(havingTool tool: String) -> [String] {
    tools.filter { $0.value.contains(tool) }.keys.sorted()
  }

  /// The configured servers that did not say which tools they have, in order.
  var silent: [String] { (names ?? []).filter { tools[$0] == nil }.sorted() }

  /// The configured server that a graph means by a name or an address; nil when none is called so.
  func server(called word: String) -> String? {
    if names?.contains(word) ?? false { return word }
    let bare = Self.withoutSlash(word)
    return aliases.first { Self.withoutSlash($0.key) == bare }?.value
  }

  /// The configured server that a step names, by its `instance_id` or its `server_url`; nil when it
  /// names none.
  func server(of step: GraphStep) -> String? {
    [step.server, step.raw["server_url"]?.string].lazy
      .compactMap { $0.flatMap { server(called: $0) } }.first
  }

  private static func withoutSlash(_ address: String) -> Substring {
    var rest = Substring(address)
    while rest.last == "/" { rest.removeLast() }
    return rest
  }
}
