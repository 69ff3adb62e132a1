import JSON
import TestHouse
import Testing

/// A home, a runtime in it, and windows on it.
struct Scene {
  let home: TemporaryHome
  let runtime: RuntimeProcess

  init(_ kind: RuntimeProcess.Kind = .empty) throws {
    home = try TemporaryHome()
    runtime = try RuntimeProcess(kind, home: home)
  }

  /// A window with the front in it.
  func front(columns: Int = 80, rows: Int = 24, token: String? = nil) throws -> TerminalWindow {
    try Front.open(
      home: home,
      url: runtime.url,
      token: token ?? runtime.token,
      columns: columns,
      rows: rows,
      peers: [runtime]
    )
  }

  /// A window with a shell in it that finds the front.
  func shell() throws -> TerminalWindow {
    try Front.shell(home: home, url: runtime.url, token: runtime.token, peers: [runtime])
  }

  /// Publishes a graph and starts a run of it.
  func start(_ name: String, _ graph: JSONValue) throws -> StartedRun {
    let created = try runtime.ask("POST", "/v1/workflows", ["name": .string(name), "graph": graph])
    let workflow = try #require(created.body["id"]?.string, "\(created)")
    let published = try runtime.ask(
      "POST",
      "/v1/workflows/\(workflow)/versions",
      ["changelog": "x"]
    )
    try #require(published.status == 201, "\(published)")
    let started = try runtime.ask(
      "POST",
      "/v1/workflows/\(workflow)/command",
      ["command": "start", "params": ["order": 7]]
    )
    let id = try #require(started.body["run_id"]?.string, "\(started)")
    return StartedRun(runtime: runtime, workflow: workflow, id: id)
  }
}

/// A run as the runtime's own record has it.
struct StartedRun {
  let runtime: RuntimeProcess
  let workflow: String
  let id: String

  var path: String { "/v1/workflows/\(workflow)/runs/\(id)" }

  func read() throws -> JSONValue { try runtime.ask("GET", path).body }

  func status() throws -> String { try #require(try read()["status"]?.string) }

  func events(_ type: String) throws -> [JSONValue] {
    let page = try runtime.ask("GET", "\(path)/events?limit=500").body
    return try #require(page["events"]?.array).filter { $0["event_type"]?.string == type }
  }

  /// Waits until the run stands so.
  func waitFor(_ status: String) throws {
    _ = try Waiting.until("run \(id) to be \(status)") { try self.status() == status ? true : nil }
  }

  /// Waits for the task of the run.
  func task() throws -> String {
    try Waiting.until("a task of run \(id)") {
      try runtime.ask("GET", "\(path)/tasks/pending").body["tasks"]?.array?.first?["id"]?.string
    }
  }

  func task(_ id: String) throws -> JSONValue { try runtime.ask("GET", "\(path)/tasks/\(id)").body }

  /// Answers a task as alex.
  func answer(_ task: String, approved: Bool) throws {
    let answer = try runtime.ask(
      "POST",
      "\(path)/tasks/\(task)/complete",
      ["approved": .bool(approved)],
      token: RuntimeProcess.alexToken
    )
    try #require(answer.status == 200, "\(answer)")
  }

  /// Stops the run at once, as alex.
  func stop() throws {
    let answer = try runtime.ask(
      "POST",
      "/v1/workflows/\(workflow)/command",
      ["command": "stop", "params": ["run_id": .string(id), "mode": "immediate"]],
      token: RuntimeProcess.alexToken
    )
    try #require(answer.status == 200, "\(answer)")
  }

  /// How the front names the run.
  var short: String { String(id.prefix(8)) }
}

/// The front in a window.
enum Front {
  static func open(
    home: TemporaryHome,
    url: String,
    token: String,
    columns: Int = 80,
    rows: Int = 24,
    arguments: [String] = [],
    variables: [String: String?] = [:],
    behind wrapper: [String] = [],
    peers: [any Sendable] = []
  ) throws -> TerminalWindow {
    try TerminalWindow(
      .program(wrapper + [BuiltProgram.front.path()] + arguments, variables: variables),
      columns: columns,
      rows: rows,
      home: home,
      environment: environment(home, url: url, token: token),
      peers: peers
    )
  }

  static func shell(
    home: TemporaryHome,
    url: String,
    token: String,
    peers: [any Sendable] = []
  ) throws -> TerminalWindow {
    try TerminalWindow(
      .shell,
      home: home,
      environment: environment(home, url: url, token: token),
      peers: peers
    )
  }

  static func environment(
    _ home: TemporaryHome,
    url: String,
    token: String
  ) throws -> [String: String] {
    var environment = home.environment
    let program = try BuiltProgram.front.path()
    let folder = program.split(separator: "/").dropLast().joined(separator: "/")
    environment["PATH"] = "/\(folder):/usr/bin:/bin"
    environment["COMMAND_CENTER_URL"] = url
    environment["COMMAND_CENTER_TOKEN"] = token
    return environment
  }
}

extension TerminalWindow {
  /// The process of the front that a shell in the window runs.
  func frontOfShell() throws -> Int32 {
    let shell = try pid()
    return try Waiting.until("the shell to start the front") {
      Processes.children(of: shell).first { Processes.name(of: $0) == "command-center" }
    }
  }

  /// Checks that keys are answered: help opens and closes.
  func expectKeys() throws {
    try press("?")
    try waitFor("MOVE", "DECIDE")
    try press("Escape")
    try waitForNo("DECIDE")
  }
}
