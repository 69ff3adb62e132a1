import RunClient
import Runs
import Testing

@Suite struct ServerTests {
  @Test(arguments: [
    ("https://api.example.com", "https://api.example.com", "api.example.com:443"),
    ("https://api.example.com/", "https://api.example.com", "api.example.com:443"),
    (
      "HTTPS://Api.Example.com:8443/base//", "https://Api.Example.com:8443/base",
      "api.example.com:8443"
    ),
    ("http://localhost:8080", "http://localhost:8080", "localhost:8080"),
    ("http://127.0.0.1", "http://127.0.0.1", "127.0.0.1:80"),
    ("http://[::1]:9/x", "http://[::1]:9/x", "[::1]:9"),
  ])
  func `an address is taken apart`(_ text: String, _ url: String, _ place: String) throws {
    let server = try Server(url: text)
    #expect(server.url == url)
    #expect(server.place == place)
  }

  @Test(arguments: [
    ("", "is empty"), ("api.example.com", "https://"), ("ftp://x", "https://"),
    ("https://", "no host"), ("https:///v1", "no host"), ("https://user@x", "user name"),
    ("https://user:secret@x", "user name"), ("https://x?token=1", "query"),
    ("https://x#top", "query"), ("https://x:0", "port"), ("https://x:99999", "port"),
    ("https://x:", "port"), ("https://x:80a", "port"), ("https://[::1", "host"),
    ("https://[::1]x", "brackets"), ("https://[zz]", "brackets"), ("https://a b", "blank"),
    ("https://x\r\nX-Evil: 1", "blank"), ("https://bücher.de", "outside ASCII"),
    ("https://a\\b", "blank"), ("https://a%2eb", "letters"),
  ])
  func `an address that is none is said to be so`(_ text: String, _ words: String) {
    #expect {
      try Server(url: text)
    } throws: { error in
      guard let fault = error as? Fault else { return false }
      return fault.kind == .local && fault.sentence.contains(words)
        && !fault.sentence.contains("secret")
    }
  }

  @Test(arguments: [
    "http://api.example.com", "http://127.0.0.1.example.com", "http://127.1",
    "http://localhost.example.com", "http://0.0.0.0", "http://[::2]", "http://10.0.0.1",
  ])
  func `a token does not leave this machine in the clear unless that is allowed`(
    _ text: String
  ) throws {
    #expect(throws: Fault.self) { try Server(url: text) }
    #expect(try Server(url: text, allowsPlainHTTP: true).url == text)
  }

  @Test func `a server is shown without its token`() throws {
    let server = try Server(url: "https://x", token: "pat_secret", tenant: "acme")
    var dumped = ""
    dump(server, to: &dumped)
    for text in ["\(server)", String(reflecting: server), dumped, "\([server])"] {
      #expect(!text.contains("pat_secret"))
      #expect(!text.isEmpty)
    }
  }
}
