import ArgumentParser
import Cells
import Glibc
import Settings
import Shell
import Terminal

/// Lists themes, or shows one.
struct ThemesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes",
    abstract: "List the themes that may be chosen, or show one on a sample.",
    discussion: """
      Themes are TOML files in $XDG_CONFIG_HOME/command-center/themes, or beside the program. \
      --theme, or theme in the config, chooses one.
      """
  )

  @Argument(help: "The theme to show.", completion: .custom(Completion.themes))
  var name: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let setup: Setup
    do throws(Mistake) {
      setup = try Setup(options)
    } catch {
      throw Terse.end(error)
    }
    let runner = VerbRunner(options: options, output: output.output)
    try runner.run(try verb(setup), over: nil)
  }

  private func verb(_ setup: Setup) throws -> ShellVerb {
    let inUse = options.theme ?? setup.wantedTheme
    func choice(_ found: ThemeFile.Found) -> ThemeChoice {
      var choice = ThemeChoice(
        name: found.name,
        file: found.file,
        isInUse: found.name == inUse
      )
      if case .failure(let mistake) = found.theme { choice.mistake = mistake.sentence }
      return choice
    }
    guard let name else {
      return .themes(ThemeFile.all(folders: setup.themeFolders).map(choice))
    }
    let found = ThemeFile.found(name, folders: setup.themeFolders)
    do throws(Mistake) {
      let theme = try found.theme.get()
      return .theme(choice(found), theme, setup.terminal.promisesUTF8 ? .utf8 : .ascii)
    } catch {
      throw Terse.end(error)
    }
  }
}

extension Setup {
  /// The theme that the screens are to have, by name.
  var wantedTheme: String { chosen?.theme ?? config.theme ?? Theme.builtin.name }
}
