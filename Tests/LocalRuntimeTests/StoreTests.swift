import Foundation
import GRDB
import JSON
import Runs
import Testing

@testable import LocalRuntime

@Suite struct StoreTests {
  @Test(arguments: [
    (3_000_000, 5, 2, true), (9_000_000, 5, 1, true), (1000, 3, 3, true), (1, 9, 5, false),
  ])
  func `a page ends where it would be too long, and has one row at least`(
    _ length: Int,
    _ limit: Int,
    _ count: Int,
    _ hasMore: Bool
  ) throws {
    let rows = try DatabaseQueue().read { database in
      try PageRows(
        database,
        sql: "SELECT printf('%.*c', ?, 'x') AS body FROM json_each('[1, 2, 3, 4, 5]')",
        arguments: [length],
        limit: limit
      )
    }
    #expect(rows.bodies.count == count)
    #expect(rows.hasMore == hasMore)
  }

  @Test func `a second runtime on the same folder is refused, and welcome once the first is gone`()
    throws
  {
    let folder = try TestFolder()
    var first: Store? = try Store(folder: folder.path)
    let refusal = #expect(throws: StoreMistake.self) { try Store(folder: folder.path) }
    #expect(refusal?.kind == .taken)
    #expect(refusal?.sentence.contains("another runtime is using \(folder.path)") == true)
    first?.close()
    first = nil
    _ = try Store(folder: folder.path)
  }

  @Test func `a folder that cannot be made is said in one sentence`() throws {
    let refusal = #expect(throws: StoreMistake.self) { try Store(folder: "/proc/nothing/here") }
    #expect(refusal?.kind == .unwritable)
    #expect(refusal?.sentence.hasPrefix("cannot make /proc/nothing/here: ") == true)
  }

  @Test func `a file that is no database is said in one sentence`() throws {
    let folder = try TestFolder()
    let bytes = Data(String(repeating: "not a database ", count: 100).utf8)
    try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/runtime.sqlite"))
    let refusal = #expect(throws: StoreMistake.self) { try Store(folder: folder.path) }
    #expect(refusal?.kind == .unreadable)
    #expect(refusal?.sentence.contains("is no database that can be read") == true)
  }

  @Test func `data of a newer version is refused`() throws {
    let folder = try TestFolder()
    try Store(folder: folder.path).close()
    let pool = try DatabaseQueue(path: "\(folder.path)/runtime.sqlite")
    try pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 later')") }
    try pool.close()
    let refusal = #expect(throws: StoreMistake.self) { try Store(folder: folder.path) }
    #expect(refusal?.sentence.contains("was made by a newer version") == true)
  }

  @Test func `commits are on the disk before they are acknowledged`() async throws {
    let folder = try TestFolder()
    let store = try Store(folder: folder.path)
    let settings = try await store.read { database in
      (
        try String.fetchOne(database, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(database, sql: "PRAGMA synchronous")
      )
    }
    #expect(settings.0 == "wal")
    let writer = try await store.pool.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(writer == 2)
  }

  @Test func `of writes that share a transaction only the one that fails is undone`()
    async throws
  {
    let folder = try TestFolder()
    let store = try Store(folder: folder.path)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          do {
            try await store.commit { database in
              // Every fourth takes a name that its neighbour has.
              let name = number % 4 == 3 ? number - 1 : number
              try database.execute(
                sql: "INSERT INTO tokens (name, hash) VALUES (?, ?)",
                arguments: ["t\(name)", Data("h\(name)".utf8)]
              )
            }
            return true
          } catch {
            return false
          }
        }
      }
      var kept = 0
      for await isKept in group where isKept { kept += 1 }
      return kept
    }
    #expect(outcomes == 30)
    #expect(try await store.tokens().count == 30)
  }

  @Test func `no query of a list walks through a whole table`() async throws {
    let folder = try TestFolder()
    let store = try Store(folder: folder.path)
    let queries = [
      "SELECT body FROM runs ORDER BY created_at DESC, id DESC LIMIT 5",
      "SELECT body FROM runs WHERE status IN ('failed') ORDER BY created_at DESC LIMIT 5",
      "SELECT body FROM runs WHERE workflow_id = 'w' ORDER BY created_at DESC, id DESC LIMIT 5",
      "SELECT body FROM runs WHERE updated_at >= 5",
      "SELECT id FROM runs WHERE is_live = 1 ORDER BY id",
      "SELECT body FROM events WHERE run_id = 'r' AND seq > 5 ORDER BY seq LIMIT 5",
      "SELECT body FROM tasks WHERE is_pending = 1 ORDER BY created_at, run_id, id LIMIT 5",
      "DELETE FROM answers WHERE at < 5",
      Store.sumsByKey, Store.sumsByHour, Store.firstHour, Store.liveByStatus, Store.liveEvents,
      Store.oldRuns, "SELECT max(seq) FROM events WHERE run_id = ?",
      "DELETE FROM events WHERE run_id = ?", "DELETE FROM steps WHERE run_id = ?",
      "DELETE FROM tasks WHERE run_id = ?", "DELETE FROM runs WHERE id = ?",
      "SELECT body FROM tasks WHERE run_id = 'r' AND id = 't'",
      "SELECT body FROM versions WHERE workflow_id = 'w' ORDER BY version DESC LIMIT 5",
      "SELECT body FROM workflows WHERE archived_at IS NULL ORDER BY created_at, id LIMIT 5",
      "SELECT name, hash FROM tokens WHERE name = 'n'",
    ]
    for query in queries.map({ $0.replacingOccurrences(of: "?", with: "'1'") }) {
      let plan = try await store.read { database in
        try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(query)").map { row -> String in
          row["detail"]
        }
      }
      #expect(
        plan.allSatisfy {
          $0.contains("INDEX") || $0.contains("PRIMARY KEY") || $0.hasPrefix("USE TEMP B-TREE")
        },
        "\(query): \(plan)"
      )
    }
  }

  @Test func `a page begins behind its cursor even when newer runs arrive`() async throws {
    let folder = try TestFolder()
    let store = try Store(folder: folder.path)
    try await save(["a", "b", "c", "d"], from: 1, in: store)
    let first = try await store.runs(RunQuery(limit: 2))
    #expect(try ids(first) == ["d", "c"])
    #expect(first.total == 4)
    try await save(["e"], from: 9, in: store)
    let cursor = try #require(first.next.flatMap(RunCursor.init))
    let second = try await store.runs(RunQuery(limit: 2, cursor: cursor))
    #expect(try ids(second) == ["b", "a"])
    #expect(second.next == nil)
  }

  @Test func `a list of runs is narrowed by status, workflow and time`() async throws {
    let folder = try TestFolder()
    let store = try Store(folder: folder.path)
    try await save(["a", "b"], from: 1, status: .failed, in: store)
    try await save(["c"], from: 5, status: .running, in: store)
    try await save(["d"], from: 6, workflow: "other", status: .paused, in: store)
    #expect(try ids(await store.runs(RunQuery(statuses: ["failed"]))) == ["b", "a"])
    #expect(try ids(await store.runs(RunQuery(statuses: ["running", "paused"]))) == ["d", "c"])
    #expect(try ids(await store.runs(RunQuery(workflow: "other"))) == ["d"])
    let since = Timestamp(milliseconds: 5)
    #expect(try ids(await store.runs(RunQuery(since: since))) == ["d", "c"])
    #expect(try ids(await store.runs(RunQuery(limit: 1, offset: 1))) == ["c"])
  }

  @Test func `what a run was started with is written once; a list only tells of a long one`()
    async throws
  {
    let folder = try TestFolder()
    let store = try Store(folder: folder.path)
    let inputs: [String: JSONValue] = [
      "short": try JSONValue(parsing: #"{"price":1.10,"name":"Käse"}"#),
      "long": ["text": .string(String(repeating: "x", count: 70_000))],
    ]
    try await save(["short", "long"], from: 1, inputs: inputs, in: store)
    for (id, input) in inputs {
      var run = try #require(try await store.run(id))
      #expect(run.input == input)
      run.status = .paused
      try await store.save(RunWrite(run: run))
      #expect(try await store.run(id)?.input == input)
      #expect(try await store.run(id)?.status == .paused)
    }
    let listed = try await store.runs(RunQuery()).rows.map { try JSONValue(parsing: $0) }
    #expect(listed[0]["input"] == nil)
    #expect(listed[0]["input_truncated"] == "70011 bytes; whole in the run itself")
    #expect(listed[1]["input"] == inputs["short"])
  }

  @Test func `the inputs of older data are moved, and what cannot be read stays`() async throws {
    let folder = try TestFolder()
    let queue = try DatabaseQueue(path: "\(folder.path)/runtime.sqlite")
    try Migrations.all.migrate(queue, upTo: "5 steps given by a start")
    let body = #"{"id":"r","workflow_id":"w","input":{"n":1.50,"b":[]},"status":"running"}"#
    try await queue.write { database in
      try database.execute(sql: "INSERT INTO workflows VALUES ('w', 1, '{}', NULL)")
      for (id, body) in [("r", body), ("s", "{torn"), ("t", #"{"id":"t","status":"running"}"#)] {
        try database.execute(
          sql: """
            INSERT INTO runs
              (id, workflow_id, status, is_live, created_at, updated_at, excluded, body)
              VALUES (?, 'w', 'running', 1, 1, 1, '[]', ?)
            """,
          arguments: [id, body]
        )
      }
    }
    try queue.close()
    let store = try Store(folder: folder.path)
    #expect(
      try await store.runRow("r")
        == #"{"id":"r","workflow_id":"w","status":"running","input":{"n":1.50,"b":[]}}"#
    )
    #expect(try await store.runRow("s") == "{torn")
    #expect(try await store.run("t")?.input == nil)
  }

  private func ids(_ page: RowPage) throws -> [String] {
    try page.rows.map { try JSONValue(parsing: $0)["id"]?.string ?? "" }
  }

  private func save(
    _ ids: [String],
    from moment: Int64,
    workflow: String = "flow",
    status: RunStatus = .running,
    inputs: [String: JSONValue] = [:],
    in store: Store
  ) async throws {
    let now = Timestamp(milliseconds: 0)
    try await store.save(StoredWorkflow(id: workflow, name: "n", graph: [:], createdAt: now))
    for (index, id) in ids.enumerated() {
      var run = Run(id: RunID(id), workflow: WorkflowID(workflow), status: status)
      run.createdAt = Timestamp(milliseconds: moment + Int64(index))
      run.updatedAt = run.createdAt
      run.input = inputs[id]
      var write = RunWrite(run: run)
      write.isNew = true
      try await store.save(write)
    }
  }
}
