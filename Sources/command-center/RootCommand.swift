import ArgumentParser
import Shell

/// The program; without a verb it opens the inbox.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "command-center",
    abstract: "One inbox for workflow runs: what needs you, why, and what a key does about it.",
    discussion: """
      Without a subcommand the inbox opens in the terminal. The server is a profile of \
      $XDG_CONFIG_HOME/command-center/config.toml, or what COMMAND_CENTER_URL, _TOKEN, _TENANT \
      and _PROJECT say.

      Exit codes: \(Shell.ExitCode.summary).

      Completions: command-center --generate-completion-script bash|zsh|fish
      """,
    version: Version.text,
    subcommands: [
      DemoCommand.self, ServeCommand.self, InboxCommand.self, RunsCommand.self,
      TasksCommand.self, ShowCommand.self, EventsCommand.self, ContextCommand.self,
      WorkflowsCommand.self, ApproveCommand.self, RejectCommand.self, StartCommand.self,
      PauseCommand.self, ResumeCommand.self, StopCommand.self, ProfilesCommand.self,
      ActivityCommand.self, HandoverCommand.self, ThemesCommand.self, DoctorCommand.self,
      GenerateManualCommand.self,
    ]
  )

  @OptionGroup var options: GlobalOptions

  func run() throws {
    try Opening.run(options, on: .profile)
  }
}
