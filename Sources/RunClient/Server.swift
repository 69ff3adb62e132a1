package import Runs

/// Where a server is and who asks it.
package struct Server: Sendable, Equatable {
  /// The root of the API, without a slash at the end.
  package let url: String
  /// Host and port, for sentences.
  package let place: String
  /// Sent as bearer; never shown.
  package var token: String?
  /// Sent as `X-Tenant-Id`.
  package var tenant: String?
  /// Sent as `X-Project-Id`.
  package var project: String?

  /// Checks an address.
  ///
  /// The host is plain ASCII, so that no two readers of the address see different hosts in it.
  /// - Parameters:
  ///   - url: `https://host`, with a port or a path if need be.
  ///   - token: The bearer token.
  ///   - tenant: The tenant, as the API names it.
  ///   - project: The project, as the API names it.
  ///   - allowsPlainHTTP: Whether `http` may leave this machine.
  /// - Throws: A fault `local` whose sentence says what is wrong with the address.
  package init(
    url: String,
    token: String? = nil,
    tenant: String? = nil,
    project: String? = nil,
    allowsPlainHTTP: Bool = false
  ) throws(Fault) {
    let address = try ServerAddress(url)
    guard address.isSecure || address.isLoopback || allowsPlainHTTP else {
      throw Fault(
        .local,
        "http://\(address.host) would send the token in the clear; write https, or set allow_http "
          + "in the profile"
      )
    }
    self.url = address.root
    place = address.place
    self.token = token
    self.tenant = tenant
    self.project = project
  }
}

extension Server: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Host and port.
  package var description: String { place }
  /// The same, so that no log shows the token.
  package var debugDescription: String { place }
  /// Without the token, whoever prints it.
  package var customMirror: Mirror {
    Mirror(self, children: ["url": url, "tenant": tenant as Any, "project": project as Any])
  }
}

/// The parts of a server's URL.
struct ServerAddress {
  var isSecure: Bool
  var host: String
  var port: Int
  /// The URL as it was written, without a slash at the end.
  var root: String

  var place: String { "\(host):\(port)" }

  /// Whether nothing sent there leaves this machine.
  var isLoopback: Bool {
    if host == "[::1]" || host == "localhost" || host.hasSuffix(".localhost") { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers.first == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  init(_ text: String) throws(Fault) {
    let mistake = { (said: String) in Fault(.local, "the url of the server \(said)") }
    guard !text.isEmpty else { throw mistake("is empty; write https://host") }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }) else {
      throw mistake("has a blank or a character outside ASCII in it; write it again")
    }
    let lowered = text.lowercased()
    guard let scheme = ["https://", "http://"].first(where: lowered.hasPrefix) else {
      throw mistake("begins with neither https:// nor http://; write https://host")
    }
    isSecure = scheme == "https://"
    let rest = text.dropFirst(scheme.count)
    guard !rest.contains("?"), !rest.contains("#") else {
      throw mistake("has a query in it; write only https://host and, if need be, a path")
    }
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else {
      throw mistake("carries a user name or password; leave it out and set a token instead")
    }
    (host, port) = try ServerAddress.split(authority, secure: isSecure)
    var root = Substring("\(scheme)\(rest)")
    while root.hasSuffix("/") { root.removeLast() }
    self.root = String(root)
  }

  private static func split(
    _ authority: Substring,
    secure: Bool
  ) throws(Fault) -> (host: String, port: Int) {
    let mistake = { (said: String) in Fault(.local, "the url of the server \(said)") }
    var name = authority
    var digits: Substring?
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      name = authority[...end]
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else {
        throw mistake("has something behind the brackets; write https://[address]:port")
      }
      digits = after.isEmpty ? nil : after.dropFirst()
      let inside = name.dropFirst().dropLast()
      guard !inside.isEmpty, inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw mistake("has no address between the brackets; write https://[address]:port")
      }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        name = authority[..<colon]
        digits = authority[authority.index(after: colon)...]
      }
      let allowed = { (byte: UInt8) in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
      guard !name.isEmpty else { throw mistake("names no host; write https://host") }
      guard name.utf8.allSatisfy(allowed) else {
        throw mistake("has a host that is none: write letters, digits, dots and hyphens")
      }
    }
    guard let digits else { return (name.lowercased(), secure ? 443 : 80) }
    guard let port = UInt16(digits), port > 0 else {
      throw mistake("has a port that is none: write a number from 1 to 65535")
    }
    return (name.lowercased(), Int(port))
  }
}
