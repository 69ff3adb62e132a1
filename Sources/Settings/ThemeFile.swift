package import Cells
internal import Glibc

/// Themes as files.
package enum ThemeFile {
  /// The longest theme that is read, in bytes.
  static let bound = 256 << 10
  /// How many themes may inherit from one another.
  static let deepest = 8
  /// How many themes are looked at in one folder.
  static let most = 1000

  /// A theme that may be chosen.
  package struct Found: Sendable {
    package var name: String
    /// The file it is read from; nil for the one that the program carries.
    package var file: String?
    /// The theme; or what is wrong with it.
    package var theme: Result<Theme, Mistake>
  }

  /// Finds a theme by name and reads it.
  /// - Parameters:
  ///   - name: The file's name without `.toml`.
  ///   - folders: Where themes are looked for, the first first.
  /// - Returns: The theme; or the built-in one and what is wrong with the one that was wanted.
  package static func load(_ name: String, folders: [String]) -> (theme: Theme, mistake: Mistake?) {
    do throws(Mistake) {
      return (try theme(name, folders: folders), nil)
    } catch {
      return (.builtin, error)
    }
  }

  /// Finds a theme by name and reads it, for whoever keeps the one before when it cannot be used.
  /// - Throws: ``Mistake`` with one sentence.
  package static func theme(_ name: String, folders: [String]) throws(Mistake) -> Theme {
    try find(name, folders[...], heirs: [])
  }

  /// The names of the themes that may be chosen, in order.
  package static func names(folders: [String]) -> [String] {
    Set(folders.flatMap(themes) + [Theme.builtin.name]).sorted()
  }

  /// Reads every theme that may be chosen.
  package static func all(folders: [String]) -> [Found] {
    names(folders: folders).map { found($0, folders: folders) }
  }

  /// Reads one theme and says where it is.
  package static func found(_ name: String, folders: [String]) -> Found {
    let files = folders.map { "\($0)/\(name).toml" }
    let file = files.first { unsafe access($0, F_OK) == 0 }
    do throws(Mistake) {
      return Found(name: name, file: file, theme: .success(try theme(name, folders: folders)))
    } catch {
      return Found(name: name, file: file, theme: .failure(error))
    }
  }

  /// Reads a theme.
  /// - Parameters:
  ///   - text: The file's text.
  ///   - file: Its path, for sentences.
  ///   - name: The theme's name.
  ///   - parent: Finds the theme that this one inherits from.
  /// - Returns: The complete theme.
  /// - Throws: ``Mistake`` with line and column, or the path of the key.
  package static func read(
    _ text: String,
    file: String,
    name: String,
    parent: (String) throws(Mistake) -> Theme
  ) throws(Mistake) -> Theme {
    let root = try TOMLSection(parsing: text, file: file)
    try root.allow(only: ["inherits", "palette", "roles"])
    var palette: [String: Shade] = [:]
    if let section = try root.section("palette") {
      for key in section.keys { palette[key] = try shade(key, in: section) }
    }
    var roles: [String: ThemeEntry] = [:]
    if let section = try root.section("roles") {
      for key in section.keys {
        if let role = try section.section(key) { roles[key] = try entry(role) }
      }
    }
    let inherited =
      if let wanted = try root.text("inherits") { try parent(wanted) } else {
        nil as Theme?
      }
    let resolved = Theme.resolve(name: name, roles: roles, palette: palette, parent: inherited)
    if let first = resolved.mistakes.first { throw Mistake(file, words(first)) }
    return resolved.theme
  }

  /// What is wrong in a theme, with the word that was meant where it can be guessed.
  private static func words(_ mistake: ThemeMistake) -> String {
    let meant = Spelling.nearest(to: mistake.word, among: mistake.known)
    return switch (mistake.kind, meant) {
    case (.role, let meant?): "\(mistake.path) is no role; roles.\(meant) was meant?"
    case (.role, nil): "\(mistake.path) \(mistake.sentence)"
    case (.color, let meant?):
      "\(mistake.path): \"\(mistake.word)\" is no colour; \(meant) was meant?"
    case (.color, nil): "\(mistake.path): \(mistake.sentence)"
    }
  }

  private static func shade(_ key: String, in palette: TOMLSection) throws(Mistake) -> Shade? {
    guard palette.isTable(key) else { return try palette.textOrNumber(key).map { Shade($0) } }
    guard let section = try palette.section(key) else { return nil }
    try section.allow(only: ["rgb", "256", "16"])
    guard let own = try section.textOrNumber("rgb") else {
      throw section.mistake("\(section.path(of: "rgb")) is missing; write rgb = \"#rrggbb\"")
    }
    return Shade(
      own,
      on256: try section.textOrNumber("256"),
      on16: try section.textOrNumber("16")
    )
  }

  private static func entry(_ section: TOMLSection) throws(Mistake) -> ThemeEntry {
    try section.allow(only: ["fg", "bg", "bold", "underline", "reverse", "dim", "mono"])
    var mono = ThemeEntry.Marks()
    if let inner = try section.section("mono") {
      try inner.allow(only: ["bold", "underline", "reverse", "dim"])
      mono = ThemeEntry.Marks(
        bold: try inner.truth("bold"),
        underline: try inner.truth("underline"),
        reverse: try inner.truth("reverse"),
        dim: try inner.truth("dim")
      )
    }
    return ThemeEntry(
      foreground: try section.textOrNumber("fg"),
      background: try section.textOrNumber("bg"),
      bold: try section.truth("bold"),
      underline: try section.truth("underline"),
      reverse: try section.truth("reverse"),
      dim: try section.truth("dim"),
      mono: mono
    )
  }

  /// Finds a theme for the files that inherit from it, the nearest last.
  private static func find(
    _ name: String,
    _ folders: ArraySlice<String>,
    heirs: [(name: String, file: String)]
  ) throws(Mistake) -> Theme {
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      throw Mistake(
        heirs.last?.file,
        "\(name) is no name of a theme; write the file's name without .toml"
      )
    }
    for (index, folder) in zip(folders.indices, folders) {
      let file = "\(folder)/\(name).toml"
      guard let text = try TextFile.read(file, bound: bound) else { continue }
      try check(file, name, heirs)
      return try read(text, file: file, name: name) { wanted throws(Mistake) in
        // A theme of one's own may build on the shipped one of the same name.
        let rest = wanted == name ? folders[(index + 1)...] : folders
        return try find(wanted, rest, heirs: heirs + [(name, file)])
      }
    }
    guard name == Theme.builtin.name else {
      let inherits = heirs.isEmpty ? "" : "inherits: "
      throw Mistake(
        heirs.last?.file,
        "\(inherits)there is no theme \(name); \(offer(name, folders))"
      )
    }
    return .builtin
  }

  /// Refuses what would never end.
  private static func check(
    _ file: String,
    _ name: String,
    _ heirs: [(name: String, file: String)]
  ) throws(Mistake) {
    if let start = heirs.firstIndex(where: { $0.file == file }) {
      let way = (heirs[start...].map(\.name) + [name]).joined(separator: ", which inherits ")
      throw Mistake(file, "inherits from itself: \(way); take one inherits out")
    }
    guard heirs.count < deepest else {
      throw Mistake(heirs.first?.file, "inherits through more than \(deepest) themes")
    }
  }

  private static func offer(_ name: String, _ folders: ArraySlice<String>) -> String {
    let names = names(folders: Array(folders))
    if let meant = Spelling.nearest(to: name, among: names) { return "\(meant) was meant?" }
    return "there are \(names.joined(separator: ", "))"
  }

  /// The names of the themes in a folder.
  private static func themes(in folder: String) -> [String] {
    guard let entries = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(entries) }
    var names: [String] = []
    while names.count < most, let entry = unsafe readdir(entries) {
      let file = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if file.hasSuffix(".toml"), !file.hasPrefix(".") { names.append(String(file.dropLast(5))) }
    }
    return names
  }
}
