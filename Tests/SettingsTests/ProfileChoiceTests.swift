import CommandCenter
import Settings
import Testing

@Suite struct ProfileChoiceTests {
  private func config(_ names: [String], standard: String? = nil) -> ConfigFile {
    var config = ConfigFile(file: "c.toml")
    for name in names { config.profiles[name] = Profile(name: name, url: "https://\(name)") }
    config.defaultProfile = standard
    config.theme = "paper"
    return config
  }

  private static let variables: [Environment.Key: String] = [
    .url: "http://127.0.0.1:1", .token: "t", .tenant: "acme", .project: "p",
  ]

  @Test func `a flag comes before variables, variables before the default`() throws {
    let config = config(["a", "b"], standard: "b")
    let choose = { (flag: String?, variables: [Environment.Key: String]) throws(Mistake) in
      try ProfileChoice.resolve(
        flags: ProfileFlags(profile: flag),
        environment: Environment(variables),
        config: config
      )?.profile.name
    }
    #expect(try choose("a", ProfileChoiceTests.variables) == "a")
    #expect(try choose(nil, ProfileChoiceTests.variables) == "env")
    #expect(try choose(nil, [.profile: "a"]) == "a")
    #expect(try choose(nil, [.url: "https://x", .profile: "a"]) == "env")
    #expect(try choose(nil, [:]) == "b")
  }

  @Test func `the only profile needs no default; nothing set up is no choice`() throws {
    let none = Environment([:] as [Environment.Key: String])
    let one = try ProfileChoice.resolve(
      flags: ProfileFlags(),
      environment: none,
      config: config(["a"])
    )
    #expect(one?.profile.name == "a")
    let nothing = try ProfileChoice.resolve(
      flags: ProfileFlags(),
      environment: none,
      config: config([])
    )
    #expect(nothing == nil)
  }

  @Test func `variables make a profile whose token stays in its variable`() throws {
    let chosen = try #require(
      try ProfileChoice.resolve(
        flags: ProfileFlags(isReadOnly: true, theme: "mono"),
        environment: Environment(ProfileChoiceTests.variables),
        config: config(["a"])
      )
    )
    var profile = Profile(name: "env", url: "http://127.0.0.1:1")
    profile.tenant = "acme"
    profile.project = "p"
    profile.token = .variable("COMMAND_CENTER_TOKEN")
    #expect(chosen.profile == profile)
    #expect(chosen.readOnly == "started with --read-only")
    #expect(chosen.theme == "mono")
    #expect(!chosen.isFromConfig)
    #expect(chosen.facts(place: "127.0.0.1:1").scope == "acme/p")
  }

  @Test func `variables are not laid over a profile of the config`() throws {
    let chosen = try ProfileChoice.resolve(
      flags: ProfileFlags(profile: "a"),
      environment: Environment(ProfileChoiceTests.variables),
      config: config(["a"])
    )
    #expect(chosen?.profile == Profile(name: "a", url: "https://a"))
    #expect(chosen?.theme == "paper")
  }

  @Test func `a profile may be read-only and have a theme`() throws {
    var config = config(["a"])
    config.profiles["a"]?.isReadOnly = true
    config.profiles["a"]?.theme = "terminal"
    let chosen = try ProfileChoice.resolve(
      flags: ProfileFlags(),
      environment: Environment([:] as [String: String]),
      config: config
    )
    #expect(chosen?.readOnly == "the profile a is read-only")
    #expect(chosen?.theme == "terminal")
  }

  @Test func `a config that is read-only counts for every profile, and a flag is named first`()
    throws
  {
    var config = config(["a"])
    config.isReadOnly = true
    let reason = { (flags: ProfileFlags) throws(Mistake) in
      try ProfileChoice.resolve(
        flags: flags,
        environment: Environment([:] as [String: String]),
        config: config
      )?.readOnly
    }
    #expect(try reason(ProfileFlags()) == "the config says read_only = true")
    #expect(try reason(ProfileFlags(isReadOnly: true)) == "started with --read-only")
  }

  @Test func `a profile that is not there is said with the ones that are`() {
    let choose = { (flag: String?, variables: [Environment.Key: String]) in
      sentence { () throws(Mistake) in
        _ = try ProfileChoice.resolve(
          flags: ProfileFlags(profile: flag),
          environment: Environment(variables),
          config: self.config(["prod", "staging"])
        )
      }
    }
    #expect(
      choose("prd", [:])
        == "c.toml: --profile names prd, but there is no [profile.prd]; prod was meant?"
    )
    #expect(
      choose(nil, [.profile: "elsewhere"])
        == "c.toml: COMMAND_CENTER_PROFILE names elsewhere, but there is no [profile.elsewhere]; "
        + "there are prod, staging"
    )
    #expect(
      choose(nil, [:])
        == "c.toml: no profile is chosen: name one with --profile or default_profile; there are "
        + "prod, staging"
    )
    #expect(
      choose(nil, [.url: "https://x", .tenant: "a\nb"])
        == "COMMAND_CENTER_TENANT: has a blank or a character outside ASCII in it; set the name "
        + "that the API uses"
    )
  }
}
