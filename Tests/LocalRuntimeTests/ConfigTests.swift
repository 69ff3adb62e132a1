import Runs
import Testing

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
    #expect(config.budget?.text == "1000.00")
    #expect(config.prices.step.text == "2.00")
    #expect(config.prices.toolCall.text == "0.25")
    #expect(config.prices.llmToken.microcredits == 1)
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

  @Test(arguments: [
    ("lisen = \"x\"", "“lisen” is no setting; “listen” was meant?"),
    (
      "colour = 1",
      "“colour” is no setting; known here are “listen”, “data”, “mcp”, “prices”, “budget”"
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
      "“mcp.demo.command” is missing; write a list of the program and its arguments"
    ),
    (
      "[mcp.demo]\ncommand = []",
      "“mcp.demo.command” is missing; write a list of the program and its arguments"
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
