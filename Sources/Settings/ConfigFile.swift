internal import Cells
package import CommandCenter

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
  /// How many seconds a run may be silent before it can look stuck; nil is the usual patience.
  package var stuckAfter: Int?
  /// Whether nothing may be changed, whatever the profile.
  package var isReadOnly: Bool
  /// The profiles by name.
  package var profiles: [String: Profile]
  /// The filters that are tabs, as they stand one behind the other.
  package var filters: [SavedFilter]
  /// The keys, those of the file laid over the shipped ones.
  package var keymap = Keymap.standard

  /// A config that says nothing.
  package init(file: String) {
    self.file = file
    isReadOnly = false
    profiles = [:]
    filters = []
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
      only: [
        "default_profile", "theme", "glyphs", "mouse", "low_bandwidth", "read_only", "profile",
        "filters", "stuck_after", "keys",
      ]
    )
    var config = ConfigFile(file: file)
    config.theme = try root.text("theme")
    config.asciiGlyphs = try root.word("glyphs", of: ["utf-8", "ascii"]).map { $0 == "ascii" }
    config.mouse = try root.truth("mouse")
    config.lowBandwidth = try root.truth("low_bandwidth")
    config.stuckAfter = try root.whole("stuck_after", in: 1...86_400)
    config.isReadOnly = try root.truth("read_only") ?? false
    if let profiles = try root.section("profile") {
      for name in profiles.keys {
        guard let section = try profiles.section(name) else { continue }
        config.profiles[name] = try Profile(section, name: name)
      }
    }
    config.filters = try filters(root, text)
    if let keys = try root.section("keys") { config.keymap = try keymap(keys) }
    config.defaultProfile = try root.text("default_profile")
    if let name = config.defaultProfile, config.profiles[name] == nil {
      throw root.mistake("default_profile names \(name), but \(config.absence(of: name))")
    }
    return config
  }

  /// The most filters that are tabs.
  private static let mostFilters = 20

  private static func filters(
    _ root: TOMLSection,
    _ text: String
  ) throws(Mistake) -> [SavedFilter] {
    guard let section = try root.section("filters") else { return [] }
    guard section.keys.count <= mostFilters else {
      throw root.mistake("filters has more than \(mostFilters) filters; take some away")
    }
    var filters: [SavedFilter] = []
    for name in ConfigText.inOrder(section.keys, text) {
      guard let line = try section.text(name) else { continue }
      do throws(SavedFilter.Mistake) {
        filters.append(try SavedFilter(name: name, text: line))
      } catch {
        throw root.mistake("\(section.path(of: name)): \(error.sentence)")
      }
    }
    return filters
  }

  /// Reads `[keys]` and `[keys.SCOPE]`: commands, and the keys that are wished for them.
  private static func keymap(_ section: TOMLSection) throws(Mistake) -> Keymap {
    var wishes: [Keymap.Wish] = []
    for name in section.keys {
      guard section.isTable(name), let scope = try section.section(name) else {
        let keys = try section.textOrTexts(name)
        wishes.append(Keymap.Wish(scope: nil, command: name, keys: keys))
        continue
      }
      // A table without a command in it is looked at too: its name may be wrong.
      wishes.append(Keymap.Wish(scope: name, command: nil, keys: []))
      for command in scope.keys {
        let keys = try scope.textOrTexts(command)
        wishes.append(Keymap.Wish(scope: name, command: command, keys: keys))
      }
    }
    do throws(Keymap.Mistake) {
      return try Keymap.standard.applying(wishes)
    } catch {
      throw section.mistake(error.sentence)
    }
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
