import JSON
import Runs
import Testing

@testable import LocalRuntime

/// The hand clock begins on Tuesday, 14 November 2023, 22:13:20 UTC.
@Suite struct TriggerTests {
  private let path = "/v1/workflows/flow/triggers"

  private func server(_ known: TestRuntime? = nil) async throws -> TestServer {
    let server = try await TestServer(over: known)
    if known == nil { _ = try await server.runtime.publish(call("a")) }
    await server.openScheduler()
    return server
  }

  private func make(_ server: TestServer, _ body: String) async throws -> JSONValue {
    let made = try await server.post(path, body)
    #expect(made.status == 201)
    return made.json
  }

  /// The run of a trigger at a moment, as soon as it is there.
  private func run(
    _ server: TestServer,
    _ trigger: JSONValue,
    at moment: String
  ) async throws -> Run {
    let slot = try #require(Timestamp(iso8601: moment))
    let id = "\(try #require(trigger["id"]?.string))-\(slot.milliseconds / 1000)"
    return try await server.runtime.run(id) { _ in true }
  }

  /// The trigger, as soon as it is as wanted.
  private func trigger(
    _ server: TestServer,
    _ made: JSONValue,
    when wanted: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    let id = try #require(made["id"]?.string)
    for await _ in server.runtime.store.changes {
      let json = try await server.get("\(path)/\(id)").json
      if wanted(json) { return json }
    }
    return .null
  }

  @Test func `a trigger is made, read, changed and removed, in the path or in the body`()
    async throws
  {
    let server = try await server()
    let made = try await make(
      server,
      #"{"type":"cron","config":{"cron":"0 9 * * *","timezone":"Europe/Berlin","trigger_payload":{"n":1},"trigger_steps":{},"excluded_step_ids":[]}}"#
    )
    #expect(made["next_run_at"] == "2023-11-15T08:00:00.000Z")
    #expect(made["enabled"] == true)
    #expect(made["config"]?["trigger_payload"] == ["n": 1])
    #expect(made["config"]?["catchup_policy"] == "fire_once_within_grace")
    let id = try #require(made["id"]?.string)
    #expect(try await server.get(path).json["triggers"] == [made])
    let edit = #"{"trigger_id":"\#(id)","config":{"cron":"@hourly","grace_minutes":5}}"#
    let changed = try await server.send("PATCH", path, edit)
    #expect(changed.json["next_run_at"] == "2023-11-14T23:00:00.000Z")
    #expect(changed.json["config"]?["timezone"] == "Europe/Berlin")
    let off = try await server.send("PATCH", "\(path)/\(id)", #"{"enabled":false}"#)
    #expect(off.json["next_run_at"] == .null)
    #expect(try await server.send("DELETE", "\(path)?trigger_id=\(id)").status == 204)
    #expect(try await server.send("DELETE", "\(path)/\(id)").status == 404)
    #expect(try await server.get(path).json["total"] == 0)
    await server.scheduler.shutDown()
  }

  @Test(
    arguments: [
      (#"{}"#, "“cron” is missing"), (#"{"cron":"* * * *"}"#, "4 fields"),
      (#"{"cron":7}"#, "“cron” must be"), (#"{"cron":"0 0 31 2 *"}"#, "never comes due"),
      (#"{"cron":"@daily","timezone":"Mars/Base"}"#, "no time zone"),
      (#"{"cron":"@daily","config":[]}"#, "“config” must be an object"),
      (#"{"cron":"@daily","enabled":"yes"}"#, "“enabled” must be"),
      (#"{"cron":"@daily","catchup_policy":"all"}"#, "“catchup_policy” must be"),
      (#"{"cron":"@daily","grace_minutes":0}"#, "“grace_minutes” must be"),
      (#"{"cron":"@daily","grace_minutes":1.5}"#, "“grace_minutes” must be"),
      (#"{"cron":"@daily","trigger_payload":[1]}"#, "“trigger_payload” must be"),
      (#"{"cron":"@daily","excluded_step_ids":"a"}"#, "“excluded_step_ids” must be"),
      (#"{"cron":"@daily","trigger_steps":{"a":1}}"#, "“trigger_steps.a” must be"),
      (#"{"type":"platform_event","event_type":"connection.created"}"#, "“type” must be cron"),
    ]
  )
  func `what a trigger cannot be is said`(_ body: String, _ words: String) async throws {
    let server = try await server()
    let reply = try await server.post(path, body)
    #expect(reply.status == 422)
    #expect(reply.json["error"]?.string?.contains(words) == true)
    await server.scheduler.shutDown()
  }

  @Test func `a trigger starts its run when it comes due, with its input, and comes due again`()
    async throws
  {
    let server = try await server()
    let made = try await make(server, #"{"cron":"0 9 * * *","trigger_payload":{"topic":"digest"}}"#)
    await server.runtime.time.untilSomebodySleeps()
    // A jump over many looks: the clock is asked, not counted.
    server.runtime.time.advance(.seconds(11 * 3600))
    let run = try await run(server, made, at: "2023-11-15T09:00:00Z")
    #expect(run.trigger == "cron")
    #expect(run.input == ["topic": "digest"])
    let after = try await trigger(server, made) { $0["last_run_id"] != nil }
    #expect(after["last_run_id"] == .string(run.id.text))
    #expect(after["next_run_at"] == "2023-11-16T09:00:00.000Z")
    await server.scheduler.shutDown()
  }

  @Test func `what was missed is started once, for the last time within the grace`() async throws {
    let first = try await server()
    let hourly = try await make(first, #"{"cron":"0 * * * *","grace_minutes":30}"#)
    let daily = try await make(first, #"{"cron":"0 9 * * *","grace_minutes":30}"#)
    let skipping = try await make(first, #"{"cron":"0 * * * *","catchup_policy":"skip"}"#)
    await first.scheduler.shutDown()
    // To 10:13:20 on the next day.
    first.runtime.time.advance(.seconds(12 * 3600))
    let second = try await server(try await first.runtime.restarted())
    _ = try await run(second, hourly, at: "2023-11-15T10:00:00Z")
    let late = try await trigger(second, daily) { $0["last_run_at"] != .null }
    #expect(late["last_run_id"] == nil)
    #expect(late["last_error"]?.string?.hasPrefix("missed") == true)
    #expect(late["next_run_at"] == "2023-11-16T09:00:00.000Z")
    _ = try await trigger(second, skipping) { $0["last_error"] != nil }
    #expect(try await second.get("/v1/runs").json["total"] == 1)
    await second.scheduler.shutDown()
  }

  @Test func `a start whose note was lost is found again, not made again`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    let made = try await make(server, #"{"cron":"0 * * * *"}"#)
    let stored = try #require(StoredTrigger(made))
    let slot = try #require(Timestamp(iso8601: "2023-11-14T23:00:00Z"))
    server.runtime.time.advance(.seconds(3000))
    // As killed between the start and the note of it.
    _ = try await server.runtime.engine.start(
      StartRequest(workflow: "flow", runID: stored.run(at: slot), trigger: "cron"),
      by: "cron"
    )
    await server.openScheduler()
    let after = try await trigger(server, made) { $0["last_run_id"] != nil }
    #expect(after["last_run_id"] == .string(stored.run(at: slot)))
    #expect(try await server.get("/v1/runs").json["total"] == 1)
    await server.scheduler.shutDown()
  }

  @Test func `a clock that is set back brings no run twice and leaves none out`() async throws {
    let server = try await server()
    let made = try await make(server, #"{"cron":"0 * * * *"}"#)
    await server.runtime.time.untilSomebodySleeps()
    server.runtime.time.advance(.seconds(3000))
    _ = try await run(server, made, at: "2023-11-14T23:00:00Z")
    _ = try await trigger(server, made) { $0["next_run_at"] == "2023-11-15T00:00:00.000Z" }
    server.runtime.time.advance(.seconds(-3000))
    server.scheduler.look()
    _ = try await trigger(server, made) { $0["next_run_at"] == "2023-11-14T23:00:00.000Z" }
    server.runtime.time.advance(.seconds(3000))
    server.scheduler.look()
    _ = try await trigger(server, made) { $0["next_run_at"] == "2023-11-15T00:00:00.000Z" }
    #expect(try await server.get("/v1/runs").json["total"] == 1)
    await server.scheduler.shutDown()
  }

  @Test func `a start that is refused is told by the trigger, which goes on`() async throws {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    let made = try await make(server, #"{"cron":"0 * * * *","excluded_step_ids":["nobody"]}"#)
    server.runtime.time.advance(.seconds(3000))
    await server.openScheduler()
    let after = try await trigger(server, made) { $0["last_error"] != nil }
    #expect(after["last_error"]?.string?.contains("nobody") == true)
    #expect(after["next_run_at"] == "2023-11-15T00:00:00.000Z")
    await server.scheduler.shutDown()
  }

  @Test func `a trigger starts nothing for a token that was revoked, until another one sets it`()
    async throws
  {
    let server = try await server()
    let made = try await server.post(
      "/v1/pats",
      #"{"display_name":"ci","scopes":["workflow:read","workflow:run","mcp:execute"]}"#
    ).json
    let (token, id) = (made["token"]?.string, made["id"]?.string ?? "")
    let hourly = try await server.send("POST", path, #"{"cron":"0 * * * *"}"#, token: token).json
    #expect(hourly["automation_pat_id"] == .string(id))
    #expect(try await server.send("DELETE", "/v1/pats/\(id)").status == 204)
    await server.runtime.time.untilSomebodySleeps()
    server.runtime.time.advance(.seconds(3000))
    let refused = try await trigger(server, hourly) { $0["last_error"] != nil }
    #expect(refused["last_error"]?.string?.contains("was revoked") == true)
    #expect(refused["next_run_at"] == "2023-11-15T00:00:00.000Z")
    #expect(try await server.get("/v1/runs").json["total"] == 0)
    let place = "\(path)/\(hourly["id"]?.string ?? "")"
    let set = try await server.send("PATCH", place, #"{"name":"mine"}"#).json
    #expect(set["automation_pat_id"] == "maria")
    server.runtime.time.advance(.seconds(3600))
    server.scheduler.look()
    _ = try await run(server, hourly, at: "2023-11-15T00:00:00Z")
    await server.scheduler.shutDown()
  }

  @Test func `a trigger calls no tools for a token without mcp execute`() async throws {
    let server = try await server()
    let made = try await server.post(
      "/v1/pats",
      #"{"display_name":"ci","scopes":["workflow:run"]}"#
    )
    let id = try #require(made.json["id"]?.string)
    let hourly = try await make(server, #"{"cron":"0 * * * *"}"#)
    var stored = try #require(StoredTrigger(hourly))
    // As set when the workflow called no tool yet.
    stored.automation = id
    let refusal = await #expect(throws: Rejection.self) {
      _ = try await server.router.automation(of: stored)
    }
    #expect(refusal?.message.contains("mcp:execute") == true)
    await server.scheduler.shutDown()
  }

  @Test func `a param of a trigger that is set to null is gone`() async throws {
    let server = try await server()
    let made = try await make(
      server,
      #"{"cron":"@daily","config":{"trigger_payload":{"n":1},"use_run_setup_defaults":null}}"#
    )
    let own = ["cron", "timezone", "catchup_policy", "grace_minutes"]
    #expect(made["config"]?.object?.members.map(\.key) == own + ["trigger_payload"])
    let id = try #require(made["id"]?.string)
    let changed = try await server.send(
      "PATCH",
      "\(path)/\(id)",
      #"{"config":{"trigger_payload":null,"trigger_steps":null},"body":null}"#
    )
    #expect(changed.status == 200)
    #expect(changed.json["config"]?.object?.members.map(\.key) == own)
    await server.scheduler.shutDown()
  }

  @Test func `an archived workflow takes no trigger`() async throws {
    let server = try await server()
    #expect(try await server.send("DELETE", "/v1/workflows/flow").status == 204)
    #expect(try await server.post(path, #"{"cron":"@daily"}"#).status == 409)
    await server.scheduler.shutDown()
  }
}
