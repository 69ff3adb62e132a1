import JSON

extension GraphValidation {
  /// Whether the call's server is configured, or can be told from its tool.
  mutating func checkServer(_ placed: Placed) {
    let step = placed.step
    let names = knownServers.names ?? []
    guard let tool = step.toolName, !tool.isEmpty else { return }
    guard let server = step.server else {
      if step.raw["server_url"]?.string?.isEmpty ?? true { checkServerByTool(placed, tool) }
      return
    }
    guard names.contains(server) else {
      let known = names.isEmpty ? "runtime.toml names none" : "runtime.toml names \(listed(names))"
      report(
        "mcp_server_unknown",
        "step “\(step.id)” calls the MCP server “\(server)”; \(known)",
        "\(placed.path).instance_id",
        step: step.id,
        hint: Spelling.nearest(to: server, in: names).map { "“\($0)” was meant?" }
      )
      return
    }
    if let tools = knownServers.tools[server], !tools.contains(tool) {
      // A warning: the list of tools is the server's, and may be another at the time of the run.
      warn(
        "mcp_tool_unknown",
        "step “\(step.id)” calls the tool “\(tool)”, which the MCP server “\(server)” does not list",
        "\(placed.path).tool_name",
        step: step.id,
        hint: Spelling.nearest(to: tool, in: tools).map { "“\($0)” was meant?" }
      )
    }
  }

  private mutating func checkServerByTool(_ placed: Placed, _ tool: String) {
    let step = placed.step
    let owners = knownServers.servers(havingTool: tool)
    switch owners.count {
    case 1: break
    case 0:
      report(
        "mcp_server_missing",
        "step “\(step.id)” names no MCP server, and no configured one has a tool “\(tool)”",
        placed.path,
        step: step.id,
        hint: "add “instance_id” with a server of runtime.toml"
      )
    default:
      report(
        "mcp_server_ambiguous",
        "step “\(step.id)” names no MCP server, and \(listed(owners)) have a tool “\(tool)”",
        placed.path,
        step: step.id,
        hint: "add “instance_id” with one of them"
      )
    }
  }

  private func listed(_ names: [String]) -> String {
    names.sorted().map { "“\($0)”" }.joined(separator: ", ")
  }
}
