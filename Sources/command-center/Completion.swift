import ArgumentParser
import Cells
import Loop
import RunClient
import Runs
import Settings

/// The words that may stand somewhere on a command line, for the completion of shells.
///
/// They come from the server, within a moment, or from what was seen of it last; a profile whose token
/// a program prints is not asked, since the program may ask back. Whatever goes wrong, nothing is
/// said: there are no words then.
enum Completion {
  /// How long the server has.
  private static let patience = Duration.milliseconds(1200)
  /// The most words that are offered.
  private static let most = 300

  /// The runs that the server lists.
  @Sendable
  static func runs(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let reading = reading(words)
    let others = (reading?.tasks ?? []).map(\.run.text)
    return offered((reading?.runs ?? []).map(\.id.text) + others, prefix)
  }

  /// The runs that are not over.
  @Sendable
  static func living(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    runs(words, prefix) { !$0.isTerminal }
  }

  /// The runs that can be paused.
  @Sendable
  static func running(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    runs(words, prefix) { $0.phase == .running }
  }

  /// The runs that can be resumed.
  @Sendable
  static func paused(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    runs(words, prefix) { $0.phase == .paused }
  }

  private static func runs(
    _ words: [String],
    _ prefix: String,
    _ isWanted: (RunStatus) -> Bool
  ) -> [String] {
    let runs = reading(words)?.runs ?? []
    return offered(runs.filter { isWanted($0.status) }.map(\.id.text), prefix)
  }

  /// The runs that wait for a person; their tasks, where a run has several.
  @Sendable
  static func tasks(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let tasks = (reading(words)?.tasks ?? []).filter(\.isPending)
    let counts = Dictionary(grouping: tasks, by: \.run).mapValues(\.count)
    return offered(tasks.map { counts[$0.run] == 1 ? $0.run.text : $0.id.text }, prefix)
  }

  /// The workflows by name.
  @Sendable
  static func workflows(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    offered(workflows(words).map(\.name), prefix)
  }

  /// The workflows by name; behind one of them nothing but its input can stand.
  @Sendable
  static func startWords(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let workflows = workflows(words)
    let before = words.prefix(max(0, index))
    let isNamed = workflows.contains { before.contains($0.name) || before.contains($0.id.text) }
    return isNamed ? [] : offered(workflows.map(\.name), prefix)
  }

  private static func workflows(_ words: [String]) -> [Workflow] {
    guard let (connection, _) = connection(words), let connection else { return [] }
    return Glance.workflows(connection, within: patience) ?? []
  }

  /// The profiles of the config.
  @Sendable
  static func profiles(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    offered((setup(words)?.config.profiles.keys.sorted() ?? []).map(\.self), prefix)
  }

  /// The themes.
  @Sendable
  static func themes(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    offered(setup(words).map { ThemeFile.names(folders: $0.themeFolders) } ?? [], prefix)
  }

  /// What can be offered: each once, and nothing that a terminal would obey.
  private static func offered(_ words: [String], _ prefix: String) -> [String] {
    var offered: [String] = []
    var seen: Set<String> = []
    for word in words where word.hasPrefix(prefix) && Text.sanitised(word) == word {
      if seen.insert(word).inserted { offered.append(word) }
      if offered.count == most { break }
    }
    return offered
  }

  // MARK: Where they come from

  private static func reading(_ words: [String]) -> Reading? {
    guard let (connection, snapshots) = connection(words) else { return nil }
    if let connection, let reading = Glance.reading(connection, within: patience) { return reading }
    return (try? snapshots?.load()) ?? nil
  }

  /// How the server of the profile is asked, unless a program prints its token, and what was seen of
  /// it last.
  private static func connection(_ words: [String]) -> (Connection?, SnapshotFile?)? {
    guard let setup = setup(words), let profile = setup.chosen?.profile else { return nil }
    let isCommand = if case .command = profile.token { true } else { false }
    guard let token = isCommand ? .some(nil) : try? setup.token(of: profile),
      let server = try? Setup.server(of: profile, token: token)
    else { return nil }
    let snapshots = SnapshotFile(
      path: "\(setup.paths.cache)/snapshots/\(profile.name)",
      server: server
    )
    if isCommand { return (nil, snapshots) }
    return (try? setup.connection(to: server, profile: profile), snapshots)
  }

  /// What is set up, with the profile that the line names.
  private static func setup(_ words: [String]) -> Setup? {
    var arguments: [String] = []
    if let place = words.firstIndex(of: "--profile"), place + 1 < words.count {
      arguments = ["--profile", words[place + 1]]
    } else if let word = words.first(where: { $0.hasPrefix("--profile=") }) {
      arguments = [word]
    }
    let options = (try? GlobalOptions.parse(arguments)) ?? (try? GlobalOptions.parse([]))
    return options.flatMap { try? Setup($0) }
  }
}
