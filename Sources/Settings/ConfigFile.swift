/// What `config.toml` says.
package struct ConfigFile: Sendable, Equatable {
  /// The file, for sentences; relative paths in it begin in its folder.
  package var file: String
  package var defaultProfile: String?
  package var theme: String?
  /// Whether glyphs are ASCII; nil goes by the locale.
  package var asciiGlyphs: Bool?
  /// Whether the mouse is listened to; nil is yes.
  package var mouse: Bool?
  /// Whether the line to the terminal is slow; nil is no.
  package var lowBandwidth: Bool?
  /// The profiles by name.
  package var profiles: [String: Profile]

  /// A config that says nothing.
  package init(file: String) {
    self.file = file
    profiles = [:]
  }

  /// The longest config that is read, in bytes.
  package static let bound = 1 << 20

  /// Reads a config.
  /// - Parameters:
  ///   - text: The file's text.
  ///   - file: The file's path, for sentences.
  /// - Returns: What it says.
  /// - Throws: ``Mistake`` for the first thing that is wrong: syntax with line and column, anything
  ///   else with the path of the key.
  package static func read(_ text: String, file: String) throws(Mistake) -> ConfigFile {
    let root = try TOMLSection(parsing: text, file: file)
    try root.allow(
      only: ["default_profile", "theme", "glyphs", "mouse", "low_bandwidth", "profile"]
    )
    var config = ConfigFile(file: file)
    config.theme = try root.text("theme")
    config.asciiGlyphs = try root.word("glyphs", of: ["utf-8", "ascii"]).map { $0 == "ascii" }
    config.mouse = try root.truth("mouse")
    config.lowBandwidth = try root.truth("low_bandwidth")
    if let profiles = try root.section("profile") {
      for name in profiles.keys {
        guard let section = try profiles.section(name) else { continue }
        config.profiles[name] = try Profile(section, name: name)
      }
    }
    config.defaultProfile = try root.text("default_profile")
    if let name = config.defaultProfile, config.profiles[name] == nil {
      throw root.mistake("default_profile names \(name), but \(config.absence(of: name))")
    }
    return config
  }

  /// Reads the config of a folder; a file that is not there says nothing.
  /// - Throws: ``Mistake`` as ``read(_:file:)``, and when the file cannot be read, or is not its
  ///   owner's alone to write.
  package static func load(paths: Paths) throws(Mistake) -> ConfigFile {
    let file = "\(paths.config)/config.toml"
    guard let text = try TextFile.read(file, bound: bound, care: .own) else {
      return ConfigFile(file: file)
    }
    return try read(text, file: file)
  }

  /// Why there is no profile of a name, and what there is.
  func absence(of name: String) -> String {
    let names = profiles.keys.sorted()
    if names.isEmpty { return "there is no [profile.\(name)]: the file has no profile at all" }
    let meant = Spelling.nearest(to: name, among: names).map { "; \($0) was meant?" }
    return "there is no [profile.\(name)]"
      + (meant ?? "; there are \(names.joined(separator: ", "))")
  }
}
