/// What is known of the MCP servers of the configuration when a graph is checked.
struct KnownServers: Sendable, Equatable {
  /// The configured names; nil when they were not asked, and nothing is said about servers.
  var names: [String]?
  /// The tools of each server that could be asked.
  var tools: [String: Set<String>]

  init(names: [String]?, tools: [String: Set<String>] = [:]) {
    self.names = names
    self.tools = tools
  }

  /// Nothing is known: a published graph is read again, on whatever machine.
  static let unasked = KnownServers(names: nil)

  /// The servers that have a tool, in order.
  func servers(havingTool tool: String) -> [String] {
    tools.filter { $0.value.contains(tool) }.keys.sorted()
  }
}
