import GRDB
import JSON
import Runs
import RuntimeAPI

/// All that one transition of a run writes, in one transaction.
struct RunWrite: Sendable {
  var run: Run
  /// Whether the run is new; a second one of its id is then refused.
  var isNew = false
  var excluded: Set<String> = []
  /// Whether whoever started it may have tools called; written once.
  var mayCallTools = true
  /// What the start gave single steps; nil when that is what it was.
  var triggerSteps: JSONObject?
  var events: [RunEvent] = []
  /// By ``StepPlace/text``.
  var steps: [String: StepState] = [:]
  var tasks: [HumanTask] = []
  /// The types of the steps that the events name, by id.
  var stepTypes: [String: String] = [:]
  /// The answer to the request that caused it, so that a repetition gets the same.
  var answer: StoredAnswer?
}

/// What a list of runs is asked for.
struct RunQuery: Sendable, Equatable {
  var workflow: String?
  var statuses: [String] = []
  /// Created at or after this moment.
  var since: Timestamp?
  /// Changed at or after this moment.
  var updatedSince: Timestamp?
  var limit = 100
  var offset = 0
  /// Behind this place in the order, newest first.
  var cursor: RunCursor?
}

/// A place in the list of runs, which holds even when newer ones arrive.
struct RunCursor: Sendable, Equatable {
  var createdAt: Int64
  var id: String

  /// The place behind a run.
  init(createdAt: Int64, id: String) {
    self.createdAt = createdAt
    self.id = id
  }

  /// Reads ``text``; nil when it is none.
  init?(_ text: String) {
    let parts = text.split(separator: "~", maxSplits: 1)
    guard parts.count == 2, let moment = Int64(parts[0], radix: 36) else { return nil }
    createdAt = moment
    id = String(parts[1])
  }

  /// The place as `next_cursor` carries it.
  var text: String { "\(String(createdAt, radix: 36))~\(id)" }
}

extension Store {
  /// Makes a transition durable.
  /// - Throws: ``StoreMistake``; `exists` when a new run's id is taken.
  func save(_ write: RunWrite) async throws(StoreMistake) {
    try await commit { database in try Self.save(write, in: database) }
    feed.publish(EventFeed.News(run: write.run, events: write.events))
  }

  private static func usage(_ write: RunWrite) -> Usage {
    var reading = UsageReading(
      stepTypes: write.stepTypes,
      stepStarts: write.steps.compactMapValues(\.startedAt),
      runStart: write.run.startedAt
    )
    for event in write.events { reading.read(event) }
    return reading.usage
  }

  private static func save(_ write: RunWrite, in database: Database) throws {
    let run = write.run
    // What a run was started with never changes and can be long: it stands in a column of its own.
    var changing = run
    changing.input = nil
    let body = JSONWriter.text(RunWire.json(changing))
    if write.isNew {
      try database.execute(
        sql: """
          INSERT INTO runs
            (id, workflow_id, status, is_live, created_at, updated_at, excluded, body, input,
              may_call_tools)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run.id.text, run.workflow?.text ?? "", run.status.word, !run.status.isTerminal,
          run.createdAt?.milliseconds ?? 0, run.updatedAt?.milliseconds ?? 0,
          JSONWriter.text(.array(write.excluded.sorted().map { .string($0) })), body,
          run.input.map { JSONWriter.text($0) }, write.mayCallTools,
        ]
      )
    } else {
      try database.execute(
        sql: "UPDATE runs SET status = ?, is_live = ?, updated_at = ?, body = ? WHERE id = ?",
        arguments: [
          run.status.word, !run.status.isTerminal, run.updatedAt?.milliseconds ?? 0, body,
          run.id.text,
        ]
      )
    }
    if let given = write.triggerSteps, !(write.isNew && given.isEmpty) {
      try database.execute(
        sql: "UPDATE runs SET trigger_steps = ? WHERE id = ?",
        arguments: [JSONWriter.text(.object(given)), run.id.text]
      )
    }
    let event = try database.cachedStatement(
      sql: "INSERT INTO events (run_id, seq, body) VALUES (?, ?, ?)"
    )
    for item in write.events {
      try event.execute(arguments: [
        run.id.text, item.sequence ?? 0, JSONWriter.text(EventWire.json(item, run: run.id)),
      ])
    }
    let step = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO steps (run_id, step_id, body) VALUES (?, ?, ?)"
    )
    for (id, state) in write.steps {
      try step.execute(arguments: [run.id.text, id, JSONWriter.text(StepRow.json(state))])
    }
    let task = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO tasks (run_id, id, is_pending, created_at, body)
        VALUES (?, ?, ?, ?, ?)
        """
    )
    for item in write.tasks {
      try task.execute(arguments: [
        run.id.text, item.id.text, item.isPending, item.createdAt?.milliseconds ?? 0,
        JSONWriter.text(TaskWire.json(item)),
      ])
    }
    try add(usage(write), in: database)
    if let answer = write.answer { try save(answer, in: database) }
  }

  /// A run as it is answered, in SQL.
  private static let wholeRun = """
    CASE WHEN input IS NULL THEN body
    ELSE substr(body, 1, length(body) - 1) || ',"input":' || input || '}' END
    """

  /// A run as lists have it: an input longer than 64 KiB is only told of.
  private static let listedRun = """
    CASE WHEN input IS NULL OR length(CAST(input AS BLOB)) <= 65536 THEN \(wholeRun)
    ELSE substr(body, 1, length(body) - 1) || ',"input_truncated":"'
      || length(CAST(input AS BLOB)) || ' bytes; whole in the run itself"}' END
    """

  /// The JSON text of a run, or nil.
  func runRow(_ id: String) async throws(StoreMistake) -> String? {
    try await read { database in
      try String.fetchOne(
        database,
        sql: "SELECT \(Self.wholeRun) FROM runs WHERE id = ?",
        arguments: [id]
      )
    }
  }

  /// A run, or nil.
  func run(_ id: String) async throws(StoreMistake) -> Run? {
    guard let row = try await runRow(id) else { return nil }
    return try decoded(row) { (body) throws(JSONMistake) in
      try RunWire.one(body, asked: RunReference(workflow: WorkflowID(""), run: RunID(id)))
    }
  }

  /// A page of runs, newest first.
  func runs(_ query: RunQuery) async throws(StoreMistake) -> RowPage {
    try await read { database in try Self.runs(query, in: database) }
  }

  private static func runs(_ query: RunQuery, in database: Database) throws -> RowPage {
    var terms: [String] = []
    var arguments = StatementArguments()
    if let workflow = query.workflow {
      terms.append("workflow_id = ?")
      arguments += [workflow]
    }
    if !query.statuses.isEmpty {
      let marks = query.statuses.map { _ in "?" }.joined(separator: ", ")
      terms.append("status IN (\(marks))")
      arguments += StatementArguments(query.statuses)
    }
    if let since = query.since {
      terms.append("created_at >= ?")
      arguments += [since.milliseconds]
    }
    if let since = query.updatedSince {
      terms.append("updated_at >= ?")
      arguments += [since.milliseconds]
    }
    let filter = terms.isEmpty ? "" : "WHERE \(terms.joined(separator: " AND "))"
    let total = try Int.fetchOne(
      database,
      sql: "SELECT count(*) FROM runs \(filter)",
      arguments: arguments
    )
    if let cursor = query.cursor {
      terms.append("(created_at, id) < (?, ?)")
      arguments += [cursor.createdAt, cursor.id]
    }
    let place = terms.isEmpty ? "" : "WHERE \(terms.joined(separator: " AND "))"
    let rows = try PageRows(
      database,
      sql: """
        SELECT id, created_at, \(listedRun) AS body FROM runs \(place)
        ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?
        """,
      arguments: arguments + [query.limit + 1, query.offset],
      limit: query.limit
    )
    let last = rows.hasMore ? rows.last : nil
    return RowPage(
      rows: rows.bodies,
      total: total ?? 0,
      next: last.map { RunCursor(createdAt: $0["created_at"], id: $0["id"]).text }
    )
  }

  /// The events of a run behind a number, in order, and whether there are more.
  func events(
    of run: String,
    after: Int,
    limit: Int
  ) async throws(StoreMistake) -> (rows: [String], hasMore: Bool) {
    try await read { database in
      let rows = try PageRows(
        database,
        sql: "SELECT body FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        arguments: [run, after, limit + 1],
        limit: limit
      )
      return (rows.bodies, rows.hasMore)
    }
  }

  /// What each step of a run received and made, by ``StepPlace/text``.
  /// - Parameters:
  ///   - run: The run's id.
  ///   - withRounds: Whether those in the rounds of loops are told, too.
  /// - Returns: Their states by place.
  /// - Throws: ``StoreMistake`` when they cannot be read.
  func steps(
    of run: String,
    withRounds: Bool = false
  ) async throws(StoreMistake) -> [String: StepState] {
    let filter = withRounds ? "" : " AND instr(step_id, '|') = 0"
    let rows = try await read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT step_id, body FROM steps WHERE run_id = ?\(filter)",
        arguments: [run]
      ).map { row -> (String, String) in (row["step_id"], row["body"]) }
    }
    var steps: [String: StepState] = [:]
    for (id, row) in rows {
      steps[id] = try decoded(row) { (body) throws(JSONMistake) in
        StepRow.read(try JSONValue(parsing: body))
      }
    }
    return steps
  }

  /// The tasks that wait, oldest first; of one run, or of all.
  func pendingTasks(
    of run: String?,
    limit: Int,
    offset: Int
  ) async throws(StoreMistake) -> RowPage {
    try await page(
      of: "tasks WHERE is_pending = 1 \(run == nil ? "" : "AND run_id = ?")",
      run.map { [$0] } ?? [],
      by: "created_at, run_id, id",
      limit: limit,
      offset: offset
    )
  }

  /// The JSON text of a task, answered or not, or nil.
  func taskRow(_ id: String, of run: String) async throws(StoreMistake) -> String? {
    try await read { database in
      try String.fetchOne(
        database,
        sql: "SELECT body FROM tasks WHERE run_id = ? AND id = ?",
        arguments: [run, id]
      )
    }
  }

  /// The id of a run's task by its own id or its step's; of several of a step the one that waits, else
  /// the newest.
  func taskID(_ name: String, of run: String) async throws(StoreMistake) -> String? {
    try await read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT id FROM tasks WHERE run_id = ?1 AND (id = ?2 OR json_extract(body, '$.step_id') = ?2)
          ORDER BY id = ?2 DESC, is_pending DESC, created_at DESC LIMIT 1
          """,
        arguments: [run, name]
      )
    }
  }

  /// The ids of the runs that have not ended.
  func liveRuns() async throws(StoreMistake) -> [String] {
    try await read { database in
      try String.fetchAll(database, sql: "SELECT id FROM runs WHERE is_live = 1 ORDER BY id")
    }
  }

  /// A run with all that the engine needs to go on with it, or nil.
  func state(of id: String) async throws(StoreMistake) -> RunState? {
    guard let run = try await run(id), let workflow = run.workflow, let version = run.version,
      let graph = try await snapshot(of: workflow.text, version: version)
    else { return nil }
    let (excluded, given, mayCallTools, rows) = try await read { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT excluded, trigger_steps, may_call_tools FROM runs WHERE id = ?",
        arguments: [id]
      )
      let excluded: String? = row?["excluded"]
      let given: String? = row?["trigger_steps"]
      let mayCallTools: Bool? = row?["may_call_tools"]
      let rows = try String.fetchAll(
        database,
        sql: "SELECT body FROM tasks WHERE run_id = ?",
        arguments: [id]
      )
      return (excluded ?? "[]", given ?? "{}", mayCallTools ?? false, rows)
    }
    let reference = RunReference(workflow: workflow, run: run.id)
    var tasks: [String: HumanTask] = [:]
    for row in rows {
      let task = try decoded(row) { (body) throws(JSONMistake) in
        try TaskWire.one(body, of: reference)
      }
      tasks[task.id.text] = task
    }
    let names = try decoded(excluded) { (body) throws(JSONMistake) in
      try JSONValue(parsing: body).array ?? []
    }
    let triggerSteps = try decoded(given) { (body) throws(JSONMistake) in
      try JSONValue(parsing: body).object ?? [:]
    }
    var state = RunState(
      run: run,
      graph: graph,
      // The rounds of a run that has ended are told by its loops' results.
      steps: try await steps(of: id, withRounds: !run.status.isTerminal),
      tasks: tasks,
      excluded: Set(names.compactMap(\.string)),
      triggerSteps: triggerSteps
    )
    state.mayCallTools = mayCallTools
    return state
  }

  /// Reads back what the store itself wrote.
  func decoded<Value>(
    _ row: String,
    _ read: ([UInt8]) throws(JSONMistake) -> Value
  ) throws(StoreMistake) -> Value {
    do throws(JSONMistake) {
      return try read(Array(row.utf8))
    } catch {
      throw StoreMistake(.unreadable, "a row in \(folder) is damaged: \(error.sentence)")
    }
  }
}
