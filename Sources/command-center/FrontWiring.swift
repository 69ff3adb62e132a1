import Cells
import CommandCenter
import Loop
import RunClient
import Runs
import Settings
import Terminal
import Transport

/// What is set up on this machine, for the front's loop.
final class FrontWiring: Wiring {
  private var setup: Setup
  private let options: GlobalOptions
  /// The profile that was opened last.
  private var opened: Chosen?
  /// What is known of the terminal: once a screen is on it, its description is that screen's alone.
  private let description: TerminalDescription?

  /// The wiring of a front.
  init(setup: Setup, options: GlobalOptions) {
    self.setup = setup
    self.options = options
    description = TerminalDescription(setup.terminal)
  }

  /// Opens a profile of the config, as the file is now.
  func open(profile name: String) throws(Fault) -> OpenProfile {
    try FrontWiring.saying {
      () throws(Mistake) in
      try setup.reload()
      var flags = options.flags
      flags.profile = name
      let chosen = try ProfileChoice.resolve(
        flags: flags,
        environment: setup.environment,
        config: setup.config
      )
      guard let chosen else { throw setup.nothing }
      return try open(chosen.profile, readOnly: chosen.readOnly, theme: chosen.theme)
    }
  }

  /// Writes a profile into the config.
  func add(_ draft: ProfileDraft) throws(Fault) {
    var profile = Profile(name: draft.name, url: draft.url)
    profile.tenant = draft.tenant.isEmpty ? nil : draft.tenant
    profile.project = draft.project.isEmpty ? nil : draft.project
    try FrontWiring.saying {
      () throws(Mistake) in
      // Whether it is an address is found out before anything is written.
      _ = try Setup.server(of: profile, token: nil)
      let token = draft.token.text.isEmpty ? nil : draft.token
      try ConfigStore(paths: setup.paths).add(profile, token: token)
    }
  }

  /// Writes a filter into the config.
  func save(_ filter: SavedFilter) throws(Fault) -> [SavedFilter] {
    try FrontWiring.saying {
      () throws(Mistake) in
      try ConfigStore(paths: setup.paths).add(filter)
      try setup.reload()
      return setup.config.filters
    }
  }

  /// The operator's editor.
  func editor() throws(Fault) -> EditorProgram {
    try FrontWiring.saying {
      () throws(Mistake) in
      let environment = setup.environment
      let words = try EditorChoice.words(environment) {
        EditorChoice.file(of: $0, path: environment["PATH"])
      }
      return EditorProgram(
        words: words,
        environment: EditorChoice.variables.reduce(into: [:]) { $0[$1] = environment[$1] },
        folders: [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"]
          .compactMap { $0 }
      )
    }
  }

  /// Looks over what the open profile needs.
  func examination(size: Size) -> @Sendable () -> [ReportLine] {
    let look = FrontExamination(
      setup: setup,
      chosen: opened,
      description: description,
      size: size
    )
    return { look.lines() }
  }

  /// Reads a theme.
  func theme(_ name: String) throws(Fault) -> Theme {
    try FrontWiring.saying {
      () throws(Mistake) in try ThemeFile.theme(name, folders: setup.themeFolders)
    }
  }

  /// Opens a profile: what can be had at once is had, a program that prints the token is left to the
  /// loop.
  /// - Throws: ``Mistake`` for what is wrong with its settings.
  func open(
    _ profile: Profile,
    readOnly: String?,
    theme wanted: String?,
    keepsSnapshot: Bool = true,
    keepsShelves: Bool = true,
    data: String? = nil
  ) throws(Mistake) -> OpenProfile {
    let isCommand = if case .command = profile.token { true } else { false }
    let token = isCommand ? nil : try setup.token(of: profile)
    let server = try Setup.server(of: profile, token: token)
    // A runtime of our own has another address each time, but the same data.
    let lasting = data.map { "file://\($0)" }
    let connection = try setup.connection(to: server, profile: profile, lasting: lasting)
    let file =
      keepsSnapshot
      ? SnapshotFile(path: "\(setup.paths.cache)/snapshots/\(profile.name)", server: server) : nil
    let folder =
      keepsShelves ? ShelfFolder(path: "\(setup.paths.state)/shelves/\(profile.name)") : nil
    let (theme, mistake) = ThemeFile.load(
      wanted ?? setup.config.theme ?? Theme.builtin.name,
      folders: setup.themeFolders
    )
    var remark = mistake?.sentence
    var snapshot: Reading?
    do throws(Fault) {
      snapshot = try file?.load()
    } catch {
      remark = remark ?? error.sentence
    }
    let (shelves, shelfFault) = folder?.load() ?? (Shelves(), nil)
    remark = remark ?? shelfFault?.sentence
    opened = Chosen(
      profile: profile,
      readOnly: readOnly,
      theme: wanted,
      isFromConfig: setup.config.profiles[profile.name] == profile
    )
    return OpenProfile(
      connection: connection,
      opening: ProfileOpening(
        facts: profile.facts(place: server.place),
        readOnly: readOnly,
        capabilities: connection.client.backend.capabilities,
        access: Access(origin(of: profile), state: isCommand ? .fetching : .ready),
        theme: theme.name,
        offers: Offers(
          profiles: setup.config.profiles.keys.sorted(),
          themes: ThemeFile.names(folders: setup.themeFolders)
        ),
        snapshot: snapshot,
        shelves: shelves,
        filters: setup.config.filters,
        remark: remark
      ),
      token: keeping(of: profile),
      snapshots: file,
      shelves: folder,
      records: setup.records(of: profile, server: server, lasting: lasting),
      theme: theme
    )
  }

  private func origin(of profile: Profile) -> Access.Origin {
    switch profile.token {
    case .file(let path): .file(setup.shown(setup.paths.absolute(path)))
    case .variable(let name): .variable(name)
    case .command(let words): .command(words.first ?? "")
    case nil: .none
    }
  }

  private func keeping(of profile: Profile) -> TokenKeeping {
    let (environment, paths, variables) = (setup.environment, setup.paths, setup.childVariables)
    return TokenKeeping(
      fetch: {
        FrontWiring.result {
          () throws(Mistake) in try Setup.token(profile, environment, paths, variables)
        }
      },
      keep: { token in
        FrontWiring.result {
          () throws(Mistake) in try ConfigStore(paths: paths).keep(token, of: profile)
        }
      }
    )
  }

  /// A mistake in the settings, as the loop's rooms say it.
  private static func saying<Value>(
    _ work: () throws(Mistake) -> Value
  ) throws(Fault) -> Value {
    do throws(Mistake) {
      return try work()
    } catch {
      throw Fault(.local, error.sentence)
    }
  }

  private static func result<Value>(
    _ work: () throws(Mistake) -> Value
  ) -> Result<Value, Fault> {
    do throws(Mistake) {
      return .success(try work())
    } catch {
      return .failure(Fault(.local, error.sentence))
    }
  }
}
