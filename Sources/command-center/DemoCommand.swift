import ArgumentParser
import Settings

/// The front on a runtime of its own.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Try it: a runtime on this machine with example workflows at work."
  )

  @Option(help: "A folder to keep; without it everything is gone at the end.")
  var data: String?

  @OptionGroup var options: GlobalOptions

  func run() throws {
    try Opening.run(options, on: .demo(data: data))
  }
}
