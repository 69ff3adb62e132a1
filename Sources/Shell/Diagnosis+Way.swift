internal import CommandCenter
internal import JSON
package import Runs

extension Diagnosis {
  /// How a server is reached, as far as settings say.
  package struct WayFacts: Sendable, Equatable {
    /// Without brackets.
    package var host: String
    package var isSecure: Bool
    /// Without user and password.
    package var proxy: String?
    package var proxySource: String?
    package var proxyHost: String?
    /// The entry because of which the proxy is not used.
    package var exception: String?
    package var exceptionSource: String?
    /// The file of authorities, and what names it; nil is the system's.
    package var authorities: String?
    package var authoritiesSource: String?
    package var clientCertificate: String?

    /// A way.
    package init(host: String, isSecure: Bool) {
      self.host = host
      self.isSecure = isSecure
    }

    /// Whether the proxy is used.
    package var usesProxy: Bool { proxy != nil && exception == nil }
    /// The name that this machine has to look up.
    package var lookedUp: String { usesProxy ? proxyHost ?? host : host }
  }

  /// What was found out about a name.
  package enum Names: Sendable, Equatable {
    case addresses([String])
    case none(String)
    case late
  }

  /// A certificate; moments are nil where they could not be read.
  package struct Shown: Sendable, Equatable {
    package var subject: String
    package var issuer: String
    package var names: [String]
    package var begins: Timestamp?
    package var ends: Timestamp?

    /// A certificate, its moments as OpenSSL writes them.
    package init(subject: String, issuer: String, names: [String], begins: String, ends: String) {
      self.subject = subject
      self.issuer = issuer
      self.names = names
      self.begins = Timestamp(openSSL: begins)
      self.ends = Timestamp(openSSL: ends)
    }
  }

  /// What came of connecting.
  package struct HandshakeFacts: Sendable, Equatable {
    package var address: String?
    package var encryption: String?
    package var certificates: [Shown]
    /// Why the chain is not trusted.
    package var distrust: String?
    /// Why no connection came about, and the code it is worth.
    package var failure: String?
    /// The failure is about TLS; the server is there.
    package var isAboutTrust: Bool
    /// Until the connection was there, and until the handshake was done.
    package var connectMilliseconds: Int
    package var handshakeMilliseconds: Int

    /// What came of it.
    package init(
      address: String? = nil,
      encryption: String? = nil,
      certificates: [Shown] = [],
      distrust: String? = nil,
      failure: String? = nil,
      isAboutTrust: Bool = false,
      connectMilliseconds: Int = 0,
      handshakeMilliseconds: Int = 0
    ) {
      self.address = address
      self.encryption = encryption
      self.certificates = certificates
      self.distrust = distrust
      self.failure = failure
      self.isAboutTrust = isAboutTrust
      self.connectMilliseconds = connectMilliseconds
      self.handshakeMilliseconds = handshakeMilliseconds
    }
  }

  /// A certificate that ends sooner is worth a note.
  package static let soon = Duration.seconds(14 * 86_400)

  // MARK: Proxy

  /// Which proxy is used, and why or why not.
  package static func proxy(_ way: WayFacts) -> Check {
    let facts: JSONObject = [
      "url": text(way.proxy), "source": text(way.proxySource), "used": .bool(way.usesProxy),
      "no_proxy": text(way.exception),
    ]
    guard let proxy = way.proxy else { return Check("proxy", .good, "none", facts: facts) }
    let source = way.proxySource.map { ", from \($0)" } ?? ""
    if let entry = way.exception {
      let list = way.exceptionSource.map { " of \($0)" } ?? ", which is always so"
      return Check(
        "proxy",
        .good,
        "\(proxy)\(source), is not used: \(way.host) fits \(entry)\(list)",
        facts: facts
      )
    }
    return Check("proxy", .good, "\(proxy)\(source)", facts: facts)
  }

  // MARK: Names

  /// What the name of the server, or of its proxy, leads to.
  package static func names(_ names: Names, milliseconds: Int, _ way: WayFacts) -> Check {
    let name = way.lookedUp
    var facts: JSONObject = ["name": .string(name), "ms": number(milliseconds)]
    let whose = way.usesProxy ? "the proxy \(name)" : name
    switch names {
    case .addresses(let addresses):
      facts["addresses"] = .array(addresses.map { .string($0) })
      if addresses == [name] {
        return Check("dns", .good, "\(whose) is a number, nothing to look up", facts: facts)
      }
      let beyond = way.usesProxy ? "; the proxy looks \(way.host) up" : ""
      return Check(
        "dns",
        .good,
        "\(whose) is \(addresses.joined(separator: ", ")) (\(milliseconds) ms)\(beyond)",
        facts: facts
      )
    case .none(let reason):
      facts["addresses"] = []
      return Check(
        "dns",
        .bad,
        "\(whose) has no address: \(reason); check the url and the network",
        code: .notReachable,
        facts: facts
      )
    case .late:
      return Check(
        "dns",
        .bad,
        "\(whose): no answer of the name servers within \(milliseconds) ms; check "
          + "/etc/resolv.conf and the network",
        code: .notReachable,
        facts: facts
      )
    }
  }

  // MARK: Connection

  /// Connection, encryption and certificates.
  package static func connection(
    _ handshake: HandshakeFacts,
    _ way: WayFacts,
    systemAuthorities: String?,
    at now: Timestamp
  ) -> [Check] {
    var checks: [Check] = []
    if let failure = handshake.failure, !handshake.isAboutTrust {
      checks.append(Check("connection", .bad, failure, code: .notReachable))
      return checks
    }
    if let address = handshake.address {
      let via = way.usesProxy ? "the proxy at " : ""
      checks.append(
        Check(
          "connection",
          .good,
          "\(via)\(address) in \(handshake.connectMilliseconds) ms",
          facts: ["address": .string(address), "ms": number(handshake.connectMilliseconds)]
        )
      )
    }
    guard way.isSecure else { return checks }
    checks.append(tls(handshake))
    checks += certificates(handshake.certificates, way, at: now)
    checks.append(authorities(way, systemAuthorities))
    if let file = way.clientCertificate {
      checks.append(
        Check("client certificate", .good, file, facts: ["file": .string(file)])
      )
    }
    return checks
  }

  private static func tls(_ handshake: HandshakeFacts) -> Check {
    let facts: JSONObject = [
      "encryption": text(handshake.encryption), "ms": number(handshake.handshakeMilliseconds),
      "trusted": .bool(handshake.failure == nil),
    ]
    if let failure = handshake.failure {
      // libcurl's own advice, to name the authority, helps against one reason only.
      let words = handshake.distrust.map { "the certificate \($0)" } ?? failure
      return Check("tls", .bad, words, code: .notReachable, facts: facts)
    }
    return Check(
      "tls",
      .good,
      "\(handshake.encryption ?? "encrypted"), handshake in "
        + "\(handshake.handshakeMilliseconds) ms",
      facts: facts
    )
  }

  private static func certificates(
    _ chain: [Shown],
    _ way: WayFacts,
    at now: Timestamp
  ) -> [Check] {
    chain.enumerated().map { index, certificate in
      var facts: JSONObject = [
        "subject": .string(certificate.subject), "issuer": .string(certificate.issuer),
        "names": .array(certificate.names.map { .string($0) }),
        "begins": certificate.begins.map { .string($0.iso8601) } ?? .null,
        "ends": certificate.ends.map { .string($0.iso8601) } ?? .null,
      ]
      let subject = index == 0 ? "certificate" : "issued by"
      let names = certificate.names.isEmpty ? "" : " for \(short(certificate.names))"
      let who =
        certificate.subject == certificate.issuer
        ? "\(certificate.subject)\(names), by itself"
        : "\(certificate.subject)\(names), by \(certificate.issuer)"
      guard let ends = certificate.ends else {
        return Check(subject, .note, "\(who), its end cannot be read", facts: facts)
      }
      let left = ends - now
      let days = Int(left.inMilliseconds / 86_400_000)
      facts["days_left"] = number(days)
      let date = CalendarTime(ends).date
      if left <= .zero {
        return Check(
          subject,
          .bad,
          "\(who), has ended on \(date), \(-days) days ago: the server needs a new one",
          code: .notReachable,
          facts: facts
        )
      }
      if let begins = certificate.begins, begins > now {
        return Check(
          subject,
          .bad,
          "\(who), begins on \(CalendarTime(begins).date) only: is this machine's clock right?",
          code: .notReachable,
          facts: facts
        )
      }
      let isSoon = left < soon
      return Check(
        subject,
        isSoon ? .note : .good,
        "\(who), ends on \(date), in \(days) days" + (isSoon ? ": it is time to renew it" : ""),
        facts: facts
      )
    }
  }

  private static func short(_ names: [String]) -> String {
    let plain = names.map { name in
      ["DNS:", "IP Address:"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
        ?? name
    }
    let more = plain.count > 3 ? " and \(plain.count - 3) more" : ""
    return plain.prefix(3).joined(separator: ", ") + more
  }

  private static func authorities(_ way: WayFacts, _ system: String?) -> Check {
    let facts: JSONObject = [
      "file": text(way.authorities ?? system), "source": text(way.authoritiesSource),
    ]
    let words =
      way.authorities.map { file in
        file + (way.authoritiesSource.map { ", from \($0)" } ?? "")
      } ?? "the system's\(system.map { ", \($0)" } ?? "")"
    return Check("authorities", .good, words, facts: facts)
  }

  static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

extension Timestamp {
  /// Reads a moment as OpenSSL prints it: `Feb  1 00:00:00 2024 GMT`.
  init?(openSSL text: String) {
    let parts = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 5, parts[4] == "GMT", let day = Int(parts[1]),
      let month = months.firstIndex(of: String(parts[0]))
    else { return nil }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    self.init(iso8601: "\(parts[3])-\(two(month + 1))-\(two(day))T\(parts[2])Z")
  }
}
