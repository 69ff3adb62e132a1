import CommandCenter
import JSON
import Runs
import Shell
import Testing

private let prod = JournalPlace(profile: "prod", url: "https://api", tenant: "acme")

/// A decision of so many seconds ago.
private func record(
  _ verb: Verb,
  _ title: String,
  ago seconds: Int,
  _ fate: JournalRecord.Fate,
  place: JournalPlace = prod,
  isLive: Bool = false,
  fields: JSONObject = [:]
) -> JournalRecord {
  let run = RunReference(workflow: WorkflowID("wf-\(title)"), run: RunID("7c9e6679-\(seconds)"))
  let isAnswer = verb == .approve || verb == .reject
  let decision = Decision(
    id: DecisionID("key-\(seconds)"),
    verb: verb,
    subject: isAnswer ? .task(TaskReference(run: run, task: TaskID("t-\(seconds)"))) : .run(run),
    title: title,
    seen: Seen(status: .running, digest: "abc", lastEvent: 7),
    fields: fields,
    madeAt: ago(seconds)
  )
  return JournalRecord(
    decision: decision,
    place: place,
    fate: fate,
    sentAt: ago(seconds - 1),
    file: "2026-11-18.jsonl",
    isLive: isLive
  )
}

private func done(
  _ seconds: Int,
  _ word: OutcomeWord = .done,
  _ detail: String? = "running"
)
  -> JournalRecord.Fate
{
  .settled(word, detail: detail, at: ago(seconds), latency: .milliseconds(1240), later: false)
}

private let records = [
  record(.stop(.immediate), "crm-sync", ago: 90_000, done(89_990, .unknown, "no answer came")),
  record(.pause, "nightly-digest", ago: 7200, .withdrawn(why: "taken back", at: ago(7199))),
  record(.approve, "refund", ago: 3600, done(3590), fields: ["comment": "by *phone*"]),
  record(.reject, "refund", ago: 1800, .open),
  record(.resume, "crm-sync", ago: 60, .open, isLive: true),
  record(.stop(.graceful), "crm-sync", ago: 30, .planned(BatchID("b-1"))),
]

@Suite struct ActivityTests {
  private func told(
    _ wanted: ActivityWanted = ActivityWanted(),
    form: OutputForm = .table,
    width: Int? = 100,
    _ given: [JournalRecord] = records,
    remarks: [String] = []
  ) -> [ShellEffect] {
    effects(task(.activity(wanted), form: form, width: width), .records(given, remarks: remarks))
  }

  @Test func `decisions are listed with what became of them, and no server is asked`() {
    let told = told()
    #expect(told.first == .records)
    #expect(
      output(told) == """
        DECIDED         VERB             WORKFLOW        RUN       OUTCOME     TOOK  DETAIL
        11-17 10:06:40  stop now         crm-sync        7c9e6679  unknown     1.2s  no answer came
        11-18 09:06:40  pause            nightly-digest  7c9e6679  withdrawn         taken back
        11-18 10:06:40  approve          refund          7c9e6679  done        1.2s  running
        11-18 10:36:40  reject           refund          7c9e6679  open              only reading tells wha…
        11-18 11:05:40  resume           crm-sync        7c9e6679  on the way
        11-18 11:06:10  stop gracefully  crm-sync        7c9e6679  planned           planned with others, n…

        """
    )
    #expect(code(told) == .done)
  }

  @Test func `journals of which nothing can be read are a failure, not an empty answer`() {
    let remark = "the journals cannot be read: permission denied: /j"
    let message = ShellMessage.records([], remarks: [remark], isUnread: true)
    let told = effects(task(.activity(ActivityWanted())), message)
    #expect(output(told).isEmpty)
    #expect(complaints(told) == [remark])
    #expect(code(told) == .failed)
    let partly = effects(
      task(.activity(ActivityWanted())),
      .records(records, remarks: ["a journal cannot be read"])
    )
    #expect(code(partly) == .done)
  }

  @Test(arguments: [
    (ActivityWanted(since: .ago(.seconds(3600))), 4), (ActivityWanted(verb: "stop"), 2),
    (ActivityWanted(verb: "approve"), 1), (ActivityWanted(onlyOpen: true), 4),
    (ActivityWanted(profile: "staging"), 0), (ActivityWanted(profile: "prod"), 6),
    (ActivityWanted(since: .moment(ago(3600)), verb: "stop", onlyOpen: true), 1),
  ])
  func `only some are told when only some are wanted`(wanted: ActivityWanted, count: Int) {
    let lines = output(told(wanted, form: .jsonl)).split(separator: "\n")
    #expect(lines.count == count)
    #expect(wanted.picked(of: records, at: now).count == count)
  }

  @Test func `the export has all that the journal has of a decision, a JSON value a line`() throws {
    let lines = try ActivityOutput.lines(records).split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
    #expect(lines.count == records.count)
    let approval = lines[2]
    #expect(approval["key"] == "key-3600")
    #expect(approval["decided_at"]?.string == ago(3600).iso8601)
    #expect(approval["settled_at"]?.string == ago(3590).iso8601)
    #expect(approval["latency_ms"] == 1240)
    #expect(approval["task_id"] == "t-3600")
    #expect(approval["saw_status"] == "running")
    #expect(approval["saw_event"] == 7)
    #expect(approval["saw_payload"] == "abc")
    #expect(approval["fields"]?["comment"] == "by *phone*")
    #expect(approval["profile"] == "prod")
    #expect(approval["tenant"] == "acme")
    #expect(lines[5]["batch"] == "b-1")
    #expect(
      lines.map { $0["outcome"]?.string } == [
        "unknown", "withdrawn", "done", "open", "on the way", "planned",
      ]
    )
    #expect(lines.map { $0["live"]?.bool } == [false, false, false, false, true, false])
    #expect(output(told(form: .jsonl)) == ActivityOutput.lines(records))
  }

  @Test func `what could not be read of the journals is said, and nothing is nothing`() {
    let told = told(form: .json, [], remarks: ["a journal cannot be read: x\u{1b}y"])
    #expect(output(told) == "[]\n")
    #expect(complaints(told) == ["a journal cannot be read: x\u{FFFD}y"])
    let empty = self.told(form: .table, [])
    #expect(empty == [.records, .progress("nothing was decided here yet"), .finish(.done)])
  }

  @Test func `decisions of several profiles name theirs`() {
    let other = JournalPlace(profile: "staging", url: "https://other")
    let told = output(
      told(width: 200, records + [record(.pause, "x", ago: 1, .open, place: other)])
    )
    #expect(told.hasPrefix("DECIDED         PROFILE"))
    #expect(told.contains("staging"))
  }
}

@Suite struct HandoverTests {
  private var reading: Reading {
    var reading = busy
    reading.runs += [
      run("b0000001", "order-triage", .failed, startedAgo: 600) {
        $0.failure = Failure(
          code: "MCP_TOOL_FAILED",
          step: StepID("lookup"),
          message: "order 77: connection refused"
        )
      },
      run("c0000001", "old", .failed, startedAgo: 100_000) { $0.failure = Failure(code: "OLD") },
      run("d0000001", "bad_<script>`name`", .failed, startedAgo: 60),
    ]
    return reading
  }

  private func text(
    _ reading: Result<Reading, Fault>,
    since seconds: Int = 8 * 3600,
    _ given: [JournalRecord]? = records
  ) -> String {
    Handover(
      place: prod,
      since: ago(seconds),
      at: now,
      zone: .utc,
      records: given,
      reading: reading
    ).markdown
  }

  @Test func `a hand-over tells decisions, what waits, what failed by cause, what runs`() {
    #expect(
      text(.success(reading)) == """
        # Hand-over: prod (acme)

        2026-11-18 03:06 UTC to 2026-11-18 11:06 UTC

        ## Decisions (5)

        - 2026-11-18 09:06 UTC: pause **nightly-digest** `7c9e6679-7200`: withdrawn, taken back
        - 2026-11-18 10:06 UTC: approve **refund** `7c9e6679-3600`: done, running “by \\*phone\\*”
        - 2026-11-18 10:36 UTC: reject **refund** `7c9e6679-1800`: open, only reading tells what \
        became of it
        - 2026-11-18 11:05 UTC: resume **crm-sync** `7c9e6679-60`: on the way
        - 2026-11-18 11:06 UTC: stop gracefully **crm-sync** `7c9e6679-30`: planned, planned with \
        others, never sent

        ## Waits for an approval (1)

        - **refund-approvals** `7c9e6679-7425`: Refund $420 to alex, for 4m, since 2026-11-18 \
        11:02 UTC

        ## Failed (3 runs, 2 causes)

        - 2 runs, the newest **order-triage** `b0000001`, 2026-11-18 11:01 UTC: MCP_TOOL_FAILED in \
        lookup: order 77: connection refused
        - **bad\\_\\<script>\\`name\\`** `d0000001`, 2026-11-18 11:06 UTC: no reason given

        ## Running and stopping (3)

        - **nightly-digest** `9b1deb4d-3b7d`: stopping gracefully, by alex, for 10m, since \
        2026-11-18 10:56 UTC
        - **crm-sync** `550e8400-e29b`: paused, for 2h, since 2026-11-18 09:06 UTC
        - **crm-sync** `550e8411-e29b`: running, 2/5 steps, fetch, for 30s, since 2026-11-18 11:06 UTC

        """
    )
  }

  @Test func `decisions on other servers are not its own`() {
    let other = JournalPlace(profile: "prod", url: "https://other", tenant: "acme")
    let told = text(.success(reading), [record(.pause, "x", ago: 60, .open, place: other)])
    #expect(told.contains("## Decisions\n\nNothing.\n"))
  }

  @Test func `a journal that cannot be read is not taken for one without decisions`() {
    #expect(
      text(.success(reading), since: 8 * 3600, nil).contains(
        "## Decisions\n\nNot known: no journal of this machine could be read\n"
      )
    )
  }

  @Test func `without the server the decisions are told, and that the rest is not known`() {
    let fault = Fault(.unreachable, "api:443: connection refused")
    let told = text(.failure(fault))
    #expect(told.contains("## Decisions (5)"))
    #expect(
      told.hasSuffix(
        "## Now\n\nWhat waits, failed or runs is not known: api:443: connection refused\n"
      )
    )
    var half = busy
    half.tasks = nil
    half.taskFault = Fault(.forbidden, "403 *here*")
    #expect(
      text(.success(half)).contains("## Waits for an approval\n\nNot known: 403 \\*here\\*\n")
    )
  }

  @Test func `hostile text stays on its line and is shown as it is`() {
    var reading = busy
    reading.tasks?[0].payload["title"] = "a\n# b\r\n- [x](http://evil) <img> \u{202e}| ![y](z)"
    let line = text(.success(reading)).split(separator: "\n").first { $0.contains("evil") }
    #expect(
      line?.hasPrefix(
        "- **refund-approvals** `7c9e6679-7425`: a↵# b"
      ) == true
    )
    #expect(line?.contains("\\[x](http://evil) \\<img> \u{FFFD}| !\\[y](z)") == true)
  }

  @Test func `the verb reads journal and server, and its code says what was missing`() {
    let verb = ShellVerb.handover(since: .ago(.seconds(28_800)), prod)
    let told = effects(
      task(verb),
      .records(records, remarks: []),
      .reading(.success(reading))
    )
    #expect(told.prefix(2) == [.records, .poll])
    #expect(output(told) == text(.success(reading)))
    #expect(code(told) == .done)
    let away = effects(
      task(verb),
      .records(records, remarks: []),
      .reading(.failure(Fault(.unreachable, "away")))
    )
    #expect(output(away).contains("## Decisions (5)"))
    #expect(complaints(away) == ["away"])
    #expect(code(away) == .notReachable)
    let unread = effects(
      task(verb),
      .records([], remarks: ["the journals cannot be read"], isUnread: true),
      .reading(.success(reading))
    )
    #expect(complaints(unread) == ["the journals cannot be read"])
    #expect(code(unread) == .failed)
  }
}
