import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Every endpoint against every kind of request that it must not take.
@Suite struct EndpointTests {
  /// One method of one path.
  struct Endpoint: Sendable, CustomStringConvertible {
    var method: String
    var path: String
    /// A body of the right form with a field of the wrong type; nil where none is read.
    var wrongType: String?
    /// Whether a viewer may.
    var isForViewers = false

    var description: String { "\(method) \(path)" }
  }

  private static let run = "/v1/workflows/flow/runs/run"

  /// A runtime with one of everything, and all its endpoints.
  private struct Everything {
    let server: TestServer
    let endpoints: [Endpoint]

    init() async throws {
      server = try await TestServer()
      let runtime = server.runtime
      _ = try await runtime.publish(ask("review"))
      _ = try await server.start()
      let task = try await runtime.task().id.text
      let trigger = try await server.post(
        "/v1/workflows/flow/triggers",
        #"{"cron":"@daily"}"#
      )
      let webhook = try await server.post(
        "/v1/inbound-webhooks",
        #"{"workflow_id":"flow","name":"x"}"#
      )
      let token = try await server.post(
        "/v1/pats",
        #"{"display_name":"spare","scopes":["workflow:read"]}"#
      )
      let triggerPath =
        "/v1/workflows/flow/triggers/\(try #require(trigger.json["id"]?.string))"
      let webhookPath =
        "/v1/inbound-webhooks/\(try #require(webhook.json["subscription"]?["id"]?.string))"
      let tokenPath = "/v1/pats/\(try #require(token.json["id"]?.string))"
      endpoints =
        [
          "/v1/runs", "/v1/workflows", "/v1/workflows/flow", "/v1/workflows/flow/runs", run,
          "\(run)/summary", "\(run)/events", "\(run)/context", "\(run)/tasks/\(task)",
          "/v1/tasks/pending", "/v1/workflows/flow/versions", "/v1/workflows/flow/versions/1",
          "/v1/workflows/flow/triggers", triggerPath,
        ].map { Endpoint(method: "GET", path: $0, isForViewers: true) }
        + [
          "\(run)/tasks/pending", "/v1/inbound-webhooks", webhookPath, "/v1/pats",
          "/v1/billing/usage", "/v1/billing/action-pricing",
        ].map { Endpoint(method: "GET", path: $0) }
        + [
          Endpoint(method: "POST", path: "/v1/workflows", wrongType: #"{"name":[]}"#),
          Endpoint(method: "PATCH", path: "/v1/workflows/flow", wrongType: #"{"run_setup":7}"#),
          Endpoint(
            method: "POST",
            path: "/v1/workflows/flow/command",
            wrongType: #"{"command":"start","params":[]}"#
          ),
          Endpoint(
            method: "POST",
            path: "\(run)/tasks/\(task)/complete",
            wrongType: #"{"approved":"yes"}"#
          ),
          Endpoint(
            method: "POST",
            path: "/v1/workflows/flow/versions",
            wrongType: #"{"changelog":{}}"#
          ),
          Endpoint(method: "POST", path: "/v1/workflows/flow/triggers", wrongType: #"{"cron":1}"#),
          Endpoint(method: "PATCH", path: triggerPath, wrongType: #"{"enabled":"no"}"#),
          Endpoint(method: "POST", path: "/v1/inbound-webhooks", wrongType: #"{"name":{}}"#),
          Endpoint(method: "PATCH", path: webhookPath, wrongType: #"{"extras":"x"}"#),
          Endpoint(method: "POST", path: "/v1/pats", wrongType: #"{"display_name":1}"#),
          Endpoint(method: "DELETE", path: triggerPath),
          Endpoint(method: "DELETE", path: webhookPath),
          Endpoint(method: "DELETE", path: tokenPath),
          Endpoint(method: "DELETE", path: "/v1/workflows/flow"),
        ]
    }

    func token(_ body: String) async throws -> String {
      try #require(try await server.post("/v1/pats", body).json["token"]?.string)
    }

    /// Asks every endpoint that `isMeant`, and expects the status everywhere, in the one envelope.
    func expect(
      _ status: Int,
      _ code: String,
      token: String? = TestServer.token,
      bytes: [UInt8]? = nil,
      headers: [String: String] = [:],
      where isMeant: (Endpoint) -> Bool = { _ in true }
    ) async throws {
      for endpoint in endpoints where isMeant(endpoint) {
        let reply = try await Peer(url: server.url, token: token)
          .send(endpoint.method, endpoint.path, bytes: bytes, headers: headers)
        #expect(reply.status == status, "\(endpoint): \(reply.text.prefix(200))")
        #expect(reply.json["code"] == .string(code), "\(endpoint)")
        #expect(reply.json["error"]?.string?.isEmpty == false, "\(endpoint)")
        #expect(reply.headers["content-type"] == "application/json", "\(endpoint)")
      }
      // Whatever was refused changed nothing.
      #expect(try await server.runtime.store.run("run")?.status.isTerminal == false)
    }
  }

  @Test func `none answers without a token that holds`() async throws {
    let all = try await Everything()
    let end = (all.server.runtime.time.now + .seconds(1)).iso8601
    let expired = try await all.token(
      #"{"display_name":"old","scopes":["workflow:read"],"expires_at":"\#(end)"}"#
    )
    all.server.runtime.time.advance(.seconds(2))
    for token in [nil, "pat_" + String(repeating: "0", count: 64), expired] {
      try await all.expect(401, "UNAUTHORIZED", token: token)
    }
  }

  @Test func `none does more than scope and role allow`() async throws {
    let all = try await Everything()
    let starter = try await all.token(#"{"display_name":"starter","scopes":["workflow:run"]}"#)
    try await all.expect(403, "FORBIDDEN", token: starter) { $0.method == "GET" }
    let reader = try await all.token(#"{"display_name":"reader","scopes":["workflow:read"]}"#)
    try await all.expect(403, "FORBIDDEN", token: reader) { $0.method != "GET" }
    let viewer = try await all.token(
      #"{"display_name":"viewer","role":"project_viewer","scopes":["workflow:read","workflow:run"]}"#
    )
    try await all.expect(403, "FORBIDDEN", token: viewer) { !$0.isForViewers }
    for endpoint in all.endpoints where endpoint.isForViewers {
      let reply = try await all.server.send("GET", endpoint.path, token: viewer)
      #expect(reply.status == 200, "\(endpoint)")
    }
  }

  @Test func `none takes a method that it does not have, and each says which it has`()
    async throws
  {
    let all = try await Everything()
    let known = Dictionary(grouping: all.endpoints, by: \.path)
    for path in known.keys.sorted() {
      let reply = try await all.server.send("PUT", path)
      #expect(reply.status == 405, "\(path)")
      #expect(reply.json["code"] == "METHOD_NOT_ALLOWED")
      let allowed = Set(
        (reply.headers["allow"] ?? "").split(separator: ",").map {
          $0.trimmingPrefix(" ")
        }
      )
      for endpoint in known[path] ?? [] {
        #expect(allowed.contains(Substring(endpoint.method)), "\(endpoint)")
      }
    }
  }

  @Test func `none takes a body that is no JSON object in UTF-8`() async throws {
    let all = try await Everything()
    func reads(_ endpoint: Endpoint) -> Bool { endpoint.wrongType != nil }
    for text in ["{", "[1]", "7", "\"x\"", "{\"a\":1} x", "\u{FEFF}{}", "{'a':1}"] {
      try await all.expect(400, "BAD_REQUEST", bytes: Array(text.utf8), where: reads)
    }
    try await all.expect(
      400,
      "BAD_REQUEST",
      bytes: Array("{\"name\":\"".utf8) + [0xFF, 0x22, 0x7D],
      where: reads
    )
    let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    try await all.expect(400, "BAD_REQUEST", bytes: Array("{\"x\":\(deep)}".utf8), where: reads)
  }

  @Test func `none takes a body of another type, or packed`() async throws {
    let all = try await Everything()
    for headers in [
      ["Content-Type": "text/xml"], ["Content-Type": "multipart/form-data; boundary=x"],
      ["Content-Type": "application/json; charset=iso-8859-1"],
      ["Content-Type": "application/json", "Content-Encoding": "gzip"],
    ] {
      try await all.expect(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        bytes: Array("{}".utf8),
        headers: headers
      ) { $0.wrongType != nil }
    }
  }

  @Test func `none takes a field of the wrong type`() async throws {
    let all = try await Everything()
    for endpoint in all.endpoints {
      guard let body = endpoint.wrongType else { continue }
      let reply = try await all.server.send(endpoint.method, endpoint.path, body)
      #expect(reply.status == 422, "\(endpoint): \(reply.text)")
      #expect(reply.json["code"] == "VALIDATION_ERROR")
    }
  }

  @Test func `fields that nobody knows are passed over`() async throws {
    let all = try await Everything()
    let odd = #","color":"blue","x":{"y":[1,2]},"id":"chosen","status":"completed"}"#
    for (method, path, body, status) in [
      ("POST", "/v1/workflows", #"{"name":"x","graph":{"steps":[]}"#, 201),
      ("PATCH", "/v1/workflows/flow", #"{"name":"y""#, 200),
      ("POST", "/v1/workflows/flow/triggers", #"{"cron":"@daily""#, 201),
      ("POST", "/v1/inbound-webhooks", #"{"workflow_id":"flow","name":"z""#, 201),
      ("POST", "/v1/pats", #"{"display_name":"p","scopes":["workflow:read"]"#, 201),
      ("POST", "/v1/workflows/flow/command", #"{"command":"pause","params":{"run_id":"run"}"#, 200),
    ] {
      let reply = try await all.server.send(method, path, body + odd)
      #expect(reply.status == status, "\(method) \(path): \(reply.text)")
      #expect(reply.json["id"] != "chosen")
    }
  }

  @Test func `a body beyond the bound is refused by each that reads one`() async throws {
    let all = try await Everything()
    let long = Array(String(repeating: " ", count: Listener.maximumBody + 1).utf8)
    try await all.expect(413, "PAYLOAD_TOO_LARGE", bytes: long) { $0.wrongType != nil }
  }

  @Test func `each that can be read has a tag, a head, and nothing new under its tag`()
    async throws
  {
    let all = try await Everything()
    for endpoint in all.endpoints where endpoint.method == "GET" {
      let whole = try await all.server.get(endpoint.path)
      #expect(whole.status == 200, "\(endpoint): \(whole.text)")
      let tag = try #require(whole.headers["etag"], "\(endpoint)")
      let same = try await all.server.get(endpoint.path, headers: ["If-None-Match": tag])
      #expect(same.status == 304, "\(endpoint)")
      let head = try await all.server.send("HEAD", endpoint.path)
      #expect(head.status == 200, "\(endpoint)")
      #expect(head.text.isEmpty)
      #expect(head.headers["etag"] == tag, "\(endpoint)")
    }
  }

  @Test func `each post under a key is done once, and no other is done under it`() async throws {
    let all = try await Everything()
    for (path, body, status) in [
      ("/v1/workflows", #"{"name":"x","graph":{"steps":[]}}"#, 201),
      ("/v1/workflows/flow/versions", "{}", 201),
      ("/v1/workflows/flow/validate", "{}", 200),
      ("/v1/workflows/flow/triggers", #"{"cron":"@daily"}"#, 201),
      ("/v1/inbound-webhooks", #"{"workflow_id":"flow","name":"x"}"#, 201),
      ("/v1/workflows/flow/command", #"{"command":"start"}"#, 200),
    ] {
      let first = try await all.server.post(path, body, key: path)
      #expect(first.status == status, "\(path): \(first.text)")
      #expect(try await all.server.post(path, body, key: path).text == first.text, "\(path)")
      let other = try await all.server.post(path, body + " ", key: path)
      #expect(other.status == 409, "\(path)")
    }
    let long = try await all.server.post("/v1/pats", "{}", key: String(repeating: "k", count: 256))
    #expect(long.status == 400)
  }

  @Test func `an example that is set to null is gone`() async throws {
    let all = try await Everything()
    let path = "/v1/workflows/flow"
    let set = try await all.server.send("PATCH", path, #"{"example_trigger_payload":{"n":1}}"#)
    #expect(set.json["example_trigger_payload"] == ["n": 1])
    let unset = try await all.server.send("PATCH", path, #"{"example_trigger_payload":null}"#)
    #expect(unset.status == 200)
    let names = unset.json.object?.members.map(\.key) ?? []
    #expect(names.contains("graph"))
    #expect(!names.contains("example_trigger_payload"))
  }

  @Test func `what is not there is 404, in whatever form it is asked for`() async throws {
    let all = try await Everything()
    for path in [
      "/v1/workflows/none", "/v1/workflows/none/runs", "/v1/workflows/none/versions",
      "/v1/workflows/flow/versions/2", "/v1/workflows/flow/versions/one",
      "/v1/workflows/flow/versions/-1", "/v1/workflows/none/triggers",
      "/v1/workflows/flow/triggers/none", "/v1/inbound-webhooks/none",
      "/v1/workflows/flow/runs/none/events", "/v1/workflows/other/runs/run",
      "/v1/workflows/%FF", "/v1/workflows/flow/runs/run/tasks/none",
      "/v1/workflows/flow/nothing", "/v1/pats/a/b", "/v1//", "/v2/runs",
      "/v1/workflows/" + String(repeating: "x", count: 2000),
    ] {
      let reply = try await all.server.get(path)
      #expect(reply.status == 404, "\(path): \(reply.status)")
      #expect(reply.json["code"] == "NOT_FOUND", "\(path)")
    }
  }
}
