import Glibc
import Settings
import Testing

@Suite struct ConfigFileTests {
  @Test func `every setting of a profile is read`() throws {
    let config = try ConfigFile.read(
      """
      default_profile = "prod"
      theme = "paper"
      glyphs = "ascii"
      mouse = false
      low_bandwidth = true
      [profile.prod]
      url = "https://api.example.com"
      tenant = "acme"
      project = "payments"
      token_file = "prod.token"
      protected = true
      read_only = true
      allow_http = false
      theme = "midnight"
      proxy = "http://proxy:3128"
      ca_file = "/etc/ca.pem"
      client_cert = "c.pem"
      client_key = "k.pem"
      [profile."next.eu"]
      url = "http://10.0.0.1"
      token_env = "NEXT_TOKEN"
      allow_http = true
      """,
      file: "config.toml"
    )
    var prod = Profile(name: "prod", url: "https://api.example.com")
    prod.tenant = "acme"
    prod.project = "payments"
    prod.token = .file("prod.token")
    prod.isProtected = true
    prod.isReadOnly = true
    prod.theme = "midnight"
    prod.proxy = "http://proxy:3128"
    prod.authorities = "/etc/ca.pem"
    prod.clientCertificate = "c.pem"
    prod.clientKey = "k.pem"
    var next = Profile(name: "next.eu", url: "http://10.0.0.1")
    next.token = .variable("NEXT_TOKEN")
    next.allowsPlainHTTP = true
    #expect(config.profiles == ["prod": prod, "next.eu": next])
    #expect(config.defaultProfile == "prod")
    #expect(config.theme == "paper")
    #expect(config.asciiGlyphs == true)
    #expect(config.mouse == false)
    #expect(config.lowBandwidth == true)
  }

  @Test func `an empty file says nothing`() throws {
    #expect(try ConfigFile.read("", file: "c") == ConfigFile(file: "c"))
  }

  @Test(arguments: [
    ("them = \"paper\"", "c.toml: them is no setting; theme was meant?"),
    (
      "colours = 3",
      "c.toml: colours is no setting; there are default_profile, theme, glyphs, mouse, "
        + "low_bandwidth, profile"
    ),
    ("mouse = \"off\"", "c.toml: mouse is a text; write true or false"),
    ("low_bandwidth = 1", "c.toml: low_bandwidth is a whole number; write true or false"),
    ("theme = 3", "c.toml: theme is a whole number; write a text in quotes"),
    ("theme = \"\"", "c.toml: theme is empty; write it or leave it out"),
    ("theme = \"a\\u001bb\"", "c.toml: theme has a control character in it; write it again"),
    ("glyphs = \"latin\"", "c.toml: glyphs is \"latin\"; write \"utf-8\" or \"ascii\""),
    ("profile = 1", "c.toml: profile is a whole number; write a table"),
    ("[profile]\nprod = \"x\"", "c.toml: profile.prod is a text; write a table"),
    (
      "[profile.prod]\ntoken_fil = \"x\"",
      "c.toml: profile.prod.token_fil is no setting; profile.prod.token_file was meant?"
    ),
    (
      "[profile.prod]\ntenant = \"a\"",
      "c.toml: profile.prod.url is missing; write url = \"https://host\""
    ),
    (
      "[profile.prod]\nurl = [\"a\"]",
      "c.toml: profile.prod.url is a list; write a text in quotes"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\nread_only = \"yes\"",
      "c.toml: profile.prod.read_only is a text; write true or false"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\ntenant = \"a b\"",
      "c.toml: profile.prod.tenant has a blank or a character outside ASCII in it; write the name "
        + "that the API uses"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\ntoken_env = \"A\"\ntoken_file = \"b\"",
      "c.toml: profile.prod.token_file and profile.prod.token_env are both given; keep one"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\ntoken_command = []",
      "c.toml: profile.prod.token_command is empty; write a list of the program and its arguments"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\ntoken_command = [\"a\", 2]",
      "c.toml: profile.prod.token_command[1] is a whole number; write a text"
    ),
    (
      "[profile.\"a b\"]\nurl = \"https://a\"",
      "c.toml: profile.a b has a name that is none; write letters, digits, hyphens and dots"
    ),
    (
      "default_profile = \"prd\"\n[profile.prod]\nurl = \"https://a\"",
      "c.toml: default_profile names prd, but there is no [profile.prd]; prod was meant?"
    ),
    (
      "default_profile = \"prod\"",
      "c.toml: default_profile names prod, but there is no [profile.prod]: the file has no profile "
        + "at all"
    ),
    ("theme = \"a\"\u{0}", "c.toml: is no text: it has a NUL in it"),
  ])
  func `a wrong setting is one sentence with the path of its key`(text: String, wanted: String) {
    #expect(
      sentence { () throws(Mistake) in _ = try ConfigFile.read(text, file: "c.toml") } == wanted
    )
  }

  @Test(arguments: [
    ("theme = \"a\"\nglyphs = ", "c.toml, line 2, column "),
    ("theme = \"a\"\ntheme = \"b\"", "c.toml, line 2, column "),
    ("[profile.prod\nurl = 1", "c.toml, line 1, column "),
  ])
  func `a slip in the syntax is told with line and column`(text: String, start: String) throws {
    let said = try #require(
      sentence { () throws(Mistake) in _ = try ConfigFile.read(text, file: "c.toml") }
    )
    #expect(said.hasPrefix(start), "\(said)")
    #expect(!said.contains("\n"))
  }

  @Test func `a config that is not there says nothing, one that is no file is refused`() throws {
    let folder = try Folder()
    let paths = try Paths(environment: Environment(["HOME": folder.path]))
    #expect(try ConfigFile.load(paths: paths).profiles.isEmpty)
    try folder.write("theme = \"paper\"", to: ".config/command-center/config.toml")
    #expect(try ConfigFile.load(paths: paths).theme == "paper")
    try folder.write("", to: "x/command-center/config.toml/inner")
    let other = try Paths(
      environment: Environment(["HOME": folder.path, "XDG_CONFIG_HOME": "\(folder.path)/x"])
    )
    #expect(
      sentence { () throws(Mistake) in _ = try ConfigFile.load(paths: other) }
        == "\(folder.path)/x/command-center/config.toml: is no file"
    )
  }

  @Test(arguments: [0o620, 0o602, 0o666] as [mode_t])
  func `a config that others can write is refused, since it names programs`(mode: mode_t) throws {
    let folder = try Folder()
    let file = try folder.write(
      "theme = \"paper\"",
      to: ".config/command-center/config.toml",
      mode: mode
    )
    let paths = try Paths(environment: Environment(["HOME": folder.path]))
    #expect(
      sentence { () throws(Mistake) in _ = try ConfigFile.load(paths: paths) }
        == "\(file): can be written by others; close it with: chmod go-w \(file)"
    )
  }
}
