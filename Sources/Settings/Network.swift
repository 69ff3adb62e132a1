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
  /// The profile's key or the variable that names the proxy; nil without one.
  package var proxySource: String?
  /// The variable that names the hosts without a proxy.
  package var noProxySource: String?
  /// The profile's key or the variable that names the authorities; nil takes the system's.
  package var authoritiesSource: String?

  /// The network for a profile.
  package init(_ profile: Profile, environment: Environment, paths: Paths) {
    let isSecure = profile.url.lowercased().hasPrefix("https:")
    // Upper-case HTTP_PROXY can be set by a request to a CGI program: nobody obeys it.
    let names =
      isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    let common = names + ["all_proxy", "ALL_PROXY"]
    let named = common.first { environment[$0] != nil }
    proxy = profile.proxy ?? named.flatMap { environment[$0] }
    proxySource = profile.proxy == nil ? named : "profile.\(profile.name).proxy"
    noProxySource = ["no_proxy", "NO_PROXY"].first { environment[$0] != nil }
    let hosts = noProxySource.flatMap { environment[$0] } ?? ""
    noProxy = hosts.split { $0 == "," || $0 == " " }.map(String.init)
    let bundle = ["CURL_CA_BUNDLE", "SSL_CERT_FILE"].first { environment[$0] != nil }
    authorities = profile.authorities.map(paths.absolute) ?? bundle.flatMap { environment[$0] }
    authoritiesSource = profile.authorities == nil ? bundle : "profile.\(profile.name).ca_file"
    clientCertificate = profile.clientCertificate.map(paths.absolute)
    clientKey = profile.clientKey.map(paths.absolute)
  }
}

extension Network {
  /// The proxy as it may be shown: without the user and password that its URL may carry.
  package var shownProxy: String? { proxy.map(Network.shown) }

  /// A URL as it may be shown: without the user and password that it may carry.
  package static func shown(_ url: String) -> String { split(url).shown }

  /// What of the proxy's URL is to be hidden wherever it turns up.
  package var proxySecrets: [String] { proxy.map { Network.split($0).secrets } ?? [] }

  /// A proxy's host, without port and brackets.
  package var proxyHost: String? {
    guard let shown = shownProxy else { return nil }
    let rest = shown.firstRange(of: "://").map { shown[$0.upperBound...] } ?? shown[...]
    let authority = rest.prefix { $0 != "/" }
    if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
    return String(authority.prefix { $0 != ":" })
  }

  private static func split(_ url: String) -> (shown: String, secrets: [String]) {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    // The last @ ends the user part: passwords are often not encoded.
    let authority = url[start...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return (url, []) }
    let user = authority[..<at]
    let password = user.firstIndex(of: ":").map { user[user.index(after: $0)...] }
    return (
      String(url[..<start] + url[url.index(after: at)...]),
      [String(user)] + (password.map { [String($0)] } ?? [])
    )
  }
}
