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
