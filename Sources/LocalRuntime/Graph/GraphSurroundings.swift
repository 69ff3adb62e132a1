/// What a graph is checked against besides itself.
struct GraphSurroundings: Sendable {
  var servers = KnownServers.unasked
  var workflows = KnownWorkflows.unasked

  /// What is wrong with the text of a script; nil when it can be run.
  var scriptMistake: @Sendable (String) -> String? = { LuaSyntax.mistake(in: $0) }
}
