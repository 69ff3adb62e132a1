import Settings
import Testing

@Suite struct NetworkTests {
  private func network(_ url: String, _ values: [String: String]) throws -> Network {
    let environment = Environment(values.merging(["HOME": "/h"]) { one, _ in one })
    let paths = try Paths(environment: environment)
    return Network(Profile(name: "a", url: url), environment: environment, paths: paths)
  }

  @Test(
    arguments: [
      ("https://a", ["https_proxy": "p", "http_proxy": "q"], "p"),
      ("https://a", ["HTTPS_PROXY": "p"], "p"),
      ("http://a", ["http_proxy": "q", "https_proxy": "p"], "q"),
      ("http://a", ["HTTP_PROXY": "q"], nil),
      ("http://a", ["all_proxy": "r"], "r"),
      ("https://a", ["https_proxy": ""], nil),
    ] as [(String, [String: String], String?)]
  )
  func `the proxy is the one of the url's scheme`(
    url: String,
    values: [String: String],
    wanted: String?
  ) throws {
    #expect(try network(url, values).proxy == wanted)
  }

  @Test func `hosts without proxy and authorities come from the environment`() throws {
    let plain = try network("https://a", ["no_proxy": "a.com, b.com", "SSL_CERT_FILE": "/ca"])
    #expect(plain.noProxy == ["a.com", "b.com"])
    #expect(plain.authorities == "/ca")
    #expect(
      try network("https://a", ["CURL_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/c"]).authorities == "/b"
    )
  }

  @Test(
    arguments: [
      ("http://proxy:3128", "http://proxy:3128", [], "proxy"),
      (
        "http://ann:se:cr@t@proxy:3128/", "http://proxy:3128/", ["ann:se:cr@t", "se:cr@t"], "proxy"
      ),
      ("socks5h://ann@[::1]:9", "socks5h://[::1]:9", ["ann"], "::1"),
      ("ann:x@proxy", "proxy", ["ann:x", "x"], "proxy"),
    ] as [(String, String, [String], String)]
  )
  func `a proxy is shown without user and password`(
    proxy: String,
    shown: String,
    secrets: [String],
    host: String
  ) throws {
    let network = try network("https://a", ["https_proxy": proxy])
    #expect(network.proxy == proxy)
    #expect(network.shownProxy == shown)
    #expect(network.proxySecrets == secrets)
    #expect(network.proxyHost == host)
  }

  @Test func `where a setting comes from is known`() throws {
    let variables = ["all_proxy": "p", "NO_PROXY": "x", "SSL_CERT_FILE": "/c"]
    let plain = try network("https://a", variables)
    #expect(plain.proxySource == "all_proxy")
    #expect(plain.noProxySource == "NO_PROXY")
    #expect(plain.authoritiesSource == "SSL_CERT_FILE")
    let none = try network("https://a", [:])
    #expect(none.proxySource == nil && none.noProxySource == nil && none.authoritiesSource == nil)
    var profile = Profile(name: "a", url: "https://a")
    profile.proxy = "own"
    profile.authorities = "ca.pem"
    let environment = Environment(["HOME": "/h", "https_proxy": "p", "SSL_CERT_FILE": "/ca"])
    let own = Network(
      profile,
      environment: environment,
      paths: try Paths(environment: environment)
    )
    #expect(own.proxySource == "profile.a.proxy")
    #expect(own.authoritiesSource == "profile.a.ca_file")
  }

  @Test func `the profile comes before the environment`() throws {
    let environment = Environment(["HOME": "/h", "https_proxy": "p", "SSL_CERT_FILE": "/ca"])
    var profile = Profile(name: "a", url: "https://a")
    profile.proxy = "own"
    profile.authorities = "ca.pem"
    profile.clientKey = "~/key.pem"
    let paths = try Paths(environment: environment)
    let network = Network(profile, environment: environment, paths: paths)
    #expect(network.proxy == "own")
    #expect(network.authorities == "/h/.config/command-center/ca.pem")
    #expect(network.clientKey == "/h/key.pem")
  }
}
