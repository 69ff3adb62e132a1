import ArgumentParser
import CommandCenter
import Glibc
import Settings
import Shell

/// The profiles of the config.
struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles",
    abstract: "List the profiles of the config, add one, or choose the default.",
    subcommands: [List.self, Add.self, Use.self],
    defaultSubcommand: List.self
  )

  /// What there is.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the profiles; prints no secret."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      try ProfilesCommand.guarded { () throws(Mistake) in
        let (paths, config) = try ProfilesCommand.config()
        return config.profiles.keys.sorted().compactMap { name in
          config.profiles[name].map { ProfilesCommand.summary($0, config, paths) }
        }
      } then: { profiles in
        try VerbRunner(options: options, output: output.output)
          .run(.profiles(profiles), over: nil)
      }
    }
  }

  /// One more.
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Append a profile to the config; the rest of the file stays as it is.",
      discussion: """
        The first profile becomes the default. With --token-stdin the token is read from standard \
        input and kept in a file of mode 0600 beside the config; it is never an argument.
        """
    )

    @Argument(help: "Its name: letters, digits, hyphens and dots.")
    var name: String

    @Option(help: "The address of the server: https://host")
    var url: String

    @Option(help: "The tenant, as the API names it.")
    var tenant: String?

    @Option(help: "The project, as the API names it.")
    var project: String?

    @Flag(help: "Read the token from standard input, and keep it in a file of mode 0600.")
    var tokenStdin = false

    @Option(help: "The file that holds the token, mode 0600.")
    var tokenFile: String?

    @Option(help: "The variable of the environment that holds the token.")
    var tokenEnv: String?

    @Option(
      parsing: .upToNextOption,
      help: "The program that prints the token, and its arguments: pass show agentruntime"
    )
    var tokenCommand: [String] = []

    @Flag(help: "Ask for the profile's name before the more dangerous verbs.")
    var protected = false

    @Flag(name: .customLong("no-changes"), help: "Change nothing on this server: read_only = true.")
    var readOnly = false

    @Flag(help: "Let plain http leave this machine.")
    var allowHttp = false

    func validate() throws {
      let given = [tokenStdin, tokenFile != nil, tokenEnv != nil, !tokenCommand.isEmpty]
      guard given.count(where: { $0 }) < 2 else {
        throw ValidationError(
          "--token-stdin, --token-file, --token-env and --token-command: give one of them"
        )
      }
    }

    func run() throws {
      try ProfilesCommand.guarded { () throws(Mistake) in
        let (paths, config) = try ProfilesCommand.config()
        let profile = profile
        try ProfilesCommand.check(profile)
        let token = tokenStdin ? try StandardInput.secret("Token for \(name): ") : nil
        try ConfigStore(paths: paths).add(profile, token: token)
        return "\(profile.name) is written to \(config.file)"
      } then: { words in
        Terse.complain(words)
      }
    }

    private var profile: Profile {
      var profile = Profile(name: name, url: url)
      profile.tenant = tenant
      profile.project = project
      profile.isProtected = protected
      profile.isReadOnly = readOnly
      profile.allowsPlainHTTP = allowHttp
      if let tokenFile { profile.token = .file(tokenFile) }
      if let tokenEnv { profile.token = .variable(tokenEnv) }
      if !tokenCommand.isEmpty { profile.token = .command(tokenCommand) }
      return profile
    }
  }

  /// Another default.
  struct Use: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a profile the default; only its line in the config is changed."
    )

    @Argument(help: "The profile.", completion: .custom(Completion.profiles))
    var name: String

    func run() throws {
      try ProfilesCommand.guarded { () throws(Mistake) in
        let (paths, config) = try ProfilesCommand.config()
        try ConfigStore(paths: paths).choose(name)
        return "\(name) is the default now, in \(config.file)"
      } then: { words in
        Terse.complain(words)
      }
    }
  }
}

extension ProfilesCommand {
  /// Does what can be a mistake of the settings, then what follows.
  private static func guarded<Value>(
    _ work: () throws(Mistake) -> Value,
    then follow: (Value) throws -> Void
  ) throws {
    let value: Value
    do throws(Mistake) {
      value = try work()
    } catch {
      throw Terse.end(error)
    }
    try follow(value)
  }

  private static func config() throws(Mistake) -> (paths: Paths, config: ConfigFile) {
    let paths = try Paths(environment: .process)
    return (paths, try ConfigFile.load(paths: paths))
  }

  private static func check(_ profile: Profile) throws(Mistake) {
    _ = try Setup.server(of: profile, token: nil)
  }

  private static func summary(
    _ profile: Profile,
    _ config: ConfigFile,
    _ paths: Paths
  ) -> ProfileSummary {
    let names = config.profiles.keys
    let chosen = config.defaultProfile ?? (names.count == 1 ? names.first : nil)
    let token: String? =
      switch profile.token {
      case .file(let path): "file \(path)"
      case .variable(let name): "variable \(name)"
      // Its arguments may be anything, a secret among them.
      case .command(let words): "command \(words.first ?? "")"
      case nil: nil
      }
    return ProfileSummary(
      name: profile.name,
      // One with a password in it is refused once it is used, and stands in the config until then.
      url: Network.shown(profile.url),
      tenant: profile.tenant,
      project: profile.project,
      token: token,
      isDefault: profile.name == chosen,
      isProtected: profile.isProtected,
      isReadOnly: profile.isReadOnly
    )
  }
}
