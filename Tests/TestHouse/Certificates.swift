/// A private certificate authority and what it signs, made by the machine's `openssl`.
///
/// All of it is for 127.0.0.1, localhost and ``host`` and lies in a home, keys with mode 0600;
/// nothing is good beyond the tests.
package final class Certificates: Sendable {
  /// What a server shows.
  package enum Kind: String, CaseIterable, Sendable {
    /// For this host, for the next 90 days.
    case valid
    /// For this host, for the next three days.
    case endingSoon = "ending-soon"
    /// For this host, until the first of February 2024.
    case expired
    /// For this host, from the year 2045 on.
    case notYetValid = "not-yet-valid"
    /// For the host elsewhere.example.
    case otherHost = "other-host"
    /// For this host, signed by itself instead of the authority.
    case selfSigned = "self-signed"
  }

  /// A certificate and its key: the paths of two PEM files.
  package struct Pair: Sendable, Equatable {
    package var certificate: String
    package var key: String

    /// Two files.
    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// A name that only a proxy knows the address of.
  package static let host = "api.example"

  /// The PEM file of the authority, for `ca_file` and its like.
  package let authority: String
  /// Another authority, which has signed nothing here.
  package let stranger: String
  /// What a client shows.
  package let client: Pair
  private let folder: String
  private let home: TemporaryHome

  /// Makes the authorities and the client's certificate.
  /// - Parameter home: Where all of it lies, in the folder `certificates`.
  /// - Throws: ``WaitMistake`` with the words of `openssl` when it refuses.
  package init(in home: TemporaryHome) throws {
    self.home = home
    folder = home.path("certificates")
    authority = "\(folder)/authority.pem"
    stranger = "\(folder)/stranger.pem"
    client = Pair(certificate: "\(folder)/client.pem", key: "\(folder)/client.key")
    // What `openssl ca` wants to be told about an authority before it signs with dates of ours.
    let config = """
      [ca]
      default_ca = house
      [house]
      database = \(folder)/index.txt
      new_certs_dir = \(folder)
      rand_serial = yes
      unique_subject = no
      default_md = sha256
      copy_extensions = copyall
      policy = anything
      [anything]
      commonName = supplied
      """
    try home.write(config, to: "certificates/authority.conf")
    try home.write("", to: "certificates/index.txt")
    for name in ["authority", "stranger"] {
      try makeAlone(
        name,
        subject: "Test \(name)",
        extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
      )
    }
    try sign("client", subject: "operator", extensions: [], validity: ["-days", "90"])
  }

  /// Makes what a server shows.
  package func server(_ kind: Kind) throws -> Pair {
    let name = "server-\(kind.rawValue)"
    let pair = Pair(certificate: "\(folder)/\(name).pem", key: "\(folder)/\(name).key")
    if TextFile.exists(pair.certificate) { return pair }
    let here = ["subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:\(Certificates.host)"]
    switch kind {
    case .valid:
      try sign(name, subject: "localhost", extensions: here, validity: ["-days", "90"])
    case .endingSoon:
      try sign(name, subject: "localhost", extensions: here, validity: ["-days", "3"])
    case .expired:
      let dates = ["-startdate", "20240101000000Z", "-enddate", "20240201000000Z"]
      try sign(name, subject: "localhost", extensions: here, validity: dates)
    case .notYetValid:
      let dates = ["-startdate", "20450101000000Z", "-enddate", "20460101000000Z"]
      try sign(name, subject: "localhost", extensions: here, validity: dates)
    case .otherHost:
      let elsewhere = ["subjectAltName=DNS:elsewhere.example"]
      try sign(name, subject: "elsewhere", extensions: elsewhere, validity: ["-days", "90"])
    case .selfSigned:
      try makeAlone(name, subject: "localhost", extensions: here)
    }
    return pair
  }

  /// Makes a key and a certificate that it signs itself.
  private func makeAlone(_ name: String, subject: String, extensions: [String]) throws {
    try openssl(
      ["req", "-x509", "-days", "90", "-out", "\(folder)/\(name).pem"]
        + request(name, subject: subject, extensions: extensions)
    )
  }

  /// Makes a key and a certificate that the authority signs.
  private func sign(
    _ name: String,
    subject: String,
    extensions: [String],
    validity: [String]
  ) throws {
    let wish = "\(folder)/\(name).csr"
    try openssl(
      ["req", "-new", "-out", wish] + request(name, subject: subject, extensions: extensions)
    )
    try openssl(
      [
        "ca", "-batch", "-notext", "-config", "\(folder)/authority.conf", "-cert", authority,
        "-keyfile", "\(folder)/authority.key", "-in", wish, "-out", "\(folder)/\(name).pem",
      ] + validity
    )
  }

  private func request(_ name: String, subject: String, extensions: [String]) -> [String] {
    [
      "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
      "-keyout", "\(folder)/\(name).key", "-subj", "/CN=\(subject)",
    ] + extensions.flatMap { ["-addext", $0] }
  }

  private func openssl(_ words: [String]) throws {
    let report = try Child.run(
      ["/usr/bin/openssl"] + words,
      environment: home.environment,
      in: home
    )
    guard report.status == 0 else {
      throw WaitMistake(
        description: "openssl \(words.joined(separator: " ")): \(report.ending) "
          + report.complaints
      )
    }
  }
}
