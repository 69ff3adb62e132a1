internal import Glibc

/// Which entry of a list lets a host be reached without the proxy, as libcurl reads such lists.
package enum NoProxy {
  /// The entry that a host fits; loopback is always without a proxy.
  /// - Parameters:
  ///   - host: A name or a number, without brackets.
  ///   - list: Names, which mean what is below them too, numbers, networks (`10.0.0.0/8`), or `*`.
  /// - Returns: The entry; nil when the host is reached through the proxy.
  package static func entry(for host: String, in list: [String]) -> String? {
    let always = ["localhost", "127.0.0.0/8", "::1"]
    return (always + list).first { fits(host.lowercased(), $0.lowercased()) }
  }

  private static func fits(_ host: String, _ entry: String) -> Bool {
    if entry == "*" { return true }
    if let address = Number(host) {
      let parts = entry.split(separator: "/", maxSplits: 1).map(String.init)
      guard let network = parts.first.flatMap({ Number($0) }) else { return false }
      let bits = parts.count > 1 ? Int(parts[1]) : address.bytes.count * 8
      return bits.map { address.isIn(network, bits: $0) } ?? false
    }
    var name = entry[...]
    if name.hasPrefix(".") { name = name.dropFirst() }
    while name.hasSuffix(".") { name.removeLast() }
    let bare = host.hasSuffix(".") ? host.dropLast() : host[...]
    return !name.isEmpty && (bare == name || bare.hasSuffix(".\(name)"))
  }

  /// An address by its bytes, 4 or 16.
  private struct Number {
    var bytes: [UInt8]

    init?(_ text: String) {
      var bytes = [UInt8](repeating: 0, count: 16)
      let bare =
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
      if unsafe inet_pton(AF_INET, bare, &bytes) == 1 {
        self.bytes = Array(bytes.prefix(4))
      } else if unsafe inet_pton(AF_INET6, bare, &bytes) == 1 {
        self.bytes = bytes
      } else {
        return nil
      }
    }

    func isIn(_ network: Number, bits: Int) -> Bool {
      guard network.bytes.count == bytes.count, (0...bytes.count * 8).contains(bits) else {
        return false
      }
      return (0..<bits).allSatisfy { bit in
        let mask = UInt8(0x80) >> UInt8(bit % 8)
        return bytes[bit / 8] & mask == network.bytes[bit / 8] & mask
      }
    }
  }
}
