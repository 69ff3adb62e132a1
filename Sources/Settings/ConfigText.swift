internal import CommandCenter

/// Changes to the text of `config.toml` that leave all the rest as its owner wrote it.
enum ConfigText {
  /// The text with a profile behind everything else.
  static func adding(_ profile: Profile, to text: String) -> String {
    // A dot outside quotes begins a table within the table.
    let key = profile.name.contains(".") ? quoted(profile.name) : profile.name
    var lines = ["[profile.\(key)]"]
    let texts: [(String, String?)] = [
      ("url", profile.url), ("tenant", profile.tenant), ("project", profile.project),
    ]
    for (key, value) in texts { if let value { lines.append("\(key) = \(quoted(value))") } }
    switch profile.token {
    case .file(let path): lines.append("token_file = \(quoted(path))")
    case .variable(let name): lines.append("token_env = \(quoted(name))")
    case .command(let words):
      lines.append("token_command = [\(words.map(quoted).joined(separator: ", "))]")
    case nil: break
    }
    let truths = [
      ("protected", profile.isProtected), ("read_only", profile.isReadOnly),
      ("allow_http", profile.allowsPlainHTTP),
    ]
    for (key, isTrue) in truths where isTrue { lines.append("\(key) = true") }
    let files: [(String, String?)] = [
      ("theme", profile.theme), ("proxy", profile.proxy), ("ca_file", profile.authorities),
      ("client_cert", profile.clientCertificate), ("client_key", profile.clientKey),
    ]
    for (key, value) in files { if let value { lines.append("\(key) = \(quoted(value))") } }
    let gap = text.isEmpty ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
    return text + gap + lines.map { $0 + "\n" }.joined()
  }

  /// The text with a filter behind the others, in a table of its own where there is none yet.
  static func adding(_ filter: SavedFilter, to text: String) -> String {
    let line = "\(filter.name) = \(quoted(filter.text))"
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let head = lines.firstIndex(where: { isHead(of: "filters", $0) }) else {
      let gap = text.isEmpty ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
      return text + gap + "[filters]\n\(line)\n"
    }
    let section = lines[(head + 1)...].prefix { !trimmed($0).hasPrefix("[") }
    let last = section.lastIndex { !trimmed($0).isEmpty } ?? head
    lines.insert(line, at: last + 1)
    let whole = lines.joined(separator: "\n")
    return whole.hasSuffix("\n") ? whole : whole + "\n"
  }

  /// Whether a line begins a table.
  private static func isHead(of table: String, _ line: String) -> Bool {
    guard line.contains("[") else { return false }
    let bare = line.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\t" && $0 != "\r" }
    return bare == "[\(table)]"
  }

  /// Keys of a table as they stand one behind the other in the text: the parser does not keep that.
  ///
  /// A key that is written in some unusual way comes last.
  static func inOrder(_ keys: [String], _ text: String) -> [String] {
    var lines = text.split(separator: "\n")[...]
    lines = lines.drop { !isHead(of: "filters", String($0)) }
    var places: [String: Int] = [:]
    for (place, line) in lines.enumerated() {
      let key = trimmed(String(line)).prefix { $0 != "=" }.filter { $0 != " " && $0 != "\"" }
      if places[key] == nil { places[key] = place }
    }
    return keys.sorted { (places[$0] ?? .max, $0) < (places[$1] ?? .max, $1) }
  }

  /// The text with this profile as the default: the line that says so is changed where there is one,
  /// and put in front of everything where there is none.
  static func choosing(_ name: String, in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let top = lines.prefix { !trimmed($0).hasPrefix("[") }
    let place = top.firstIndex { line in
      let rest = trimmed(line)
      guard rest.hasPrefix("default_profile") else { return false }
      return rest.dropFirst("default_profile".count).drop { $0 == " " || $0 == "\t" }.first == "="
    }
    let setting = "default_profile = \(quoted(name))"
    guard let place else {
      let isTable = lines.first.map { trimmed($0).hasPrefix("[") } ?? false
      return setting + (isTable ? "\n\n" : "\n") + text
    }
    lines[place] = setting + comment(behind: lines[place])
    return lines.joined(separator: "\n")
  }

  private static func trimmed(_ line: String) -> Substring {
    line.drop { $0 == " " || $0 == "\t" }
  }

  /// The comment behind a text in quotes, with the blanks before it.
  private static func comment(behind line: String) -> String {
    guard let open = line.firstIndex(where: { $0 == "\"" || $0 == "'" }),
      let close = line[line.index(after: open)...].firstIndex(of: line[open])
    else { return "" }
    let rest = line[line.index(after: close)...]
    return rest.drop { $0 == " " || $0 == "\t" }.first == "#" ? String(rest) : ""
  }

  /// A text as a basic string of TOML.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
