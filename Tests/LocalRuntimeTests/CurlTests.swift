import Foundation
import JSON
import Testing

@testable import LocalRuntime

/// The programs that the documented examples use.
private enum ExampleTools {
  private static let all = ["/usr/bin/curl", "/usr/bin/openssl", "/bin/bash"]
  static let areThere = all.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
}

/// The product's documented requests, sent by the real curl to the real program; only address, token
/// and ids are ours.
@Suite(.enabled(if: ExampleTools.areThere, "install curl, openssl and bash"))
struct CurlTests {
  /// Runs the lines of a shell; whatever a line prints comes back.
  private struct Shell {
    var variables: [String: String]

    func run(_ lines: String) async throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-euc", lines]
      process.environment = ["PATH": "/usr/bin:/bin"].merging(variables) { $1 }
      let output = Pipe()
      process.standardOutput = output
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let handle = output.fileHandleForReading
      let data = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(returning: handle.readDataToEndOfFile())
        }
      }
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(lines)")
      return String(decoding: data, as: UTF8.self)
    }

    func json(_ lines: String) async throws -> JSONValue {
      let text = try await run(lines)
      return try JSONValue(parsing: text)
    }

    /// A documented request without a command line of its own, with the documented headers.
    func call(_ method: String, _ path: String, _ body: String) async throws -> JSONValue {
      var shell = self
      shell.variables["BODY"] = body
      return try await shell.json(
        """
        curl -sS -X \(method) "$AR_API\(path)" \\
          -H "Authorization: Bearer $AR_TOKEN" \\
          -H "X-Tenant-Id: $AR_TENANT" \\
          -H "X-Project-Id: $AR_PROJECT" \\
          -H "Content-Type: application/json" \\
          -d "$BODY"
        """
      )
    }
  }

  /// The program, somebody who talks to it, and a shell that does.
  private func begin(_ folder: TestFolder) async throws -> (TestProgram, Peer, Shell) {
    let program = try TestProgram(["serve", "--data", folder.path, "--announce", "json"])
    let (peer, _) = try await program.peer()
    let shell = Shell(
      variables: [
        "AR_API": peer.url, "AR_TOKEN": try #require(peer.token),
        "AR_TENANT": "your-workspace-slug", "AR_PROJECT": "your-project-id",
      ]
    )
    return (program, peer, shell)
  }

  @Test func `create, publish, start, pause, resume and stop as documented`() async throws {
    let folder = try TestFolder()
    let (program, peer, shell) = try await begin(folder)
    let made = try await shell.call(
      "POST",
      "/v1/workflows",
      """
      {
        "name": "hello-mcp",
        "description": "Smoke test",
        "graph": {
          "steps": [
            {
              "id": "ping",
              "type": "lua_script",
              "name": "Echo input",
              "script": "return { message = 'ok', input = input }",
              "timeout_s": 10
            }
          ]
        }
      }
      """
    )
    let id = try #require(made["id"]?.string)
    #expect(made["status"] == "draft")
    #expect(made["tenant_id"] == "your-workspace-slug")
    #expect(made["project_id"] == "your-project-id")
    #expect(made["graph"]?["steps"]?[0]?["id"] == "ping")
    let published = try await shell.call(
      "POST",
      "/v1/workflows/\(id)/versions",
      #"{ "changelog": "Initial publish" }"#
    )
    #expect(published["version"] == 1)
    #expect(published["workflow_id"] == .string(id))
    #expect(published["published_at"] != nil)
    #expect(published["graph_snapshot"]?["steps"]?[0]?["id"] == "ping")
    let list = try await shell.json(
      """
      curl -sS "$AR_API/v1/workflows" \\
        -H "Authorization: Bearer $AR_TOKEN" \\
        -H "X-Tenant-Id: $AR_TENANT" \\
        -H "X-Project-Id: $AR_PROJECT"
      """
    )
    #expect(list["workflows"]?[0]?["id"] == .string(id))
    let started = try await shell.json(
      """
      curl -sS -X POST "$AR_API/v1/workflows/\(id)/command" \\
        -H "Authorization: Bearer $AR_TOKEN" \\
        -H "X-Tenant-Id: your-tenant" \\
        -H "X-Project-Id: your-project" \\
        -H "Content-Type: application/json" \\
        -d '{"command": "start", "params": {"customer_id": "123"}}'
      """
    )
    #expect(started["workflow_id"] == .string(id))
    #expect(started["started_at"] != nil)
    let run = try #require(started["run_id"]?.string)
    let path = "/v1/workflows/\(id)/runs/\(run)"
    let ended = try await peer.get(path) { $0["ended_at"] != nil }
    #expect(ended["status"] == "completed")
    let context = try await peer.send("GET", "\(path)/context").json
    #expect(context["steps"]?["ping"]?["result"]?["input"] == ["customer_id": "123"])
    // A run that has ended takes no command; the others are tried on one that waits below.
    let refused = try await shell.call(
      "POST",
      "/v1/workflows/\(id)/command",
      #"{ "command": "pause", "params": { "run_id": "\#(run)" } }"#
    )
    #expect(refused["code"] == "CONFLICT")
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
  }

  @Test func `pause, resume, complete a task and stop as documented`() async throws {
    let folder = try TestFolder()
    let (program, peer, shell) = try await begin(folder)
    let graph =
      #"{"steps":[{"id":"approve-review","type":"human_task","task_type":"approval","task_payload":{"title":"OK?"}}]}"#
    let made = try await shell.call("POST", "/v1/workflows", #"{"name":"a","graph":\#(graph)}"#)
    let id = try #require(made["id"]?.string)
    _ = try await shell.call("POST", "/v1/workflows/\(id)/versions", "{}")
    func command(_ body: String) async throws -> JSONValue {
      try await shell.call("POST", "/v1/workflows/\(id)/command", body)
    }
    let started = try await command(
      """
      {
        "command": "start",
        "params": {
          "trigger_type": "api",
          "trigger_payload": { "topic": "weekly digest", "message": "Hello" },
          "use_run_setup_defaults": false
        }
      }
      """
    )
    #expect(started["status"] == "running")
    let run = try #require(started["run_id"]?.string)
    let paused = try await command(#"{ "command": "pause", "params": { "run_id": "\#(run)" } }"#)
    #expect(paused["status"] == "paused")
    let resumed = try await command(#"{ "command": "resume", "params": { "run_id": "\#(run)" } }"#)
    #expect(resumed["status"] == "running")
    let path = "/v1/workflows/\(id)/runs/\(run)"
    _ = try await peer.get("\(path)/tasks/pending") { $0["total"] == 1 }
    let done = try await shell.call(
      "POST",
      "\(path)/tasks/approve-review/complete",
      """
      {
        "approved": true,
        "result": {
          "comment_body": "Edited review text posted to GitHub"
        }
      }
      """
    )
    #expect(done == ["status": "completed", "task_id": "approve-review", "approved": true])
    let again = try await shell.call(
      "POST",
      "\(path)/tasks/approve-review/complete",
      #"{ "approved": true }"#
    )
    #expect(again["error"] == "task already completed")
    _ = try await peer.get(path) { $0["status"] == "completed" }
    let second = try await command(#"{"command":"start","params":{"run_id":"second"}}"#)
    #expect(second["run_id"] == "second")
    let stopped = try await command(
      #"{ "command": "stop", "params": { "run_id": "second", "mode": "graceful" } }"#
    )
    #expect(["draining", "stopped"].contains(stopped["status"]?.string ?? ""))
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
  }

  @Test func `a token and a webhook as documented, signed by openssl`() async throws {
    let folder = try TestFolder()
    let (program, peer, first) = try await begin(folder)
    var shell = first
    let graph =
      #"{"steps":[{"id":"ask","type":"human_task","task_type":"approval","task_payload":{"title":"OK?"}}]}"#
    let made = try await shell.call("POST", "/v1/workflows", #"{"name":"a","graph":\#(graph)}"#)
    let id = try #require(made["id"]?.string)
    _ = try await shell.call("POST", "/v1/workflows/\(id)/versions", "{}")
    let token = try await shell.call(
      "POST",
      "/v1/pats",
      """
      {
        "display_name": "CI deploy",
        "scopes": ["workflow:read", "workflow:run"]
      }
      """
    )
    let pat = try #require(token["id"]?.string)
    let webhook = try await shell.call(
      "POST",
      "/v1/inbound-webhooks",
      """
      {
        "workflow_id": "\(id)",
        "name": "form-leads",
        "automation_pat_id": "\(pat)"
      }
      """
    )
    #expect(webhook["subscription"]?["tenant_id"] == "your-workspace-slug")
    shell.variables["SUBSCRIPTION_ID"] = try #require(webhook["subscription"]?["id"]?.string)
    shell.variables["WHSEC"] = try #require(webhook["signing_secret"]?.string)
    shell.variables["AR_TOKEN"] = try #require(token["token"]?.string)
    let delivery = try await shell.json(
      """
      BODY='{"email":"alex@example.com"}'
      SIG=$(printf '%s' "$BODY" | openssl dgst -sha256 -hmac "$WHSEC" | sed 's/^.* //')
      curl -sS -X POST "$AR_API/v1/inbound-webhooks/$SUBSCRIPTION_ID" \\
        -H "Content-Type: application/json" \\
        -H "Authorization: Bearer $AR_TOKEN" \\
        -H "X-Agentruntime-Signature: sha256=$SIG" \\
        -d "$BODY"
      """
    )
    let run = try #require(delivery["run_id"]?.string)
    let path = "/v1/workflows/\(id)/runs/\(run)"
    let started = try await peer.send("GET", path).json
    #expect(started["input"] == ["email": "alex@example.com"])
    #expect(started["trigger"] == "webhook")
    #expect(try await shell.call("DELETE", "/v1/inbound-webhooks/none", "")["code"] == "NOT_FOUND")
    program.send(SIGTERM)
    #expect(try await program.end().code == 0)
  }
}
