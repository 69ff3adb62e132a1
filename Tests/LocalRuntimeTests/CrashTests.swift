import Foundation
import Glibc
import JSON
import Runs
import Testing

@testable import LocalRuntime

/// The real program, killed again and again while it works.
@Suite struct CrashTests {
  /// 20 kills, or as many as `COMMAND_CENTER_KILLS` says.
  private static var kills: Int {
    Program.environment["COMMAND_CENTER_KILLS"].flatMap(Int.init) ?? 20
  }

  private static let graphs = [
    "idempotent": #"""
    {"steps":[
      {"id":"a","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":0.05},"idempotent":true},
      {"id":"b","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":0.05},"idempotent":true,
       "depends_on":["a"]},
      {"id":"c","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":0.02},"idempotent":true,
       "depends_on":["a"]}]}
    """#,
    "unsafe": #"""
    {"steps":[
      {"id":"a","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":0.05}},
      {"id":"b","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":0.05},"depends_on":["a"]}]}
    """#,
    "loop": #"""
    {"steps":[
      {"id":"all","type":"for_each","for_each_items":[1,2,3,4],"for_each_max_parallel":2,
       "for_each_body_steps":[
         {"id":"one","type":"mcp_call","tool_name":"sleep","tool_args":{"seconds":0.02},
          "idempotent":true}]}]}
    """#,
  ]

  private static func config(_ folder: String) throws -> String {
    let path = "\(folder)/runtime.toml"
    let text = """
      [mcp.demo]
      command = ["\(try TestProgram.path)", "demo-tools"]
      [prices]
      step = 1.000001
      tool_call = 0.25
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// What was acknowledged so far.
  private struct Known {
    /// Workflow by name.
    var workflows: [String: String] = [:]
    /// Workflow by run, for starts that were answered.
    var started: [String: String] = [:]
    /// Events that were read, by run.
    var events: [String: [JSONValue]] = [:]
  }

  @Test(.timeLimit(.minutes(20)))
  func `killed at any moment it loses nothing that it acknowledged, and every run settles`()
    async throws
  {
    let folder = try TestFolder()
    let arguments = [
      "serve", "--data", "\(folder.path)/data", "--config", try Self.config(folder.path),
      "--announce", "json",
    ]
    var known = Known()
    var dice = Dice(seed: UInt64(Self.kills))
    for round in 0..<Self.kills {
      let program = try TestProgram(arguments)
      let (peer, _) = try await program.peer()
      try await Self.compare(known, peer)
      if round == 0 { known.workflows = try await Self.publish(peer) }
      let moment = Duration.milliseconds(20 + dice.roll(400))
      let killer = Task {
        try? await Task.sleep(for: moment)
        program.send(SIGKILL)
      }
      await Self.work(peer, round, &known)
      await killer.value
      #expect(try await program.end().wasKilled)
    }
    let program = try TestProgram(arguments)
    let (peer, _) = try await program.peer()
    try await Self.compare(known, peer)
    _ = try await peer.get("/v1/analytics/live-runs") { $0["value"] == 0 }
    try await Self.checkSettled(known, peer)
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
  }

  private static func publish(_ peer: Peer) async throws -> [String: String] {
    var ids: [String: String] = [:]
    for (name, graph) in graphs.sorted(by: { $0.key < $1.key }) {
      let body = "{\"name\":\"\(name)\",\"graph\":\(graph)}"
      let made = try await peer.send("POST", "/v1/workflows", body)
      let id = try #require(made.json["id"]?.string, "\(made.text)")
      let published = try await peer.send("POST", "/v1/workflows/\(id)/versions", "{}")
      #expect(published.status == 201, "\(published.text)")
      ids[name] = id
    }
    return ids
  }

  /// Starts runs and reads events until the program is gone.
  private static func work(_ peer: Peer, _ round: Int, _ known: inout Known) async {
    for number in 0..<1000 {
      let names = known.workflows.keys.sorted()
      let workflow = known.workflows[names[number % names.count]] ?? ""
      let run = "run-\(round)-\(number)"
      let body = #"{"command":"start","params":{"run_id":"\#(run)"}}"#
      guard
        let reply = try? await peer.send("POST", "/v1/workflows/\(workflow)/command", body),
        reply.status == 200
      else { return }
      known.started[run] = workflow
      for (other, workflow) in known.started where other.hasPrefix("run-\(round)-") {
        guard let events = await events(peer, workflow, other) else { return }
        known.events[other] = events
      }
    }
  }

  private static func events(_ peer: Peer, _ workflow: String, _ run: String) async -> [JSONValue]?
  {
    let path = "/v1/workflows/\(workflow)/runs/\(run)/events?limit=500"
    guard let reply = try? await peer.send("GET", path), reply.status == 200 else { return nil }
    return reply.json["events"]?.array
  }

  /// Holds what is there against what was acknowledged before.
  private static func compare(_ known: Known, _ peer: Peer) async throws {
    for (run, workflow) in known.started {
      let events = try #require(await events(peer, workflow, run), "\(run) was acknowledged")
      let before = known.events[run] ?? []
      #expect(Array(events.prefix(before.count)) == before, "\(run)")
      #expect(events.compactMap { $0["seq"]?.int } == Array(1...max(1, events.count)), "\(run)")
    }
  }

  /// Every run has ended as the rules say, and all accounts tell one sum.
  private static func checkSettled(_ known: Known, _ peer: Peer) async throws {
    var charged = 0
    let fields = ["id", "status", "failure_code", "credits"]
    for (run, workflow) in known.started {
      let row = try await peer.send("GET", "/v1/workflows/\(workflow)/runs/\(run)").json
      let said = fields.map { JSONWriter.text(row[$0] ?? .null) }.joined(separator: " ")
      switch row["status"]?.string {
      case "completed": break
      case "failed":
        // Only what does not say that it may be repeated is given up.
        #expect(row["failure_code"] == "UPSTREAM_ERROR", "\(said)")
        #expect(workflow == known.workflows["unsafe"], "\(said)")
      default: Issue.record("\(said)")
      }
      let sum = (await events(peer, workflow, run) ?? []).reduce(0) {
        $0 + ($1["event_type"] == "credits_charged" ? $1["data"]?["microcredits"]?.int ?? 0 : 0)
      }
      #expect(row["credits"].flatMap { Credits($0) }?.microcredits == Int64(sum), "\(said)")
      charged += sum
    }
    // A start whose answer was lost may have made a run that nobody here counts.
    let total = try await peer.send("GET", "/v1/runs?limit=1").json["total"]?.int ?? 0
    let spent = try await peer.send("GET", "/v1/billing/usage").json["spent_microcredits"]?.int
    let consumed = try await peer.send("GET", "/v1/analytics/credits-consumed?window=all").json
    #expect(spent == consumed["value"]?.int)
    #expect(total >= known.started.count)
    if total == known.started.count {
      #expect(spent == charged)
    } else {
      #expect((spent ?? 0) >= charged)
    }
  }
}
