package import CommandCenter

/// A server as the config names it, and how it may be used.
package struct Profile: Sendable, Equatable {
  package var name: String
  /// As written; whether it is an address is said when it is used.
  package var url: String
  package var tenant: String?
  package var project: String?
  /// Where the token comes from; nil for a server that wants none.
  package var token: TokenSource?
  /// Whether the more dangerous verbs ask for the profile's name.
  package var isProtected: Bool
  /// How many seconds a decision can be taken back before it is sent, where the profile says.
  package var undoSeconds: Int?
  /// Whether nothing may be changed.
  package var isReadOnly: Bool
  /// Whether plain http may leave this machine.
  package var allowsPlainHTTP: Bool
  /// The theme of this profile; nil takes the config's.
  package var theme: String?
  package var proxy: String?
  /// A PEM file of authorities to trust instead of the system's.
  package var authorities: String?
  /// A PEM file with the certificate to show, and the one with its key.
  package var clientCertificate: String?
  package var clientKey: String?

  /// A profile with a name and an address.
  package init(name: String, url: String) {
    self.name = name
    self.url = url
    isProtected = false
    isReadOnly = false
    allowsPlainHTTP = false
  }
}

extension Profile {
  /// What the screens show of it.
  /// - Parameter place: Host and port.
  /// - Returns: Name, tenant, project, place, and how carefully it is used.
  package func facts(place: String) -> ProfileFacts {
    ProfileFacts(
      name: name,
      tenant: tenant,
      project: project,
      place: place,
      isProtected: isProtected,
      undoWindow: undoWindow
    )
  }

  /// The variable that holds the token, where one does.
  package var tokenVariable: String? {
    if case .variable(let name) = token { name } else { nil }
  }

  /// How long a decision can be taken back before it is sent: as the profile says, else a moment in a
  /// protected one.
  package var undoWindow: Duration { .seconds(undoSeconds ?? (isProtected ? 3 : 0)) }

  /// The longest undo window, in seconds: a decision that waits for longer is forgotten.
  private static let undoLimit = 60

  private static let keys = [
    "url", "tenant", "project", "token_file", "token_env", "token_command", "protected",
    "undo_window", "read_only", "allow_http", "theme", "proxy", "ca_file", "client_cert",
    "client_key",
  ]

  /// Whether a profile can be called so; files are named after it.
  static func isName(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
    return isPlain && !text.isEmpty && !text.hasPrefix(".") && text.utf8.count <= 64
  }

  /// Reads `[profile.NAME]`.
  init(_ section: TOMLSection, name: String) throws(Mistake) {
    guard Profile.isName(name) else {
      throw section.mistake(
        "\(section.path) has a name that is none; write letters, digits, hyphens and dots"
      )
    }
    try section.allow(only: Profile.keys)
    guard let url = try section.text("url") else {
      throw section.mistake("\(section.path(of: "url")) is missing; write url = \"https://host\"")
    }
    self.init(name: name, url: url)
    tenant = try Profile.headerText("tenant", section)
    project = try Profile.headerText("project", section)
    token = try Profile.token(section)
    isProtected = try section.truth("protected") ?? false
    undoSeconds = try section.whole("undo_window", in: 0...Profile.undoLimit, of: "seconds")
    isReadOnly = try section.truth("read_only") ?? false
    allowsPlainHTTP = try section.truth("allow_http") ?? false
    theme = try section.text("theme")
    proxy = try section.text("proxy")
    authorities = try section.text("ca_file")
    clientCertificate = try section.text("client_cert")
    clientKey = try section.text("client_key")
  }

  /// A text that travels in a header line.
  private static func headerText(_ key: String, _ section: TOMLSection) throws(Mistake) -> String? {
    guard let text = try section.text(key) else { return nil }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw section.mistake(
        "\(section.path(of: key)) has a blank or a character outside ASCII in it; write the name "
          + "that the API uses"
      )
    }
    return text
  }

  private static func token(_ section: TOMLSection) throws(Mistake) -> TokenSource? {
    let given = ["token_file", "token_env", "token_command"].filter(section.has)
    guard given.count < 2 else {
      let paths = given.map { section.path(of: $0) }.joined(separator: " and ")
      throw section.mistake("\(paths) are both given; keep one")
    }
    if let path = try section.text("token_file") { return .file(path) }
    if let name = try section.text("token_env") { return .variable(name) }
    guard let words = try section.texts("token_command") else { return nil }
    guard words.first?.isEmpty == false else {
      throw section.mistake(
        "\(section.path(of: "token_command")) is empty; write a list of the program and its "
          + "arguments"
      )
    }
    return .command(words)
  }
}
