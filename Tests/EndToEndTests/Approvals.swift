import JSON
import TestHouse
import Testing

/// Many runs of one workflow that wait for an answer each, on one server.
struct Approvals {
  /// How a task was answered, as the runtime's record has it.
  struct Answer: Hashable {
    var by: String
    var isYes: Bool
  }

  let scene: Scene
  /// The runs, in the order in which they began to wait.
  let runs: [StartedRun]
  /// The task of each run, by the run's id.
  private let tasks: [String: String]

  /// Starts so many, and waits until all of them wait.
  init(_ count: Int) throws {
    scene = try Scene()
    let first = try scene.start("refund", Graphs.question)
    var runs = [first]
    for number in 1..<max(1, count) {
      let started = try scene.runtime.ask(
        "POST",
        "/v1/workflows/\(first.workflow)/command",
        ["command": "start", "params": ["order": .int(number)]]
      )
      let id = try #require(started.body["run_id"]?.string, "\(started)")
      runs.append(StartedRun(runtime: scene.runtime, workflow: first.workflow, id: id))
    }
    self.runs = runs
    let runtime = scene.runtime
    tasks = try Waiting.until("\(count) tasks") {
      let page = try runtime.ask("GET", "/v1/tasks/pending?limit=500").body["tasks"]?.array ?? []
      let tasks = page.compactMap { task in
        task["run_id"]?.string.flatMap { run in task["id"]?.string.map { (run, $0) } }
      }
      return tasks.count == count ? Dictionary(uniqueKeysWithValues: tasks) : nil
    }
  }

  /// How a run's task was answered; nil while it waits.
  func answer(of run: StartedRun) throws -> Answer? {
    let task = try run.task(try #require(tasks[run.id]))
    guard task["status"]?.string == "completed" else { return nil }
    let approved = try #require(task["result"]?["approved"])
    return Answer(
      by: try #require(task["completed_by"]?.string),
      isYes: approved.bool == true
    )
  }

  /// All answers, by the first letters of the run's id, each checked to be on the record once.
  func answers() throws -> [String: Answer] {
    var answers: [String: Answer] = [:]
    for run in runs {
      guard let answer = try answer(of: run) else { continue }
      #expect(try run.events("task_completed").count == 1)
      answers[run.short] = answer
    }
    return answers
  }

  /// Lets somebody else answer.
  func answer(_ run: StartedRun, approved: Bool) throws {
    try run.answer(try #require(tasks[run.id]), approved: approved)
  }
}

/// One item of a page that lists many, as it stands on the screen.
struct PageItem: Hashable {
  /// The signs and words in front of the workflow's name: `a approve`, `✓ approved`.
  var words: String
  /// What stands behind the run's id.
  var remark: String
}

extension TerminalWindow {
  /// The items of a review or sending page, by the first letters of the run's id, read from its top
  /// to its end.
  func items(of runs: [StartedRun]) throws -> [String: PageItem] {
    let names = Set(runs.map(\.short))
    var items: [String: PageItem] = [:]
    try press("g")
    try waitFor("the cursor on the first item") { screen in
      screen.dropFirst(2).first { !$0.isEmpty }?.hasPrefix("▌") == true
    }
    while true {
      let screen = try still()
      for line in screen {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(where: { names.contains(String($0)) }), place > 1
        else { continue }
        let before = words[..<(place - 1)].joined(separator: " ")
        items[String(words[place])] = PageItem(
          words: before.hasPrefix("▌") ? String(before.dropFirst()) : before,
          remark: words[(place + 1)...].joined(separator: " ")
        )
      }
      if items.count == runs.count { return items }
      let cursor = screen.first { $0.hasPrefix("▌") }
      try press("PageDown")
      try waitFor("the cursor to go on; \(items.count) of \(runs.count) items were seen") {
        screen in
        screen.first { $0.hasPrefix("▌") } != cursor
      }
    }
  }
}

extension TerminalWindow {
  /// The screen, once it is the same twice: not one that is half painted.
  fileprivate func still() throws -> [String] {
    var last = try screen()
    return try Waiting.until("a screen that stands still") {
      let next = try screen()
      defer { last = next }
      return next == last ? next : nil
    }
  }
}

/// What the journal of a home says of decisions, by the first letters of the run's id.
struct JournalLines {
  /// The settled line of each run: the outcome's word and its detail.
  private(set) var settled: [String: (outcome: String, detail: String)] = [:]
  /// The runs whose decision was taken back.
  private(set) var withdrawn: Set<String> = []
  /// The runs whose decision was planned with others.
  private(set) var planned: Set<String> = []

  /// Reads all files of a home.
  init(_ home: TemporaryHome) throws {
    let folder = home.path("state/command-center/journal")
    for file in TextFile.names(in: folder) {
      for line in try TextFile.read("\(folder)/\(file)").split(separator: "\n") {
        let entry = try JSONValue(parsing: Array(line.utf8))
        let run = String(try #require(entry["run_id"]?.string).prefix(8))
        switch entry["phase"]?.string {
        case "settled":
          settled[run] = (entry["outcome"]?.string ?? "", entry["detail"]?.string ?? "")
        case "withdrawn": withdrawn.insert(run)
        case "planned": planned.insert(run)
        default: break
        }
      }
    }
  }
}
