import JSON
import Runs
import Testing

@testable import Triage

/// What the filter language lets through.
@Suite struct FilterTests {
  private static let now = Timestamp(milliseconds: 1_795_440_060_000)

  /// Failed two hours and a half ago; cost 4.50 credits.
  private static let failure: Row = {
    var run = Run(id: RunID("a31f8c02"), workflow: WorkflowID("wf-1"), status: .failed)
    run.workflowName = "Order Triage"
    run.endedAt = now + .seconds(-9000)
    run.trigger = "webhook"
    run.credits = Credits(microcredits: 4_500_000)
    run.failure = Failure(
      code: "MCP_TOOL_FAILED",
      step: StepID("create-ticket"),
      message: "401 Unauthorized from jira.creäte"
    )
    return Row(id: RowID(section: .failed, run: run.id), run: run)
  }()

  /// Paused by maria; how old and how dear is not known.
  private static let paused: Row = {
    var run = Run(id: RunID("0d33e1b9"), workflow: WorkflowID("payroll-sync"), status: .paused)
    run.statusBy = "maria"
    return Row(id: RowID(section: .running, run: run.id), run: run)
  }()

  private func accepts(_ text: String, _ row: Row) throws -> Bool {
    try Filter(text).accepts(row, at: FilterTests.now)
  }

  @Test(arguments: [
    "", "  ", "order", "TRIAGE", "a31f", "401", "mcp_tool", "status:failed", "status:fail",
    "status:stopped,failed", "section:failed", "section:f", "workflow:triage", "CREÄTE",
    "workflow:order status:failed ticket", "\"401 unauth\"", "workflow:\"order tri\"",
    "step:ticket", "code:tool", "trigger:webhook", "id:a31F", "-refund", "-status:running",
    "-status:running,paused", "-\"order unauth\"", "age:>2h", "age:>=2.5h", "age:<3h", "age:2h",
    "age:2h..3h", "age:..3h", "age:2h..", "age:<1m,2h", "age:>=9000s -age:>9000s", "age:=2h30m",
    "credits:>4", "credits:4.5", "credits:=4.50", "credits:<=4.5", "credits:1..5",
    "-credits:>4.5", "~jira\\.", "~^401", "~(40[13]|500) una", "~^order.*e$", "~\\d{3}\\s\\w+",
    "-~^triage", "~\"401 .* from\"", ":x -:", "\"\"", "status:failed,", "~x*",
  ])
  func `a failure passes when every term fits`(text: String) throws {
    // A colon without letters before it is a plain word, and this row has none.
    let isPlain = text.hasPrefix(":")
    #expect(try accepts(text, FilterTests.failure) != isPlain)
  }

  @Test(arguments: [
    "refund", "status:running", "section:awaiting", "workflow:crm", "order refund", "-order",
    "-status:failed", "-code:mcp", "id:1f8c", "trigger:cron", "by:maria", "step:order", "age:<2h",
    "age:3h..4h", "-age:>1h", "credits:5", "credits:<4", "credits:..4", "~^jira", "~\\d{4}",
    "-~401", "\"order unauth\"", "09:40", "webhook401",
  ])
  func `a failure does not pass when one term does not fit`(text: String) throws {
    #expect(try !accepts(text, FilterTests.failure))
  }

  @Test func `what is not known is no match, and its negation is one`() throws {
    for text in ["age:>0s", "credits:>=0", "code:x", "trigger:x"] {
      #expect(try !accepts(text, FilterTests.paused))
      #expect(try accepts("-" + text, FilterTests.paused))
    }
    #expect(try accepts("by:maria status:paused workflow:payroll", FilterTests.paused))
  }

  @Test func `a task that waits is awaiting, whatever its run says`() throws {
    let task = HumanTask(
      id: TaskID("t-1"),
      run: RunID("r"),
      step: StepID("review"),
      payload: ["title": "Refund"]
    )
    let row = Row(id: RowID(section: .awaiting, run: task.run, task: task.id), run: nil, task: task)
    for text in ["status:awaiting", "section:awaiting", "step:review", "id:t-1", "refund"] {
      #expect(try accepts(text, row), "\(text)")
    }
    #expect(try !accepts("t-1", row))
  }

  private static let keys =
    "status: section: workflow: step: code: trigger: age: credits: by: id:"

  @Test(arguments: [
    ("stauts:failed", 0..<7, "stauts: is no key; there are \(keys); quotes take it as a word"),
    ("x section:nowhere", 10..<17, "section: wants one of awaiting, draining, running, failed"),
    ("a status:", 2..<9, "status: wants a word such as failed, paused"),
    ("age:", 0..<4, "age: wants a duration such as 10m, 2h, 3d"),
    ("age:>10", 4..<7, "age: wants a duration such as 10m, 2h, 3d"),
    ("age:10m,soon", 8..<12, "age: wants a duration such as 10m, 2h, 3d"),
    ("age:3h..1h", 4..<10, "age: wants a duration such as 10m, 2h, 3d"),
    ("age:99999999999d", 4..<16, "age: wants a duration such as 10m, 2h, 3d"),
    ("-credits:>much", 9..<14, "credits: wants an amount such as 5, 0.2"),
    ("credits:..", 8..<10, "credits: wants an amount such as 5, 0.2"),
    ("status:\"\"", 0..<9, "status: wants a word such as failed, paused"),
    ("section:\"\"", 0..<10, "section: wants one of awaiting, draining, running, failed"),
    ("\"", 0..<1, "the quote is not closed: \" ends it"),
    ("order -\"tria ge", 7..<15, "the quote is not closed: \" ends it"),
    ("workflow:a,\"b c", 11..<15, "the quote is not closed: \" ends it"),
    ("~\"a(", 1..<4, "the quote is not closed: \" ends it"),
    ("~", 0..<1, "~ wants a pattern such as 401|403, jira.*refused"),
    ("x ~a(b", 4..<6, "~ has a ( that is not closed"),
    ("~a)b", 2..<3, "~ has a ) that nothing opens"),
    ("~*a", 1..<2, "~ has nothing before * to repeat"),
    ("~[a-", 1..<4, "~ has a [ that is not closed"),
    ("~\"[z-a] x\"", 2..<4, "~ has a range in [ ] that ends before it begins"),
    ("~a{2,1}", 2..<6, "~ wants {3}, {2,} or {2,4} for a count"),
    ("~a{500}", 2..<7, "~ counts to 100 at most"),
    ("~\\q", 1..<3, "~ knows \\d \\w \\s, and \\ before a sign"),
    ("~a\\D", 2..<4, "~ knows \\d \\w \\s, and \\ before a sign"),
    ("~[\\W]", 2..<4, "~ knows \\d \\w \\s, and \\ before a sign"),
    ("~(((a{90}){90}){90})", 0..<20, "~ wants a shorter pattern: this one is written out too long"),
  ])
  func `a mistake says where it stands`(text: String, range: Range<Int>, sentence: String) {
    let mistake = #expect(throws: Filter.Mistake.self) { try Filter(text) }
    #expect(mistake?.range == range)
    #expect(mistake?.sentence == sentence)
  }

  @Test(arguments: [
    ("stauts:x", "stauts: is no key", "stauts:"),
    ("section:nowhere", "section: has no nowhere", "nowhere"),
  ])
  func `a word that is not known is told with those that are`(
    text: String,
    fact: String,
    word: String
  ) throws {
    let mistake = try #require(throws: Filter.Mistake.self) { try Filter(text) }
    let slip = try #require(mistake.slip)
    #expect(slip.fact == fact && slip.word == word)
    for word in slip.known {
      #expect(throws: Never.self) { try Filter(word.hasSuffix(":") ? "\"\(word)\"" : word) }
      #expect(mistake.sentence.contains(word))
    }
  }

  // MARK: Words that only the server knows

  @Test(arguments: [
    "status:f", "status:AWAITING", "status:\"awaiting app\"", "status:cancel,succ",
    "-status:queued",
    "order section:failed", "trigger:faild", "status:suspended", "status:susp,failed",
    "status:on-h",
  ])
  func `a word that the product has, or a run, is no mistake`(text: String) throws {
    #expect(try Filter(text).doubt(among: ["Suspended", "On-Hold"]) == nil)
  }

  @Test(arguments: [
    ("status:faild", 7..<12, "faild"), ("order -status:failed,stoped x", 21..<27, "stoped"),
    ("status:\"Awaiting x\"", 7..<19, "awaiting x"), ("status:suspendedx", 7..<17, "suspendedx"),
  ])
  func `a word that neither the product has nor a run is told`(
    text: String,
    range: Range<Int>,
    word: String
  ) throws {
    let doubt = try #require(try Filter(text).doubt(among: ["Suspended"]))
    #expect(doubt.range == range)
    #expect(
      doubt.sentence == "status: no run is \(word); there are awaiting, pending, queued, starting, "
        + "running, paused, draining, completed, failed, stopped, suspended"
    )
    #expect(doubt.slip?.word == word)
  }

  @Test func `a word of the server's own is looked for as it is written, known or not`() throws {
    let run = Run(id: RunID("r"), workflow: WorkflowID("w"), status: RunStatus("Suspended"))
    let inbox = Inbox(Reading(runs: [run], tasks: [], at: FilterTests.now), order: .age)
    #expect(inbox.otherStatuses == ["Suspended"])
    #expect(try inbox.shown(Filter("status:susp")).count == 1)
    #expect(try inbox.shown(Filter("status:suspx")).isEmpty)
    #expect(try Filter("status:cancelled").accepts(row(.stopped), at: FilterTests.now))
    #expect(try Filter("status:success,x").accepts(row(.completed), at: FilterTests.now))
    #expect(try !Filter("status:cancelled").accepts(row(.failed), at: FilterTests.now))
  }

  private func row(_ status: RunStatus) -> Row {
    Row(id: RowID(section: .failed, run: RunID("q")), run: Run(id: RunID("q"), status: status))
  }

  // MARK: While it is typed

  @Test(arguments: [
    ("order age:", "order", false), ("age:>1 order -x", "order -x", false),
    ("status:failed section:x \"a b\"", "status:failed \"a b\"", false), ("~(", "", false),
    ("order \"tri ag", "order \"tri ag\"", true), ("workflow:a,\"b c", "workflow:a,\"b c\"", true),
    ("~\"a(", "", false), ("age: \"a b", "\"a b\"", false), ("status:\"", "", false),
  ])
  func `what can be read of a text is read`(text: String, readable: String, isOpen: Bool) throws {
    let reading = FilterReading(text)
    #expect(reading.text == readable)
    #expect(try reading.filter == Filter(readable))
    #expect(reading.mistake == #expect(throws: Filter.Mistake.self) { try Filter(text) })
    #expect(reading.isOpen == isOpen)
    #expect(FilterReading(readable).mistake == nil)
  }

  @Test func `only filters that ask for an age change with time`() throws {
    #expect(try Filter("order age:>1h").dependsOnTime)
    #expect(try !Filter("order credits:>1").dependsOnTime)
  }

  @Test func `parts without places cost nothing, however often they are repeated`() throws {
    let empty = String(repeating: "(", count: 30) + String(repeating: "){100}", count: 30)
    #expect(try Filter("~\(empty)").accepts(FilterTests.failure, at: FilterTests.now))
    #expect(try Filter("~x{0}\(empty)+").accepts(FilterTests.failure, at: FilterTests.now))
    #expect(try !Filter("~\(empty)qqqq").accepts(FilterTests.failure, at: FilterTests.now))
  }

  @Test func `two filters let through what both do`() throws {
    let both = try Filter("order").and(try Filter("-code:mcp"))
    #expect(!both.accepts(FilterTests.failure, at: FilterTests.now))
    #expect(try Filter.none.and(try Filter("order")) == Filter("order"))
  }

  // MARK: Anything at all

  private static let scraps = [
    "status:", "age:", "credits:", "~", "-", "\"", "(", ")", "[", "]", "{", "}", "*", "+", "?", "|",
    "^", "$", "\\", "..", ">", "=", ",", " ", "1", "m", "h", "a", "é", "👩‍👩‍👧", "\u{301}", "\n", ":",
    "x", "{2,3}",
  ]

  @Test func `whatever is typed is a filter or a mistake within the text`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<4000 {
      let count = Int.random(in: 0..<24, using: &random)
      let text = (0..<count).compactMap { _ in FilterTests.scraps.randomElement(using: &random) }
        .joined()
      do throws(Filter.Mistake) {
        _ = try Filter(text).accepts(FilterTests.failure, at: FilterTests.now)
      } catch {
        #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.count, "\(text)")
        #expect(!error.range.isEmpty && !error.sentence.isEmpty, "\(text)")
      }
      let reading = FilterReading(text)
      #expect((try? Filter(reading.text)) == reading.filter, "\(text)")
      for token in FilterToken.all(of: text) {
        #expect(token.range.upperBound <= text.count && !token.range.isEmpty, "\(text)")
      }
    }
  }

  /// A pattern that Swift's own regex reads too.
  private func pattern(_ depth: Int, _ random: inout Noise) -> String {
    let part = { (random: inout Noise) in
      "(?:\(pattern(depth + 1, &random)))"
    }
    switch Int.random(in: 0..<(depth > 3 ? 3 : 9), using: &random) {
    case 3: return part(&random) + part(&random)
    case 4: return "(?:\(part(&random))|\(part(&random)))"
    case 5: return part(&random) + "*"
    case 6: return part(&random) + "+"
    case 7: return part(&random) + "?"
    case 8: return part(&random) + "{1,3}"
    default:
      return ["a", "b", "c", "é", ".", "[ab]", "[^a]", "\\d", "1"].randomElement(using: &random)
        ?? "a"
    }
  }

  @Test func `a pattern finds what Swift's regex finds`() throws {
    // Always the same patterns: Swift's regex takes for ever over some.
    var random = Noise(state: 9)
    for _ in 0..<600 {
      let text = pattern(1, &random)
      guard (try? Pattern(text)) != nil else { continue }
      let regex = try Regex(text)
      let column = (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in
        ["a", "b", "c", "1", "é", "x"].randomElement(using: &random)
      }.joined()
      var run = Run(id: RunID("\u{1}"), workflow: WorkflowID("q"), status: .running)
      run.trigger = column
      let row = Row(id: RowID(section: .running, run: run.id), run: run)
      let columns = [column, "q", "running", "running now", "\u{1}"]
      let isFound = columns.contains { $0.wholeMatch(of: regex) != nil }
      #expect(try accepts("~\"^(\(text))$\"", row) == isFound, "\(text) in \(column)")
    }
  }

  @Test func `no pattern holds up a key, whatever the text`() throws {
    var run = Run(id: RunID("r"), status: .failed)
    run.failure = Failure(message: String(repeating: "a", count: 100_000) + "!")
    let row = Row(id: RowID(section: .failed, run: run.id), run: run)
    // Ways to go on double with every letter for a matcher that tries one after the other: this
    // would not end.
    for text in ["~(a+)+$x", "~(a|a)*b", "~(a*)*(a*)*(a*)*z", "~(.*){30}x"] {
      #expect(try !accepts(text, row))
    }
  }

  @Test func `words are found wherever they stand, in long texts too`() throws {
    for length in 0..<40 {
      var run = Run(id: RunID("r"), status: .running)
      run.trigger = String(repeating: "n", count: length) + "Needle"
      let row = Row(id: RowID(section: .running, run: run.id), run: run)
      #expect(try accepts("needle", row))
      #expect(try accepts("nneedle", row) == (length > 0))
      #expect(try !accepts("needles", row))
      #expect(try !accepts("needl\u{E9}", row))
    }
  }

  // MARK: The inbox

  @Test func `rows are found alike with and without a search made ready`() throws {
    let runs = (0..<600).map { number in
      var run = Run(
        id: RunID("run-\(number)"),
        workflow: WorkflowID("wf-\(number % 7)"),
        status: .running
      )
      run.trigger = number.isMultiple(of: 3) ? "cron" : "api"
      return run
    }
    let plain = Inbox(Reading(runs: runs, tasks: [], at: FilterTests.now), order: .age)
    var ready = plain
    ready.prepareSearch()
    for text in [
      "wf-3", "cron -wf-3", "id:run-59", "~wf-[12].*\\d", "trigger:api workflow:wf-0", "zz",
    ] {
      let filter = try Filter(text)
      #expect(plain.shown(filter) == ready.shown(filter))
      #expect(
        plain.shown(filter).map(\.id)
          == plain.shown(.none).filter { filter.accepts($0, at: plain.at) }.map(\.id)
      )
    }
  }

  @Test func `only a long inbox is made ready for a search before anybody asks`() {
    for (count, isReady) in [(Inbox.preparedAtOnce, false), (Inbox.preparedAtOnce + 1, true)] {
      let runs = (0..<count).map { Run(id: RunID("\($0)"), status: .running) }
      var inbox = Inbox(Reading(runs: runs, tasks: [], at: FilterTests.now), order: .age)
      inbox.prepareLongSearch()
      #expect((inbox.texts[.running] != nil) == isReady)
    }
  }

  @Test func `what stands in a column is told, the most frequent first`() {
    let runs = ["cron", "api", "api", "cron", "api"].enumerated().map { number, trigger in
      var run = Run(id: RunID("r\(number)"), workflow: WorkflowID("w"), status: .running)
      run.trigger = trigger
      return run
    }
    let inbox = Inbox(Reading(runs: runs, tasks: [], at: FilterTests.now), order: .age)
    #expect(
      inbox.values(of: .trigger)
        == [Inbox.Value(text: "api", count: 3), Inbox.Value(text: "cron", count: 2)]
    )
    #expect(inbox.values(of: .status) == [Inbox.Value(text: "running", count: 5)])
    #expect(inbox.values(of: .age).isEmpty)
  }

  @Test func `filters are counted with the reading, and again when time goes by`() throws {
    var run = Run(id: RunID("r"), workflow: WorkflowID("w"), status: .running)
    run.startedAt = FilterTests.now + .seconds(-500)
    let counted = [try Filter("w"), try Filter("age:>10m"), try Filter("-w")]
    var inbox = Inbox(
      Reading(runs: [run], tasks: [], at: FilterTests.now),
      Arrangement(counted: counted)
    )
    #expect(inbox.tallies == [1, 0, 0])
    let isAlike = inbox.age(to: FilterTests.now + .seconds(200))
    #expect(isAlike)
    #expect(inbox.tallies == [1, 1, 0])
  }
}

/// SplitMix64: the same every time.
private struct Noise: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
