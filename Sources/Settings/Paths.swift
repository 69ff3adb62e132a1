/// Where this program keeps its files, by the XDG rules.
package struct Paths: Sendable, Equatable {
  package var home: String
  /// Config and themes.
  package var config: String
  /// The journal.
  package var state: String
  /// What a local runtime keeps.
  package var data: String
  package var cache: String

  /// The folders that an environment leads to.
  ///
  /// A variable that does not hold an absolute path counts for nothing, as the rules say.
  /// - Throws: ``Mistake`` when there is no home.
  package init(environment: Environment) throws(Mistake) {
    let absolute = { (name: String) in
      environment[name].flatMap { $0.hasPrefix("/") ? Paths.trimmed($0) : nil }
    }
    guard let home = absolute("HOME") else {
      throw Mistake(nil, "HOME is not set to an absolute path; set it to your home directory")
    }
    self.home = home
    let folder = { (name: String, fallback: String) in
      "\(absolute(name) ?? "\(home)/\(fallback)")/command-center"
    }
    config = folder("XDG_CONFIG_HOME", ".config")
    state = folder("XDG_STATE_HOME", ".local/state")
    data = folder("XDG_DATA_HOME", ".local/share")
    cache = folder("XDG_CACHE_HOME", ".cache")
  }

  /// A path of the config as an absolute one.
  package func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    if path.hasPrefix("~/") { return "\(home)/\(path.dropFirst(2))" }
    return "\(config)/\(path)"
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path == "/" ? "" : path
  }
}
