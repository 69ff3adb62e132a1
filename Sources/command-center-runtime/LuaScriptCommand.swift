import ArgumentParser
import LocalRuntime

/// The process of one script of a workflow; the runtime starts it.
struct LuaScriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: LuaChild.subcommand,
    abstract: "Run one script, read from standard input with what it can see.",
    shouldDisplay: false
  )

  func run() throws { LuaChild.run() }
}
