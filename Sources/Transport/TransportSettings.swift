/// How connections are made; the same for every exchange of a pool.
///
/// The environment is not read here: whoever fills this decides what `https_proxy` or
/// `SSL_CERT_FILE` mean.
package struct TransportSettings: Hashable, Sendable {
  /// `command-center/<version>`.
  package var userAgent: String
  /// The URL of a proxy; nil connects directly.
  package var proxy: String?
  /// Hosts that are reached without the proxy; loopback is always among them.
  package var noProxy: [String]
  /// A PEM file of authorities to trust instead of the system's.
  package var caFile: String?
  /// A PEM file with the certificate this client shows.
  package var clientCertificate: String?
  /// The PEM file with the key of `clientCertificate`.
  package var clientKey: String?
  /// How many idle connections are kept for reuse.
  package var keptConnections: Int
  /// How many connections may be open at once; further exchanges wait for one.
  package var openConnections: Int

  package init(
    userAgent: String,
    proxy: String? = nil,
    noProxy: [String] = [],
    caFile: String? = nil,
    clientCertificate: String? = nil,
    clientKey: String? = nil,
    keptConnections: Int = 8,
    openConnections: Int = 32
  ) {
    self.userAgent = userAgent
    self.proxy = proxy
    self.noProxy = noProxy
    self.caFile = caFile
    self.clientCertificate = clientCertificate
    self.clientKey = clientKey
    self.keptConnections = keptConnections
    self.openConnections = openConnections
  }

  /// The list libcurl takes, loopback in front.
  var noProxyList: String {
    (["localhost", "127.0.0.0/8", "::1"] + noProxy).joined(separator: ",")
  }

  /// Refuses what cannot be handed to libcurl as it stands.
  func check() throws(Failure) {
    let texts = [
      ("user agent", userAgent), ("proxy", proxy), ("list of hosts without proxy", noProxyList),
      ("CA file", caFile), ("client certificate", clientCertificate), ("client key", clientKey),
    ]
    for (name, text) in texts {
      guard let text, ASCII.hasControlByte(text) else { continue }
      throw Failure(.badSetting, "the \(name) has a control character in it; write it again")
    }
  }
}
