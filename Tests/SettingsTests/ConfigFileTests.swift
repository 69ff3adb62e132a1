import Cells
import CommandCenter
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
      stuck_after = 600
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
    #expect(config.stuckAfter == 600)
  }

  @Test func `keys are bound by scope, by lists or by one text`() throws {
    let config = try ConfigFile.read(
      """
      [keys]
      help = "f1"
      [keys.inbox]
      approve = ["A", "f2"]
      sort = []
      """,
      file: "c"
    )
    #expect(config.keymap.label(of: .approve, in: .inbox) == "A")
    #expect(config.keymap.label(of: .sort, in: .inbox) == nil)
    #expect(config.keymap.label(of: .help, in: .run) == "F1")
    #expect(try ConfigFile.read("theme = 'paper'", file: "c").keymap == .standard)
  }

  @Test(arguments: [
    ("[keys.inbx]", "c: keys.inbx is no table of keys; keys.inbox was meant?"),
    ("keys = 3", "c: keys is a whole number; write a table"),
    (
      "[keys.inbox]\napprove = 3", "c: keys.inbox.approve is a whole number; write a text or a list"
    ),
    ("[keys.inbox]\napprove = [3]", "c: keys.inbox.approve[0] is a whole number; write a text"),
    (
      "[keys.inbox]\napprove = \"x\"",
      "c: x is approve and reject in [keys.inbox]; give one of them another key, or none: []"
    ),
  ])
  func `keys that cannot be bound say where and why`(text: String, sentence: String) {
    let mistake = #expect(throws: Mistake.self) { try ConfigFile.read(text, file: "c") }
    #expect(mistake?.sentence.hasPrefix(sentence) == true, "\(mistake?.sentence ?? "")")
  }

  @Test func `an empty file says nothing`() throws {
    #expect(try ConfigFile.read("", file: "c") == ConfigFile(file: "c"))
  }

  @Test(arguments: [
    ("them = \"paper\"", "c.toml: them is no setting; theme was meant?"),
    (
      "colours = 3",
      "c.toml: colours is no setting; there are default_profile, theme, glyphs, mouse, "
        + "low_bandwidth, read_only, profile, filters, stuck_after, keys"
    ),
    ("mouse = \"off\"", "c.toml: mouse is a text; write true or false"),
    ("low_bandwidth = 1", "c.toml: low_bandwidth is a whole number; write true or false"),
    ("stuck_after = 0", "c.toml: stuck_after is 0; write a whole number from 1 to 86400"),
    (
      "stuck_after = \"5m\"",
      "c.toml: stuck_after is a text; write a whole number from 1 to 86400"
    ),
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
      "[profile.prod]\nurl = \"https://a\"\nundo_window = \"3\"",
      "c.toml: profile.prod.undo_window is a text; write a whole number of seconds from 0 to 60"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\nundo_window = 1.5",
      "c.toml: profile.prod.undo_window is a number with a fraction; write a whole number of "
        + "seconds from 0 to 60"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\nundo_window = -1",
      "c.toml: profile.prod.undo_window is -1; write a whole number of seconds from 0 to 60"
    ),
    (
      "[profile.prod]\nurl = \"https://a\"\nundo_window = 3600",
      "c.toml: profile.prod.undo_window is 3600; write a whole number of seconds from 0 to 60"
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
    ("", 0), ("protected = true", 3), ("protected = false", 0), ("undo_window = 5", 5),
    ("protected = true\nundo_window = 0", 0), ("protected = true\nundo_window = 60", 60),
  ])
  func `a protected profile has an undo window unless it says otherwise`(
    lines: String,
    seconds: Int
  ) throws {
    let text = "[profile.prod]\nurl = \"https://a\"\n\(lines)"
    let profile = try #require(try ConfigFile.read(text, file: "c.toml").profiles["prod"])
    let facts = profile.facts(place: "a")
    #expect(facts.undoWindow == .seconds(seconds))
    #expect(facts.isProtected == lines.contains("protected = true"))
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
