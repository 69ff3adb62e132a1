import ArgumentParser

/// The embedded runtime: validates and runs workflow graphs, and answers for them over HTTP.
struct RuntimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "command-center-runtime",
    abstract: "Runs workflows on this machine and serves their API.",
    discussion: "Started by “command-center serve”; it can also be used on its own.",
    version: "0.1.0",
    subcommands: [Serve.self, DemoCommand.self, DemoToolsCommand.self, LuaScriptCommand.self]
  )
}
