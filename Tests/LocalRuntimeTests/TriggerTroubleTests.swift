import GRDB
import JSON
import Runs
import Synchronization
import Testing

@testable import LocalRuntime

/// Triggers that cannot be read, and starts that meet a trouble of ours.
@Suite struct TriggerTroubleTests {
  private let path = "/v1/workflows/flow/triggers"

  private func server() async throws -> TestServer {
    let server = try await TestServer()
    _ = try await server.runtime.publish(call("a"))
    return server
  }

  /// An object that holds another one, and so on, so many levels down.
  private static func nested(_ levels: Int) -> String {
    String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
  }

  @Test(
    arguments: [
      #""trigger_payload":\#(nested(126))"#, #""body":\#(nested(126))"#,
      #""config":{"trigger_payload":\#(nested(125))}"#,
      #""trigger_steps":{"a":\#(nested(125))}"#,
    ]
  )
  func `what nests too deep to be read again makes no trigger`(_ field: String) async throws {
    let server = try await server()
    let refused = try await server.post(path, "{\"cron\":\"@hourly\",\(field)}")
    #expect(refused.status == 422)
    #expect(refused.json["error"]?.string?.contains("nests values deeper than") == true)
    #expect(try await server.get(path).json["total"] == 0)
    let webhook = try await server.post(
      "/v1/inbound-webhooks",
      #"{"workflow_id":"flow","name":"w","extras":{"trigger_payload":\#(Self.nested(120))}}"#
    )
    #expect(webhook.status == 422)
    await server.listener.stop()
  }

  @Test func `a trigger that cannot be read keeps no other from its start, and can be removed`()
    async throws
  {
    let server = try await server()
    let made = try await server.post(path, #"{"cron":"0 * * * *"}"#).json
    let deep = "{\"config\":\(Self.nested(130))}"
    try await server.runtime.store.commit { database in
      try database.execute(
        sql: "INSERT INTO triggers VALUES ('deep', 'flow', 1, 1, ?)",
        arguments: [deep]
      )
    }
    let said = Said()
    let scheduler = Scheduler(engine: server.runtime.engine, report: { said.say($0) })
    await scheduler.open { trigger throws(Rejection) in
      try await server.router.automation(of: trigger)
    }
    await server.runtime.time.untilSomebodySleeps()
    server.runtime.time.advance(.seconds(3000))
    let id = "\(made["id"]?.string ?? "")-1700002800"
    _ = try await server.runtime.run(id) { _ in true }
    await server.runtime.time.untilSomebodySleeps()
    #expect(said.sentences.count == 1)
    #expect(said.sentences.first?.hasPrefix("the trigger deep starts nothing") == true)
    let other = "/v1/workflows/other/triggers/deep"
    #expect(try await server.send("DELETE", other).status == 404)
    #expect(try await server.send("DELETE", "\(path)/deep").status == 204)
    #expect(try await server.send("DELETE", "\(path)/deep").status == 404)
    await scheduler.shutDown()
    await server.listener.stop()
  }

  @Test func `a start that meets a trouble is made again ever later, up to a minute`() async throws
  {
    let server = try await server()
    #expect(try await server.post(path, #"{"cron":"0 * * * *"}"#).status == 201)
    let time = server.runtime.time
    time.advance(.seconds(3000))
    let begun = time.now
    let tries = Mutex<[Int64]>([])
    let scheduler = Scheduler(engine: server.runtime.engine, report: { _ in })
    await scheduler.open { _ throws(Rejection) in
      tries.withLock { $0.append((time.now.milliseconds - begun.milliseconds) / 1000) }
      throw Rejection(503, "DEPENDENCY_UNAVAILABLE", "the disk is full")
    }
    for _ in 0..<190 {
      await time.untilSomebodySleeps()
      time.advance(.seconds(1))
    }
    await time.untilSomebodySleeps()
    #expect(tries.withLock { $0 } == [0, 1, 3, 7, 15, 31, 63, 123, 183])
    await scheduler.shutDown()
    await server.listener.stop()
  }

  @Test func `what cannot be read is told by the trigger, which goes on`() async throws {
    let server = try await server()
    let made = try await server.post(path, #"{"cron":"0 * * * *"}"#).json
    server.runtime.time.advance(.seconds(3000))
    let scheduler = Scheduler(engine: server.runtime.engine, report: { Issue.record("\($0)") })
    await scheduler.open { _ throws(Rejection) in
      throw .unwritable(StoreMistake(.unreadable, "a row is damaged"))
    }
    await server.runtime.time.untilSomebodySleeps()
    let after = try await server.get("\(path)/\(made["id"]?.string ?? "")").json
    #expect(after["last_error"] == "a row is damaged")
    #expect(after["next_run_at"] == "2023-11-15T00:00:00.000Z")
    await scheduler.shutDown()
    await server.listener.stop()
  }

  @Test func `a draft takes no trigger`() async throws {
    let server = try await server()
    let made = try await server.post("/v1/workflows", #"{"name":"d","graph":{"steps":[]}}"#)
    let id = try #require(made.json["id"]?.string)
    let refused = try await server.post("/v1/workflows/\(id)/triggers", #"{"cron":"@daily"}"#)
    #expect(refused.status == 409)
    #expect(refused.json["details"]?["status"] == "draft")
    await server.listener.stop()
  }
}
