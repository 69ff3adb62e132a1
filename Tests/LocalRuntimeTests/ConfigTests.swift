import Glibc
import Runs
import Testing
import Transport

@testable import LocalRuntime

@Suite struct ConfigTests {
  private func read(_ text: String) throws(ConfigMistake) -> RuntimeConfig {
    try RuntimeConfig.read(text: text, file: "runtime.toml")
  }

  @Test func `an empty file is the defaults`() throws {
    let config = try read("# nothing\n")
    #expect(config == RuntimeConfig())
    #expect(config.listen.text == "127.0.0.1:0")
    #expect(config.prices.step.text == "5.00")
    #expect(config.budget == nil)
  }

  @Test func `every setting is read`() throws {
    let config = try read(
      """
      listen = "[::1]:8080"
      data = "/var/lib/center"
      budget = 1000
      [prices]
      step = 2
      tool_call = 0.25
      llm_token = 0.000001
      [mcp.mail]
      command = ["mail-server", "--quiet", ""]
      directory = "/srv"
      env = ["MAIL_KEY", "ABSENT"]
      [mcp.demo]
      command = ["demo"]
      env = { MODE = "test", EMPTY = "" }
      """
    )
    #expect(config.listen == ListenAddress(host: "::1", port: 8080))
    #expect(config.listen.isLoopback)
    #expect(config.data == "/var/lib/center")
    #expect(config.budget?.total.text == "1000.00")
    #expect(config.prices.step.text == "2.00")
    #expect(config.prices.toolCall.text == "0.25")
    #expect(config.prices.tokens == TokenPrice(read: 1_000_000, written: 1_000_000))
    let servers = config.mcpServers(environment: [
      "PATH": "/bin", "MAIL_KEY": "k", "SECRET": "s", "MODE": "outer",
    ])
    #expect(
      servers == [
        MCPServerConfig(
          name: "demo",
          command: ["demo"],
          directory: nil,
          environment: ["PATH": "/bin", "MODE": "test", "EMPTY": ""]
        ),
        MCPServerConfig(
          name: "mail",
          command: ["mail-server", "--quiet", ""],
          directory: "/srv",
          environment: ["PATH": "/bin", "MAIL_KEY": "k"]
        ),
      ]
    )
  }

  @Test func `endpoints are read, their secrets from elsewhere`() throws {
    let folder = try TestFolder()
    try PrivateFile.write("sk-file\n", to: "\(folder.path)/key")
    let config = try read(
      """
      [mcp.web]
      url = "https://mcp.example/mcp/"
      aliases = ["https://mcp.elsewhere/mail", "0b1f"]
      [mcp.web.headers]
      X-Region = "eu"
      Authorization = { env = "WEB_TOKEN", prefix = "Bearer " }
      X-Api-Key = { file = "\(folder.path)/none" }
      [llm.openai]
      base_url = "https://api.openai.com/v1/"
      key_env = "OPENAI_API_KEY"
      models = ["gpt-4o"]
      [llm.local]
      base_url = "http://127.0.0.1:11434/v1"
      key_file = "\(folder.path)/key"
      stall_s = 5
      """
    )
    let server = try #require(config.mcpServers(environment: ["WEB_TOKEN": "t"]).first)
    #expect(server.environment == [:])
    #expect(server.aliases == ["https://mcp.elsewhere/mail", "0b1f"])
    let endpoint = try #require(server.endpoint)
    #expect(endpoint.url == "https://mcp.example/mcp")
    #expect(
      endpoint.headers.map { "\($0.name)=\($0.value)" }
        == ["Authorization=Bearer t", "X-Region=eu"]
    )
    #expect(endpoint.trouble == "the file \(folder.path)/none is not there")
    var local = LLMProvider(name: "local", baseURL: "http://127.0.0.1:11434/v1")
    local.keySource = "the file \(folder.path)/key"
    local.key = "sk-file"
    local.stall = .seconds(5)
    var openai = LLMProvider(
      name: "openai",
      baseURL: "https://api.openai.com/v1",
      models: ["gpt-4o"]
    )
    openai.keySource = "the variable OPENAI_API_KEY"
    openai.keyTrouble = "the variable OPENAI_API_KEY is not set"
    #expect(config.llmProviders(environment: [:]).all == [local, openai])
    _ = unsafe chmod("\(folder.path)/key", 0o644)
    #expect(
      config.llmProviders(environment: [:]).all.first?.keyTrouble
        == "the file \(folder.path)/key may be read by others; give it the mode 0600"
    )
  }

  @Test(arguments: ["http://[::1]:80/v1", "http://localhost", "http://127.0.0.1:1/", "https://far"])
  func `a key may go to this machine and over TLS`(url: String) throws {
    let config = try read("[llm.a]\nbase_url = \"\(url)\"\nkey_env = \"A\"")
    #expect(config.models.count == 1)
  }

  @Test(arguments: [
    ("lisen = \"x\"", "“lisen” is no setting; “listen” was meant?"),
    (
      "colour = 1",
      "“colour” is no setting; known here are “listen”, “data”, “mcp”, “llm”, “prices”, “budget”, “retention”, “tenant”, “project”, “limits”, “runs”"
    ),
    ("listen = 8080", "“listen” is a number, not a text"),
    ("listen = \"\"", "“listen” is empty"),
    ("listen = \"here\"", "“listen” is “here”, not host and port such as “127.0.0.1:8080”"),
    ("data = true", "“data” is a boolean, not a text"),
    ("data = 2024-01-01", "“data” is a date, which no setting takes"),
    ("mcp = []", "“mcp” is a list, not a table"),
    ("mcp.demo = 1", "“mcp.demo” is a number, not a table"),
    (
      "[mcp.demo]",
      "“mcp.demo.command” is missing; write a list of the program and its arguments, or “url”"
    ),
    (
      "[mcp.demo]\ncommand = []",
      "“mcp.demo.command” is missing; write a list of the program and its arguments, or “url”"
    ),
    ("[mcp.demo]\ncommand = \"demo\"", "“mcp.demo.command” is a text, not a list of texts"),
    ("[mcp.demo]\ncommand = [\"a\", 1]", "“mcp.demo.command[1]” is a number, not a text"),
    (
      "[mcp.demo]\ncomand = [\"a\"]",
      "“mcp.demo.comand” is no setting; “mcp.demo.command” was meant?"
    ),
    (
      "[mcp.demo]\ncommand = [\"a\"]\nenv = \"A\"",
      "“mcp.demo.env” is a text, not a list of names or a table of values"
    ),
    (
      "[mcp.demo]\ncommand = [\"a\"]\nenv = [\"A=1\"]",
      "“mcp.demo.env” holds “A=1”, which is no name of a variable"
    ),
    (
      "[mcp.demo]\ncommand = [\"a\"]\nenv = { A = 1 }", "“mcp.demo.env.A” is a number, not a text"
    ),
    (
      "[mcp.\"my mail\"]\ncommand = [\"a\"]",
      "“mcp.my mail” names a server in a way that graphs cannot; use letters, digits, “-” and “_”"
    ),
    (
      "[mcp.web]\nurl = \"ftp://x\"",
      "“mcp.web.url” is “ftp://x”, not an http or https URL without user and password"
    ),
    (
      "[mcp.web]\nurl = \"https://u:p@x/\"",
      "“mcp.web.url” is “https://u:p@x/”, not an http or https URL without user and password"
    ),
    (
      "[mcp.web]\nurl = \"https://x/\"\ncommand = [\"a\"]",
      "“mcp.web.command” is for a server that is started, “url” for one that runs already; take one out"
    ),
    (
      "[mcp.a]\ncommand = [\"a\"]\n[mcp.a.headers]\nX = \"1\"",
      "“mcp.a.headers” is for servers with “url”"
    ),
    (
      "[mcp.web]\nurl = \"https://x/\"\nheaders = { Authorization = \"Bearer k\" }",
      "“mcp.web.headers.Authorization” holds a secret; write { env = \"NAME\" } or { file = \"PATH\" } instead"
    ),
    (
      "[mcp.web]\nurl = \"https://x/\"\nheaders = { Host = \"y\" }",
      "“mcp.web.headers.Host” is written by the runtime itself; take it out"
    ),
    (
      "[mcp.web]\nurl = \"https://x/\"\nheaders = { Authorization = { prefix = \"Bearer \" } }",
      "“mcp.web.headers.Authorization” says neither “env” nor “file”"
    ),
    (
      "[llm.a]\nbase_url = \"http://far:80/v1\"\nkey_env = \"A\"",
      "“llm.a.base_url” is plain http to another machine, and would show a secret to everybody on the way; use https"
    ),
    (
      "[mcp.a]\nurl = \"http://10.0.0.1\"\nheaders = { X-Key = { env = \"A\" } }",
      "“mcp.a.url” is plain http to another machine, and would show a secret to everybody on the way; use https"
    ),
    (
      "[llm.a]\nmodels = []",
      "“llm.a.base_url” is missing; write where the endpoint is, such as “https://api.openai.com/v1”"
    ),
    (
      "[llm.a]\nbase_url = \"http://x\"\nkey_env = \"A\"\nkey_file = \"b\"",
      "“llm.a” says both “key_env” and “key_file”; take one out"
    ),
    (
      "[llm.a]\nbase_url = \"http://x\"\nkey = \"sk\"",
      "“llm.a.key” is no setting; known here are “base_url”, “key_env”, “key_file”, “models”, “stall_s”"
    ),
    (
      "[llm.a]\nbase_url = \"http://x\"\nstall_s = 0",
      "“llm.a.stall_s” is 0, not from 1 to 3600 seconds"
    ),
    ("[prices]\nstep = \"5\"", "“prices.step” is a text, not a number of credits"),
    ("[prices]\nstep = -1", "“prices.step” is -1, not from 0 to 1000000000 credits"),
    ("[prices]\nstep = inf", "“prices.step” is a floating-point number, which no setting takes"),
    ("[prices]\nsteps = 1", "“prices.steps” is no setting; “prices.step” was meant?"),
    ("budget = 1e10", "“budget” is 10000000000.0, not from 0 to 1000000000 credits"),
  ])
  func `what is wrong is named with its key`(text: String, reason: String) {
    let mistake = #expect(throws: ConfigMistake.self) { try read(text) }
    #expect(mistake?.sentence == "runtime.toml: \(reason)")
  }

  @Test(arguments: [
    ("listen = \"x\ndata = 1", 1), ("\n\nlisten == 1", 3), ("a = 1\na = 2", 2), ("[mcp", 1),
  ])
  func `a file that is no TOML is named with line and column`(text: String, line: Int) throws {
    let mistake = #expect(throws: ConfigMistake.self) { try read(text) }
    let position = try #require(mistake?.position)
    #expect(position.line == line)
    let start = "runtime.toml, line \(line), column \(position.column): "
    #expect(mistake?.sentence.hasPrefix(start) == true)
    #expect(mistake?.sentence.count ?? 0 > start.count)
  }

  @Test(
    arguments: [
      ("127.0.0.1:0", "127.0.0.1", 0, true), ("localhost:8080", "localhost", 8080, true),
      ("[::1]:1", "::1", 1, true), ("0.0.0.0:65535", "0.0.0.0", 65535, false),
      ("runtime.example-1.org:80", "runtime.example-1.org", 80, false),
      ("127.example.org:1", "127.example.org", 1, false), ("[::]:2", "::", 2, false),
    ] as [(String, String, UInt16, Bool)]
  )
  func `an address is host and port`(
    text: String,
    host: String,
    port: UInt16,
    loopback: Bool
  ) throws {
    let address = try #require(ListenAddress(text))
    #expect(address == ListenAddress(host: host, port: port))
    #expect(address.isLoopback == loopback)
    #expect(address.text == text)
  }

  @Test(arguments: [
    "", ":", ":80", "host", "host:", "host:65536", "host:-1", "host:+1", "::1:80", "[::1]",
    "[host]:1", "ho st:1", "ho/st:1", "host:١",
  ])
  func `what is no address is none`(text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
