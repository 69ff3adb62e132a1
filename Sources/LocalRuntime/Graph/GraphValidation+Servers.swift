import JSON

extension GraphValidation {
  /// Whether every tool call names a server, or can be told from its tool, and what it names is
  /// configured here.
  mutating func checkServers(_ placed: [Placed]) {
    let calls = placed.filter { $0.step.type == .mcpCall }
    guard !calls.isEmpty else {
      skip(.mcpBindings)
      skip(.mcpResolve)
      return
    }
    guard surroundings.servers.names != nil else {
      skip(.mcpResolve)
      return
    }
    perform(.mcpBindings) { validation in
      for call in calls { validation.checkBinding(call) }
    }
    perform(.mcpResolve) { validation in
      for call in calls { validation.checkServer(call) }
    }
  }

  private mutating func checkBinding(_ placed: Placed) {
    let step = placed.step
    guard step.server == nil, step.serverAddress == nil, let tool = step.toolName, !tool.isEmpty
    else { return }
    let owners = surroundings.servers.servers(havingTool: tool)
    let silent = surroundings.servers.silent
    let unanswered =
      silent.isEmpty
      ? "" : "; \(Self.listed(silent)) did not list \(silent.count == 1 ? "its" : "their") tools"
    switch owners.count {
    case 1 where silent.isEmpty: break
    case 1:
      // A warning: at the time of the run it may answer, and have no such tool.
      warn(
        "mcp_server_uncertain",
        "step “\(step.id)” names no MCP server; \(Self.listed(owners)) has a tool “\(tool)”, but "
          + "whether another has it too cannot be told\(unanswered)",
        placed.path,
        step: step.id,
        hint: "add “instance_id” with the server that is meant"
      )
    case 0:
      report(
        "mcp_server_missing",
        "step “\(step.id)” names no MCP server, and no configured one "
          + "\(silent.isEmpty ? "has" : "that answers has") a tool “\(tool)”\(unanswered)",
        placed.path,
        step: step.id,
        hint: "add “instance_id” with a server of runtime.toml"
      )
    default:
      report(
        "mcp_server_ambiguous",
        "step “\(step.id)” names no MCP server, and \(Self.listed(owners.sorted())) have a tool "
          + "“\(tool)”",
        placed.path,
        step: step.id,
        hint: "add “instance_id” with one of them"
      )
    }
  }

  private mutating func checkServer(_ placed: Placed) {
    let step = placed.step
    let known = surroundings.servers
    guard let word = step.server ?? step.serverAddress, let tool = step.toolName, !tool.isEmpty
    else { return }
    guard let server = known.server(called: word) else {
      reportUnknown(word, placed)
      return
    }
    guard let tools = known.tools[server], !tools.contains(tool) else { return }
    // A warning: the list of tools is the server's, and may be another at the time of the run.
    warn(
      "mcp_tool_unknown",
      "step “\(step.id)” calls the tool “\(tool)”, which the MCP server “\(server)” does not list",
      "\(placed.path).tool_name",
      step: step.id,
      hint: hint { Spelling.nearest(to: tool, in: tools).map { "“\($0)” was meant?" } }
    )
  }

  private mutating func reportUnknown(_ word: String, _ placed: Placed) {
    let step = placed.step
    let names = (surroundings.servers.names ?? []).sorted()
    let known =
      names.isEmpty ? "runtime.toml names none" : "runtime.toml names \(Self.listed(names))"
    guard step.server != nil else {
      report(
        "mcp_server_unknown",
        "step “\(step.id)” calls the MCP server at “\(word)”, which is the “url” of none here; "
          + known,
        "\(placed.path).server_url",
        step: step.id,
        hint: "add it to runtime.toml, or name another server in “instance_id”"
      )
      return
    }
    report(
      "mcp_server_unknown",
      "step “\(step.id)” calls the MCP server “\(word)”; \(known)",
      "\(placed.path).instance_id",
      step: step.id,
      hint: hint { Spelling.nearest(to: word, in: names).map { "“\($0)” was meant?" } }
    )
  }
}
