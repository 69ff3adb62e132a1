import ArgumentParser
import Glibc
import Settings
import Shell

/// Writes the manual pages, for the installation.
struct GenerateManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate-manual",
    abstract: "Write the manual pages into a folder.",
    shouldDisplay: false
  )

  @Argument(help: "The folder; it must be there.", completion: .directory)
  var folder: String

  func run() throws {
    let pages: [Manual.Page]
    do throws(Manual.Mistake) {
      pages = try Manual(
        dump: RootCommand._dumpHelp(),
        version: Version.text,
        files: GenerateManualCommand.files,
        environment: GenerateManualCommand.environment
      ).pages
    } catch {
      throw Terse.end(error.sentence, .failed)
    }
    for page in pages {
      let path = "\(folder)/\(page.name)"
      if let reason = GenerateManualCommand.write(page.text, to: path) {
        throw Terse.end("\(path) cannot be written: \(reason)", .failed)
      }
    }
  }

  /// Writes a file.
  /// - Returns: Why not; nil when it is written.
  private static func write(_ text: String, to path: String) -> String? {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return unsafe String(cString: strerror(errno)) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return unsafe String(cString: strerror(errno)) }
      rest = rest.dropFirst(count)
    }
    return nil
  }

  private static let files = [
    Manual.Entry("$XDG_CONFIG_HOME/command-center/config.toml", "Profiles and settings."),
    Manual.Entry("$XDG_CONFIG_HOME/command-center/themes/*.toml", "Themes of one's own."),
    Manual.Entry(
      "$XDG_STATE_HOME/command-center/journal/*.jsonl",
      "What was decided on this machine: a file a process, two lines a decision."
    ),
    Manual.Entry(
      "$XDG_CACHE_HOME/command-center/snapshots/*",
      "What was seen last of each server."
    ),
  ]

  private static let environment =
    Settings.Environment.Key.allCases.map { Manual.Entry($0.rawValue, $0.meaning) }
    + [
      Manual.Entry("https_proxy, NO_PROXY", "The proxy, where the profile names none."),
      Manual.Entry("CURL_CA_BUNDLE, SSL_CERT_FILE", "Authorities in the place of the system's."),
      Manual.Entry("NO_COLOR", "Screens without colours."),
    ]
}

extension Settings.Environment.Key {
  /// What the variable says.
  fileprivate var meaning: String {
    switch self {
    case .url: "The address of the server, where no profile is named."
    case .token: "Its token."
    case .tenant: "The tenant, as the API names it."
    case .project: "The project, as the API names it."
    case .profile: "The profile of the config to use."
    case .themes: "Where themes are, if not beside the program."
    case .examples: "Where example workflows are, if not beside the program."
    case .runtime: "The runtime's program, if it is not beside this one."
    }
  }
}
