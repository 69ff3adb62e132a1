package import Cells
internal import Glibc

/// Themes as files.
package enum ThemeFile {
  /// The longest theme that is read, in bytes.
  static let bound = 256 << 10
  /// How many themes may inherit from one another.
  static let deepest = 8

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
    try find(name, folders[...], depth: 0)
  }

  /// The names of the themes that may be chosen, in order.
  package static func names(folders: [String]) -> [String] {
    Set(folders.flatMap(themes) + [Theme.builtin.name]).sorted()
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
    var palette: [String: String] = [:]
    if let section = try root.section("palette") {
      for key in section.keys { palette[key] = try section.textOrNumber(key) }
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
    if let first = resolved.mistakes.first {
      throw Mistake(file, "\(first.path): \(first.sentence)")
    }
    return resolved.theme
  }

  private static func entry(_ section: TOMLSection) throws(Mistake) -> ThemeEntry {
    try section.allow(only: ["fg", "bg", "bold", "underline", "reverse", "dim"])
    return ThemeEntry(
      foreground: try section.textOrNumber("fg"),
      background: try section.textOrNumber("bg"),
      bold: try section.truth("bold"),
      underline: try section.truth("underline"),
      reverse: try section.truth("reverse"),
      dim: try section.truth("dim")
    )
  }

  private static func find(
    _ name: String,
    _ folders: ArraySlice<String>,
    depth: Int
  ) throws(Mistake) -> Theme {
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      throw Mistake(nil, "\(name) is no name of a theme; write the file's name without .toml")
    }
    guard depth < deepest else {
      throw Mistake(nil, "the theme \(name) inherits from itself, or through more than 8 themes")
    }
    for (index, folder) in zip(folders.indices, folders) {
      let file = "\(folder)/\(name).toml"
      guard let text = try TextFile.read(file, bound: bound) else { continue }
      return try read(text, file: file, name: name) { wanted throws(Mistake) in
        // A theme of one's own may build on the shipped one of the same name.
        let rest = wanted == name ? folders[(index + 1)...] : folders
        return try find(wanted, rest, depth: depth + 1)
      }
    }
    guard name == Theme.builtin.name else {
      throw Mistake(nil, "there is no theme \(name); \(offer(name, folders))")
    }
    return .builtin
  }

  private static func offer(_ name: String, _ folders: ArraySlice<String>) -> String {
    let names = Set(folders.flatMap(themes) + [Theme.builtin.name]).sorted()
    if let meant = Spelling.nearest(to: name, among: names) { return "\(meant) was meant?" }
    return "there are \(names.joined(separator: ", "))"
  }

  /// The names of the themes in a folder.
  private static func themes(in folder: String) -> [String] {
    guard let entries = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(entries) }
    var names: [String] = []
    while let entry = unsafe readdir(entries) {
      let file = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if file.hasSuffix(".toml"), !file.hasPrefix(".") { names.append(String(file.dropLast(5))) }
    }
    return names
  }
}
