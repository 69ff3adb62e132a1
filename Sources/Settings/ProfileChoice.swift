package import CommandCenter

/// Which server is talked to, and how it may be used.
package struct Chosen: Sendable, Equatable {
  package var profile: Profile
  /// Why nothing may be changed; nil when it may.
  package var readOnly: String?
  /// The theme; nil takes the standard one.
  package var theme: String?
  /// Whether the profile stands in the config: its relative paths begin there.
  package var isFromConfig: Bool

  /// A choice.
  package init(profile: Profile, readOnly: String?, theme: String?, isFromConfig: Bool) {
    self.profile = profile
    self.readOnly = readOnly
    self.theme = theme
    self.isFromConfig = isFromConfig
  }

  /// What the screens show of it.
  /// - Parameter place: Host and port.
  /// - Returns: What ``Profile/facts(place:)`` says.
  package func facts(place: String) -> ProfileFacts { profile.facts(place: place) }
}

/// What the command line says about the choice.
package struct ProfileFlags: Sendable, Equatable {
  /// `--profile`.
  package var profile: String?
  /// `--read-only`.
  package var isReadOnly: Bool
  /// `--theme`.
  package var theme: String?

  /// Flags as given.
  package init(profile: String? = nil, isReadOnly: Bool = false, theme: String? = nil) {
    self.profile = profile
    self.isReadOnly = isReadOnly
    self.theme = theme
  }
}

/// Chooses the profile.
package enum ProfileChoice {
  /// The profile named by `--profile`; else what `COMMAND_CENTER_URL` and its siblings say; else the
  /// profile named by `COMMAND_CENTER_PROFILE`; else the config's default or its only one.
  ///
  /// Variables are never laid over a profile of the config: a token must not reach a server that it
  /// is not for.
  /// - Returns: The choice; nil when nothing is set up yet.
  /// - Throws: ``Mistake`` when a named profile does not exist, or none of several is chosen.
  package static func resolve(
    flags: ProfileFlags,
    environment: Environment,
    config: ConfigFile
  ) throws(Mistake) -> Chosen? {
    if let name = flags.profile {
      return try named(name, by: "--profile", flags, config)
    }
    if let url = environment[.url] {
      return chosen(try fromVariables(url, environment), flags, config, isFromConfig: false)
    }
    if let name = environment[.profile] {
      return try named(name, by: Environment.Key.profile.rawValue, flags, config)
    }
    let names = config.profiles.keys.sorted()
    guard let name = config.defaultProfile ?? (names.count == 1 ? names.first : nil) else {
      guard names.isEmpty else {
        let list = names.joined(separator: ", ")
        throw Mistake(
          config.file,
          "no profile is chosen: name one with --profile or default_profile; there are \(list)"
        )
      }
      return nil
    }
    return try named(name, by: "default_profile", flags, config)
  }

  private static func named(
    _ name: String,
    by source: String,
    _ flags: ProfileFlags,
    _ config: ConfigFile
  ) throws(Mistake) -> Chosen {
    guard let profile = config.profiles[name] else {
      throw Mistake(config.file, "\(source) names \(name), but \(config.absence(of: name))")
    }
    return chosen(profile, flags, config, isFromConfig: true)
  }

  private static func fromVariables(
    _ url: String,
    _ environment: Environment
  ) throws(Mistake) -> Profile {
    var profile = Profile(name: "env", url: url)
    for (key, path) in [(Environment.Key.tenant, \Profile.tenant), (.project, \.project)] {
      guard let text = environment[key] else { continue }
      guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw Mistake(
          key.rawValue,
          "has a blank or a character outside ASCII in it; set the name that the API uses"
        )
      }
      profile[keyPath: path] = text
    }
    if environment[.token] != nil { profile.token = .variable(Environment.Key.token.rawValue) }
    return profile
  }

  private static func chosen(
    _ profile: Profile,
    _ flags: ProfileFlags,
    _ config: ConfigFile,
    isFromConfig: Bool
  ) -> Chosen {
    var readOnly: String?
    if flags.isReadOnly {
      readOnly = "started with --read-only"
    } else if config.isReadOnly {
      readOnly = "the config says read_only = true"
    } else if profile.isReadOnly {
      readOnly = "the profile \(profile.name) is read-only"
    }
    return Chosen(
      profile: profile,
      readOnly: readOnly,
      theme: flags.theme ?? profile.theme ?? config.theme,
      isFromConfig: isFromConfig
    )
  }
}
