package import CommandCenter
internal import Glibc

/// The config and the token files, as far as this program writes them.
package struct ConfigStore: Sendable {
  private let paths: Paths

  /// The store of a home.
  package init(paths: Paths) { self.paths = paths }

  private var file: String { "\(paths.config)/config.toml" }

  /// The file that the token of a new profile goes into.
  package func tokenFile(of profile: String) -> String { "\(paths.config)/\(profile).token" }

  /// Appends a profile to the config; the first one becomes the default.
  /// - Parameters:
  ///   - profile: What is to stand there.
  ///   - token: Goes into a file of mode 0600 beside the config, which the profile then names.
  /// - Throws: ``Mistake`` when the profile is there already, cannot stand there, or cannot be
  ///   written; then nothing has changed.
  package func add(_ profile: Profile, token: Secret? = nil) throws(Mistake) {
    var profile = profile
    guard Profile.isName(profile.name) else {
      throw Mistake(
        "profile \(profile.name)",
        "has a name that is none; write letters, digits, hyphens and dots"
      )
    }
    let lock = try lock()
    defer { close(lock) }
    let before = try read()
    guard before.config.profiles[profile.name] == nil else {
      throw Mistake(file, "has a profile \(profile.name) already; take another name")
    }
    let tokenFile = tokenFile(of: profile.name)
    // Relative paths of the config begin in its folder.
    if token != nil { profile.token = .file("\(profile.name).token") }
    var text = ConfigText.adding(profile, to: before.text)
    if before.config.defaultProfile == nil {
      // With a second profile somebody has to be the default: who was alone until now.
      let others = before.config.profiles.keys
      let first = others.count == 1 ? others.first : nil
      text = ConfigText.choosing(first ?? profile.name, in: text)
    }
    let after = try ConfigFile.read(text, file: file)
    guard after.profiles[profile.name] == profile else {
      throw Mistake(file, "does not take the profile \(profile.name) as it is; write it by hand")
    }
    if let token {
      let checked = try TokenSource.checked(token.text, source: "token")
      guard unsafe access(tokenFile, F_OK) != 0 else {
        throw Mistake(tokenFile, "is there already; remove it, or take another name")
      }
      try TextFile.replace(tokenFile, with: checked + "\n")
    }
    do throws(Mistake) {
      try TextFile.replace(file, with: text)
    } catch {
      // A token that no profile names would only lie about.
      if token != nil { unsafe unlink(tokenFile) }
      throw error
    }
  }

  /// Appends a filter to `[filters]`.
  /// - Throws: ``Mistake`` when there is one of its name, or the file cannot be written.
  package func add(_ filter: SavedFilter) throws(Mistake) {
    let lock = try lock()
    defer { close(lock) }
    let before = try read()
    guard !before.config.filters.contains(where: { $0.name == filter.name }) else {
      throw Mistake(file, "has a filter \(filter.name) already; take another name")
    }
    let text = ConfigText.adding(filter, to: before.text)
    var wanted = before.config
    wanted.filters.append(filter)
    guard let after = try? ConfigFile.read(text, file: file), after == wanted else {
      let line = "\(filter.name) = \(ConfigText.quoted(filter.text))"
      throw Mistake(file, "cannot be changed safely; write \(line) under [filters] by hand")
    }
    try TextFile.replace(file, with: text)
  }

  /// Makes a profile of the config the default.
  /// - Throws: ``Mistake`` when there is no such profile, or the file cannot be written.
  package func choose(_ name: String) throws(Mistake) {
    let lock = try lock()
    defer { close(lock) }
    let before = try read()
    guard before.config.profiles[name] != nil else {
      throw Mistake(file, before.config.absence(of: name))
    }
    let text = ConfigText.choosing(name, in: before.text)
    var wanted = before.config
    wanted.defaultProfile = name
    guard try ConfigFile.read(text, file: file) == wanted else {
      throw Mistake(file, "cannot be changed safely; write default_profile = \"\(name)\" by hand")
    }
    try TextFile.replace(file, with: text)
  }

  /// Writes a token into the file that a profile reads it from.
  /// - Returns: The file; nil when the profile reads none.
  /// - Throws: ``Mistake`` when it cannot be written; the old one stands.
  package func keep(_ token: Secret, of profile: Profile) throws(Mistake) -> String? {
    guard case .file(let path) = profile.token else { return nil }
    let file = paths.absolute(path)
    let checked = try TokenSource.checked(token.text, source: "token")
    try TextFile.replace(file, with: checked + "\n")
    return file
  }

  /// Keeps others who write here waiting until it is closed: what was read is what is replaced.
  private func lock() throws(Mistake) -> Int32 {
    try Folder.make(paths.config)
    let folder = unsafe open(paths.config, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Mistake(paths.config, "cannot be opened: is it yours?") }
    while flock(folder, LOCK_EX) != 0, errno == EINTR {}
    return folder
  }

  private func read() throws(Mistake) -> (text: String, config: ConfigFile) {
    guard let text = try TextFile.read(file, bound: ConfigFile.bound, care: .own) else {
      return ("", ConfigFile(file: file))
    }
    return (text, try ConfigFile.read(text, file: file))
  }
}
