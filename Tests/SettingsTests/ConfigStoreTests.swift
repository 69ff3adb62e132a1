import CommandCenter
import Glibc
import Settings
import Testing

/// The config as this program writes it: by additions, never anew.
@Suite struct ConfigStoreTests {
  private func paths(_ folder: Folder) throws -> Paths {
    try Paths(environment: Environment(["HOME": folder.path]))
  }

  private func text(_ folder: Folder) throws -> String {
    try text(at: "\(folder.path)/.config/command-center/config.toml")
  }

  private func text(at path: String) throws -> String {
    let file = unsafe try #require(fopen(path, "r"))
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(unsafe stat(path, &status) == 0)
    return status.st_mode & 0o777
  }

  private func profile(_ name: String) -> Profile {
    var profile = Profile(name: name, url: "https://\(name).example.com")
    profile.tenant = "acme"
    return profile
  }

  @Test func `the first profile makes the file, becomes the default, and keeps its token apart`()
    throws
  {
    let folder = try Folder()
    let paths = try paths(folder)
    try ConfigStore(paths: paths).add(profile("prod"), token: Secret("pat_abc"))
    #expect(
      try text(folder) == """
        default_profile = "prod"

        [profile.prod]
        url = "https://prod.example.com"
        tenant = "acme"
        token_file = "prod.token"

        """
    )
    let token = "\(paths.config)/prod.token"
    #expect(try text(at: token) == "pat_abc\n")
    #expect(try mode(token) == 0o600)
    #expect(try mode("\(paths.config)/config.toml") == 0o600)
    let config = try ConfigFile.load(paths: paths)
    #expect(config.profiles["prod"]?.token == .file("prod.token"))
  }

  @Test func `what somebody wrote stays as it was, comments and all`() throws {
    let folder = try Folder()
    let before = """
      # mine
      theme = "paper"   # bright

      [profile.old]
      url = 'https://old.example.com'
      """
    let file = try folder.write(before, to: ".config/command-center/config.toml", mode: 0o644)
    try ConfigStore(paths: paths(folder)).add(profile("new"))
    let after = try text(folder)
    #expect(after.hasPrefix("default_profile = \"old\"\n\(before)\n\n[profile.new]\n"), "\(after)")
    #expect(try mode(file) == 0o644)
  }

  @Test func `a profile that is there, a bad name and a token that is there change nothing`() throws
  {
    let folder = try Folder()
    let store = ConfigStore(paths: try paths(folder))
    try store.add(profile("prod"))
    try folder.write("kept", to: ".config/command-center/next.token")
    let before = try text(folder)
    #expect(
      sentence { () throws(Mistake) in try store.add(profile("prod")) }?
        .contains("has a profile prod already; take another name") == true
    )
    for name in ["", "a b", "../x", ".x", "a/b", "a\"]\nx = 1\n["] {
      // Said of the name, not of a line that nobody wrote.
      let said = sentence { () throws(Mistake) in try store.add(profile(name)) }
      #expect(
        said?.contains("write letters, digits, hyphens and dots") == true,
        "\(name): \(said ?? "")"
      )
      #expect(said?.contains("config.toml") == false, "\(name): \(said ?? "")")
    }
    #expect(
      sentence { () throws(Mistake) in
        try store.add(profile("next"), token: Secret("pat"))
      }?.contains("next.token: is there already") == true
    )
    #expect(
      sentence { () throws(Mistake) in
        try store.add(profile("more"), token: Secret("two words"))
      }?.contains("the token has a blank") == true
    )
    #expect(try text(folder) == before)
    #expect(unsafe access("\(folder.path)/.config/command-center/more.token", F_OK) != 0)
  }

  @Test func `a name with a dot is one name`() throws {
    let folder = try Folder()
    try ConfigStore(paths: try paths(folder)).add(profile("eu.prod"))
    #expect(try text(folder).contains("[profile.\"eu.prod\"]"))
    #expect(
      try ConfigFile.read(try text(folder), file: "config").profiles.keys.sorted() == ["eu.prod"]
    )
  }

  @Test func `texts with quotes and backslashes come back as they were`() throws {
    let folder = try Folder()
    let paths = try paths(folder)
    var odd = profile("odd")
    odd.token = .command(["pass", "a \"b\"", "c\\d"])
    odd.isProtected = true
    odd.isReadOnly = true
    odd.allowsPlainHTTP = true
    try ConfigStore(paths: paths).add(odd)
    #expect(try ConfigFile.load(paths: paths).profiles["odd"] == odd)
  }

  @Test(arguments: [
    (
      "[profile.a]\nurl = \"https://a\"\n[profile.b]\nurl = \"https://b\"\n",
      "default_profile = \"b\"\n\n"
    ),
    (
      "default_profile = \"a\"  # the usual\n[profile.a]\nurl = \"https://a\"\n[profile.b]\nurl = \"https://b\"\n",
      "default_profile = \"b\"  # the usual\n"
    ),
    (
      "  default_profile='a'\n[profile.a]\nurl = \"https://a\"\n[profile.b]\nurl = \"https://b\"\n",
      "default_profile = \"b\"\n"
    ),
  ])
  func `choosing a default changes one line`(before: String, start: String) throws {
    let folder = try Folder()
    try folder.write(before, to: ".config/command-center/config.toml")
    try ConfigStore(paths: paths(folder)).choose("b")
    let after = try text(folder)
    #expect(after.hasPrefix(start), "\(after)")
    let rest = { (text: String) in text.drop { $0 != "[" } }
    #expect(rest(after) == rest(before))
  }

  @Test func `only a profile that is there can be chosen`() throws {
    let folder = try Folder()
    let store = ConfigStore(paths: try paths(folder))
    try store.add(profile("prod"))
    #expect(
      sentence { () throws(Mistake) in try store.choose("prd") }?
        .contains("prod was meant?") == true
    )
  }

  @Test func `of profiles that are added at once none is lost`() async throws {
    let folder = try Folder()
    let paths = try paths(folder)
    let names = (0..<16).map { "p\($0)" }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for name in names {
        group.addTask { @concurrent in
          try ConfigStore(paths: paths).add(Profile(name: name, url: "https://\(name)"))
        }
      }
      try await group.waitForAll()
    }
    #expect(Set(try ConfigFile.load(paths: paths).profiles.keys) == Set(names))
  }

  @Test func `a config that is a link stays one`() throws {
    let folder = try Folder()
    let real = try folder.write("theme = \"paper\"\n", to: "dotfiles/config.toml")
    unsafe mkdir("\(folder.path)/.config", 0o700)
    unsafe mkdir("\(folder.path)/.config/command-center", 0o700)
    let link = "\(folder.path)/.config/command-center/config.toml"
    try #require(unsafe symlink(real, link) == 0)
    try ConfigStore(paths: paths(folder)).add(profile("prod"))
    var status = stat()
    try #require(unsafe lstat(link, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
    #expect(try text(at: real).contains("[profile.prod]"))
  }

  @Test func `a new token takes the old one's place in its file, of which the mode stays`() throws {
    let folder = try Folder()
    let file = try folder.write("old\n", to: "prod.token", mode: 0o400)
    var prod = profile("prod")
    prod.token = .file(file)
    let store = ConfigStore(paths: try paths(folder))
    #expect(try store.keep(Secret("new"), of: prod) == file)
    #expect(try text(at: file) == "new\n")
    #expect(try mode(file) == 0o400)
    prod.token = .variable("T")
    #expect(try store.keep(Secret("new"), of: prod) == nil)
  }

  @Test func `a concealed variable is known here, and nowhere else`() throws {
    unsafe setenv("COMMAND_CENTER_TEST_SECRET", "pat_hidden", 1)
    let environment = Environment.process.concealing(["COMMAND_CENTER_TEST_SECRET"])
    #expect(environment["COMMAND_CENTER_TEST_SECRET"] == "pat_hidden")
    #expect(unsafe getenv("COMMAND_CENTER_TEST_SECRET") == nil)
    #expect(environment["HOME"] == Environment.process["HOME"])
  }
}
