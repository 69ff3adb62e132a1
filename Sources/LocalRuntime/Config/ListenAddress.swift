/// Where the runtime listens.
package struct ListenAddress: Sendable, Equatable {
  /// A name or an address, without brackets.
  package var host: String
  /// 0 lets the system choose.
  package var port: UInt16

  /// Loopback, on a port of the system's choice.
  package static let standard = ListenAddress(host: "127.0.0.1", port: 0)

  /// An address.
  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `127.0.0.1:8080`, `localhost:0` or `[::1]:8080`; nil for anything else.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else {
      return nil
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    let known = host.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789.-:".unicodeScalars.contains($0))
    }
    guard !host.isEmpty, known else { return nil }
    self.init(host: String(host), port: port)
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The address as it is written.
  package var text: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
