/// How the network is reached: the profile's settings, else what the environment says to every
/// program.
package struct Network: Sendable, Equatable {
  package var proxy: String?
  /// Hosts that are reached without the proxy.
  package var noProxy: [String]
  /// A PEM file of authorities.
  package var authorities: String?
  package var clientCertificate: String?
  package var clientKey: String?

  /// The network for a profile.
  package init(_ profile: Profile, environment: Environment, paths: Paths) {
    let isSecure = profile.url.lowercased().hasPrefix("https:")
    // Upper-case HTTP_PROXY can be set by a request to a CGI program: nobody obeys it.
    let names =
      isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    let common = names + ["all_proxy", "ALL_PROXY"]
    proxy = profile.proxy ?? common.lazy.compactMap { environment[$0] }.first
    let hosts = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    noProxy = hosts.split { $0 == "," || $0 == " " }.map(String.init)
    authorities =
      profile.authorities.map(paths.absolute) ?? environment["CURL_CA_BUNDLE"]
      ?? environment["SSL_CERT_FILE"]
    clientCertificate = profile.clientCertificate.map(paths.absolute)
    clientKey = profile.clientKey.map(paths.absolute)
  }
}
