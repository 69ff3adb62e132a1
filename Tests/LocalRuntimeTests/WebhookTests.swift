import JSON
import Runs
import Testing

@testable import LocalRuntime

/// Whoever posts to a webhook.
private struct Sender {
  let server: TestServer
  let id: String
  let secret: String

  var path: String { "/v1/inbound-webhooks/\(id)" }

  func plain(_ body: String) -> String {
    "sha256="
      + WebhookSignature.text(WebhookSignature.digest(Array(body.utf8), secret: secret))
  }

  func timed(_ body: String, at moment: Timestamp? = nil) -> String {
    let seconds = (moment ?? server.runtime.time.now).milliseconds / 1000
    let digest = WebhookSignature.digest(Array("\(seconds).\(body)".utf8), secret: secret)
    return "t=\(seconds),v1=\(WebhookSignature.text(digest))"
  }

  /// Posts a body under a signature.
  func post(
    _ body: String,
    _ signature: String?,
    token: String? = nil,
    key: String? = nil,
    type: String = "application/json"
  ) async throws -> Peer.Reply {
    var headers = ["Content-Type": type]
    headers["X-Agentruntime-Signature"] = signature
    headers["Idempotency-Key"] = key
    return try await server.send("POST", path, body, token: token, headers: headers)
  }
}

@Suite struct WebhookTests {
  private func sender(
    _ server: TestServer,
    _ more: String = ""
  ) async throws -> Sender {
    let made = try await server.post(
      "/v1/inbound-webhooks",
      #"{"workflow_id":"flow","name":"form-leads"\#(more)}"#
    )
    #expect(made.status == 201)
    return Sender(
      server: server,
      id: try #require(made.json["subscription"]?["id"]?.string),
      secret: try #require(made.json["signing_secret"]?.string)
    )
  }

  private func server() async throws -> TestServer {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    return server
  }

  private func total(_ server: TestServer) async throws -> Int? {
    try await server.get("/v1/runs").json["total"]?.int
  }

  @Test func `a subscription is made with its secret once, listed without it, changed, removed`()
    async throws
  {
    let server = try await server()
    let made = try await server.post(
      "/v1/inbound-webhooks",
      #"{"workflow_id":"flow","name":"form-leads","automation_bearer":"\#(TestServer.other)"}"#
    )
    let subscription = try #require(made.json["subscription"])
    let id = try #require(subscription["id"]?.string)
    #expect(made.json["signing_secret"]?.string?.hasPrefix("whsec_") == true)
    #expect(made.json["ingress_path"] == .string("/v1/inbound-webhooks/\(id)"))
    #expect(made.json["ingress_url"] == .string("\(server.url)/v1/inbound-webhooks/\(id)"))
    #expect(subscription["enabled"] == true)
    #expect(subscription["automation_pat_id"] == "alex")
    let list = try await server.get("/v1/inbound-webhooks")
    #expect(list.json["subscriptions"] == [subscription])
    #expect(!list.text.contains("whsec_"))
    let path = "/v1/inbound-webhooks/\(id)"
    let extras = #"{"extras":{"trigger_payload":{"source":"shopify"}},"enabled":false}"#
    let changed = try await server.send("PATCH", path, extras)
    #expect(changed.json["extras"] == ["trigger_payload": ["source": "shopify"]])
    #expect(changed.json["enabled"] == false)
    #expect(try await server.send("DELETE", path).status == 204)
    #expect(try await server.get(path).status == 404)
  }

  @Test(
    arguments: [
      (#"{"name":"x"}"#, 422), (#"{"workflow_id":"flow"}"#, 422),
      (#"{"workflow_id":"none","name":"x"}"#, 404), (#"{"workflow_id":"flow","name":7}"#, 422),
      (#"{"workflow_id":"flow","name":"x","automation_pat_id":"nobody"}"#, 422),
      (#"{"workflow_id":"flow","name":"x","automation_bearer":"pat_wrong"}"#, 422),
      (#"{"workflow_id":"flow","name":"x","extras":[1]}"#, 422),
      (#"{"workflow_id":"flow","name":"x","extras":{"trigger_payload":3}}"#, 422),
      (#"{"workflow_id":"flow","name":"x","enabled":"no"}"#, 422),
    ]
  )
  func `what a subscription cannot be is said`(_ body: String, _ status: Int) async throws {
    let server = try await server()
    let reply = try await server.post("/v1/inbound-webhooks", body)
    #expect(reply.status == status)
    #expect(reply.json["error"]?.string?.isEmpty == false)
  }

  @Test func `the body starts a run, in either form of the signature`() async throws {
    let server = try await server()
    let sender = try await sender(server)
    let body = #"{"email":"alex@example.com"}"#
    let plain = try await sender.post(body, sender.plain(body), token: TestServer.token)
    #expect(plain.status == 200)
    let timed = try await sender.post(body, sender.timed(body), key: "delivery-1")
    #expect(timed.status == 200)
    #expect(timed.json["workflow_id"] == "flow")
    let run = try #require(try await server.runtime.store.run(timed.json["run_id"]?.string ?? ""))
    #expect(run.trigger == "webhook")
    #expect(run.input == ["email": "alex@example.com"])
    #expect(try await total(server) == 2)
  }

  @Test func `extras lie beneath the body`() async throws {
    let server = try await server()
    let extras = #","extras":{"trigger_payload":{"source":"shopify","n":1}}"#
    let sender = try await sender(server, extras)
    let reply = try await sender.post(#"{"n":2}"#, sender.timed(#"{"n":2}"#))
    let run = try await server.runtime.store.run(reply.json["run_id"]?.string ?? "")
    #expect(run?.input == ["source": "shopify", "n": 2])
  }

  @Test func `who does not know the secret, or the bearer beside the plain form, starts nothing`()
    async throws
  {
    let server = try await server()
    let sender = try await sender(server)
    let right = sender.timed("{}")
    let wrong = String(right.dropLast()) + (right.hasSuffix("0") ? "1" : "0")
    for signature in [nil, "", "sha256=", "sha256=zz", "t=1", "v1=00", wrong, sender.plain("{ }")] {
      let reply = try await sender.post("{}", signature, token: TestServer.token)
      #expect(reply.status == 401)
      #expect(reply.json["code"] == "UNAUTHORIZED")
    }
    #expect(try await sender.post("{}", sender.plain("{}")).status == 401)
    #expect(try await sender.post("{}", sender.plain("{}"), token: "pat_wrong").status == 401)
    #expect(try await sender.post("{}", sender.plain("{}"), token: TestServer.other).status == 403)
    let elsewhere = Sender(server: server, id: "none", secret: sender.secret)
    #expect(try await elsewhere.post("{}", elsewhere.timed("{}")).status == 404)
    #expect(try await total(server) == 0)
  }

  @Test(arguments: [-301, 301, -86_400, 86_400])
  func `a delivery signed more than five minutes from now is refused`(_ offset: Int) async throws {
    let server = try await server()
    let sender = try await sender(server)
    let moment = server.runtime.time.now + .seconds(offset)
    let reply = try await sender.post("{}", sender.timed("{}", at: moment))
    #expect(reply.status == 401)
    #expect(reply.json["error"]?.string?.contains("five minutes") == true)
    let near = server.runtime.time.now + .seconds(offset < 0 ? -299 : 299)
    #expect(try await sender.post("{}", sender.timed("{}", at: near)).status == 200)
  }

  @Test
  func `a replay is refused, after a restart too; under its own key it gets the answer`()
    async throws
  {
    let first = try await server()
    let sender = try await sender(first)
    let signature = sender.timed(#"{"n":1}"#)
    let taken = try await sender.post(#"{"n":1}"#, signature, key: "k1")
    #expect(taken.status == 200)
    let again = try await sender.post(#"{"n":1}"#, signature, key: "k1")
    #expect(again.text == taken.text)
    for key in [nil, "k2"] {
      let replayed = try await sender.post(#"{"n":1}"#, signature, key: key)
      #expect(replayed.status == 409)
      #expect(replayed.json["details"]?["run_id"] == taken.json["run_id"])
    }
    // Digests in another order, or in other letters, are the same delivery.
    let padded = signature + ",v1=" + String(repeating: "0", count: 64)
    #expect(try await sender.post(#"{"n":1}"#, padded).status == 409)
    #expect(try await sender.post(#"{"n":2}"#, sender.timed(#"{"n":2}"#), key: "k1").status == 409)
    let second = try await TestServer(over: try await first.runtime.restarted())
    let later = Sender(server: second, id: sender.id, secret: sender.secret)
    #expect(try await later.post(#"{"n":1}"#, signature).status == 409)
    #expect(try await total(second) == 1)
  }

  @Test func `what cannot be an input is refused with a sentence`() async throws {
    let server = try await server()
    let sender = try await sender(server)
    for (body, status) in [("[1]", 422), ("\"x\"", 422), ("7", 422), ("null", 422), ("{", 400)] {
      #expect(try await sender.post(body, sender.timed(body)).status == status)
    }
    let xml = try await sender.post("<a/>", sender.timed("<a/>"), type: "text/xml")
    #expect(xml.status == 415)
    #expect(try await sender.post("", sender.timed("")).status == 200)
    let long = "{\"x\":\"" + String(repeating: "x", count: Router.longestDelivery) + "\"}"
    #expect(try await sender.post(long, sender.timed(long)).status == 413)
    #expect(try await total(server) == 1)
  }

  @Test func `switched off, or without its automation token, a webhook starts nothing`()
    async throws
  {
    let server = try await server()
    let token = try await server.post(
      "/v1/pats",
      #"{"display_name":"forms","scopes":["workflow:run","mcp:execute"]}"#
    )
    let id = try #require(token.json["id"]?.string)
    let sender = try await sender(server, ",\"automation_pat_id\":\"\(id)\"")
    let bearer = try #require(token.json["token"]?.string)
    let plain = try await sender.post("{}", sender.plain("{}"), token: bearer)
    #expect(plain.status == 200)
    let run = try await server.runtime.store.run(plain.json["run_id"]?.string ?? "")
    #expect(run?.statusBy == "forms")
    _ = try await server.send("PATCH", sender.path, #"{"enabled":false}"#)
    #expect(try await sender.post("{}", sender.timed("{}")).status == 403)
    _ = try await server.send("PATCH", sender.path, #"{"enabled":true}"#)
    #expect(try await server.send("DELETE", "/v1/pats/\(id)").status == 204)
    let gone = try await sender.post("{}", sender.timed("{}"))
    #expect(gone.status == 403)
    #expect(gone.json["error"]?.string?.contains("was revoked") == true)
  }

  @Test func `a webhook has a rate of its own, and forgeries do not use it up`() async throws {
    var settings = Router.Settings()
    settings.limits.webhooksPerMinute = 2
    let server = try await TestServer(settings: settings)
    _ = try await server.runtime.publish(call("a"))
    let sender = try await sender(server)
    for status in [401, 401, 429] {
      #expect(try await sender.post("{}", "sha256=no").status == status)
    }
    for (number, status) in [200, 200, 429].enumerated() {
      let body = "{\"n\":\(number)}"
      let reply = try await sender.post(body, sender.timed(body))
      #expect(reply.status == status)
      #expect(reply.headers["x-ratelimit-remaining"] == String(max(0, 1 - number)))
      if status == 429 { #expect(reply.headers["retry-after"] == "60") }
    }
    server.runtime.time.advance(.seconds(60))
    #expect(try await sender.post("{}", sender.timed("{}")).status == 200)
  }
}
