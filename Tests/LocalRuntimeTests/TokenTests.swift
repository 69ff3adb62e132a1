import Glibc
import JSON
import Runs
import TestHouse
import Testing

@testable import LocalRuntime

@Suite struct TokenTests {
  private func make(
    _ server: TestServer,
    _ body: String
  ) async throws -> (id: String, token: String) {
    let made = try await server.post("/v1/pats", body)
    #expect(made.status == 201)
    return (
      try #require(made.json["id"]?.string), try #require(made.json["token"]?.string)
    )
  }

  private func server() async throws -> TestServer {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    return server
  }

  @Test func `a token is shown once, works, is kept as a hash only, and ends when revoked`()
    async throws
  {
    let server = try await server()
    let made = try await server.post(
      "/v1/pats",
      #"{"display_name":"CI deploy","scopes":["workflow:read","workflow:run"]}"#
    )
    #expect(made.status == 201)
    #expect(made.json["display_name"] == "CI deploy")
    #expect(made.json["scopes"] == ["workflow:read", "workflow:run"])
    #expect(made.json["role"] == "project_contributor")
    let token = try #require(made.json["token"]?.string)
    let id = try #require(made.json["id"]?.string)
    #expect(token.hasPrefix("pat_") && token.count == 68)
    let list = try await server.send("GET", "/v1/pats", token: token)
    #expect(list.status == 200)
    #expect(!list.text.contains(token))
    #expect(list.json["total"] == 3)
    let kept = try await server.runtime.store.madeTokens()
    #expect(kept.map(\.hash) == [Tokens.hash(token)])
    let second = try await TestServer(over: try await server.runtime.restarted())
    #expect(try await second.send("GET", "/v1/runs", token: token).status == 200)
    #expect(try await second.send("DELETE", "/v1/pats/\(id)", token: token).status == 204)
    #expect(try await second.send("GET", "/v1/runs", token: token).status == 401)
    #expect(try await second.send("DELETE", "/v1/pats/\(id)").status == 404)
  }

  @Test func `what a token is called stands where something says who did it`() async throws {
    let server = try await server()
    let scopes = #""scopes":["workflow:read","workflow:run","mcp:execute"]"#
    let token = try await make(server, #"{"display_name":"night shift",\#(scopes)}"#).token
    _ = try await server.start()
    let paused = try await server.send(
      "POST",
      "/v1/workflows/flow/command",
      #"{"command":"pause","params":{"run_id":"run"}}"#,
      token: token
    )
    #expect(paused.json["status_by"] == "night shift")
    for name in ["night shift", "maria"] {
      let taken = try await server.post("/v1/pats", #"{"display_name":"\#(name)",\#(scopes)}"#)
      #expect(taken.status == 409)
    }
  }

  @Test func `the answer repeated for a key has everything but the token`() async throws {
    let server = try await server()
    let body = #"{"display_name":"x","scopes":["workflow:read"]}"#
    let first = try await server.post("/v1/pats", body, key: "k")
    let again = try await server.post("/v1/pats", body, key: "k")
    #expect(first.json["token"] != nil)
    #expect(again.status == 201)
    #expect(again.json["token"] == nil)
    #expect(again.json["id"] == first.json["id"])
    #expect(try await server.get("/v1/pats").json["total"] == 3)
  }

  @Test(
    arguments: [
      #"{}"#, #"{"display_name":"x"}"#, #"{"display_name":"x","scopes":[]}"#,
      #"{"display_name":"x","scopes":"workflow:read"}"#,
      #"{"display_name":"x","scopes":["workflow:read","everything"]}"#,
      #"{"display_name":"x","scopes":[7]}"#, #"{"display_name":"","scopes":["workflow:read"]}"#,
      #"{"display_name":"a\nb","scopes":["workflow:read"]}"#,
      #"{"display_name":"runtime","scopes":["workflow:read"]}"#,
      #"{"display_name":"x","scopes":["workflow:read"],"role":"owner"}"#,
      #"{"display_name":"x","scopes":["workflow:read"],"expires_at":"tomorrow"}"#,
      #"{"display_name":"x","scopes":["workflow:read"],"expires_at":"2001-01-01T00:00:00Z"}"#,
    ]
  )
  func `what a token cannot be is refused`(_ body: String) async throws {
    let server = try await server()
    #expect(try await server.post("/v1/pats", body).status == 422)
  }

  @Test func `a token makes none that may do more than itself`() async throws {
    let server = try await server()
    let token = try await make(
      server,
      #"{"display_name":"ci","scopes":["workflow:read","workflow:run"]}"#
    ).token
    func status(_ body: String) async throws -> Int {
      try await server.send("POST", "/v1/pats", body, token: token).status
    }
    #expect(try await status(#"{"display_name":"a","scopes":["mcp:execute"]}"#) == 403)
    #expect(
      try await status(#"{"display_name":"a","scopes":["workflow:run"],"role":"project_admin"}"#)
        == 403
    )
    #expect(try await status(#"{"display_name":"a","scopes":["workflow:run"]}"#) == 201)
    let file = try await server.send("DELETE", "/v1/pats/maria")
    #expect(file.status == 409)
  }

  @Test func `a token takes away none that may do more than itself, but itself`() async throws {
    let server = try await server()
    let weak = try await make(server, #"{"display_name":"ci","scopes":["workflow:run"]}"#)
    let strong = try await make(
      server,
      #"{"display_name":"full","scopes":["workflow:run","mcp:execute"]}"#
    )
    func delete(_ id: String) async throws -> Int {
      try await server.send("DELETE", "/v1/pats/\(id)", token: weak.token).status
    }
    #expect(try await delete(strong.id) == 403)
    #expect(try await delete(weak.id) == 204)
  }

  @Test func `a token that ends makes none that outlives it`() async throws {
    let server = try await server()
    let end = (server.runtime.time.now + .seconds(60)).iso8601
    let later = (server.runtime.time.now + .seconds(61)).iso8601
    let scopes = #""scopes":["workflow:run"]"#
    let token = try await make(
      server,
      #"{"display_name":"x",\#(scopes),"expires_at":"\#(end)"}"#
    ).token
    func child(_ name: String, _ more: String) async throws -> Peer.Reply {
      let body = #"{"display_name":"\#(name)",\#(scopes)\#(more)}"#
      return try await server.send("POST", "/v1/pats", body, token: token)
    }
    #expect(try await child("a", #","expires_at":"\#(later)""#).status == 403)
    #expect(try await child("b", #","expires_at":"\#(end)""#).status == 201)
    #expect(try await child("c", "").json["expires_at"] == .string(end))
  }

  @Test func `a secret in a file that others may read is refused`() throws {
    let folder = try TestFolder()
    let path = "\(folder.path)/token"
    try PrivateFile.write("crt_0123456789abcdef\n", to: path)
    #expect(try PrivateFile.read(path, isSecret: true) != nil)
    try #require(unsafe chmod(path, 0o640) == 0)
    #expect(try PrivateFile.read(path) != nil)
    let mistake = #expect(throws: RuntimeMistake.self) {
      try PrivateFile.read(path, isSecret: true)
    }
    #expect(mistake?.sentence == "\(path) may be read by others; give it the mode 0600")
  }

  @Test func `a token that has expired is none`() async throws {
    let server = try await server()
    let end = (server.runtime.time.now + .seconds(60)).iso8601
    let token = try await make(
      server,
      #"{"display_name":"x","scopes":["workflow:read"],"expires_at":"\#(end)"}"#
    ).token
    #expect(try await server.send("GET", "/v1/runs", token: token).status == 200)
    server.runtime.time.advance(.seconds(60))
    let reply = try await server.send("GET", "/v1/runs", token: token)
    #expect(reply.status == 401)
    #expect(reply.json["error"]?.string?.contains("expired") == true)
  }

  @Test func `a run that calls tools needs mcp execute, through the workflows it calls too`()
    async throws
  {
    let server = try await server()
    let child = #""type":"workflow_call","workflow_id":"flow""#
    _ = try await server.runtime.publish(call("b", child), id: "parent")
    _ = try await server.runtime.publish(ask("c"), id: "asks")
    let token = try await make(
      server,
      #"{"display_name":"ci","scopes":["workflow:read","workflow:run"]}"#
    ).token
    for (flow, status) in [("flow", 403), ("parent", 403), ("asks", 200)] {
      let reply = try await server.send(
        "POST",
        "/v1/workflows/\(flow)/command",
        #"{"command":"start"}"#,
        token: token
      )
      #expect(reply.status == status)
    }
  }

  @Test func `requests for another workspace or project are refused where one is configured`()
    async throws
  {
    var settings = Router.Settings()
    settings.tenant = "acme"
    settings.project = "prod"
    let server = try await TestServer(settings: settings)
    for (headers, status) in [
      ([:], 200), (["X-Tenant-Id": "acme", "X-Project-Id": "prod"], 200),
      (["X-Tenant-Id": "other"], 403), (["X-Tenant-Id": "acme", "X-Project-Id": "test"], 403),
    ] {
      let reply = try await server.get("/v1/workflows", headers: headers)
      #expect(reply.status == status)
      if status == 403 { #expect(reply.json["code"] == "FORBIDDEN") }
    }
    let made = try await server.post("/v1/workflows", #"{"name":"x","graph":{"steps":[]}}"#)
    #expect(made.json["tenant_id"] == "acme")
    #expect(made.json["project_id"] == "prod")
    let anywhere = try await TestServer()
    let reply = try await anywhere.get("/v1/workflows", headers: ["X-Tenant-Id": "other"])
    #expect(reply.status == 200)
  }

  @Test func `each token has its rate, said on every answer`() async throws {
    var settings = Router.Settings()
    settings.limits.requestsPerMinute = 2
    let server = try await TestServer(settings: settings)
    let first = try await server.get("/v1/runs")
    #expect(first.headers["x-ratelimit-remaining"] == "1")
    let reset = (server.runtime.time.now + .seconds(60)).milliseconds / 1000
    #expect(first.headers["x-ratelimit-reset"] == String(reset))
    #expect(try await server.get("/v1/none").status == 404)
    #expect(try await server.get("/v1/runs").headers["x-ratelimit-remaining"] == "0")
    let over = try await server.get("/v1/runs")
    #expect(over.status == 429)
    #expect(over.json["code"] == "RATE_LIMITED")
    #expect(over.headers["retry-after"] == "60")
    #expect(try await server.send("GET", "/v1/runs", token: TestServer.other).status == 200)
    server.runtime.time.advance(.seconds(-3600))
    #expect(try await server.get("/v1/runs").status == 200)
  }
}
