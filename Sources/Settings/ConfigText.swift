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
