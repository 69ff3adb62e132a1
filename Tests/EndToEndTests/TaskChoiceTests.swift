import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// A run of which two tasks wait at once, in a real terminal.
  @Suite struct TaskChoices {
    private static let graph: JSONValue = [
      "steps": [
        [
          "id": "first", "type": "human_task", "name": "First", "task_type": "approval",
          "task_payload": ["title": "Refund A", "amount": 1],
        ],
        [
          "id": "second", "type": "human_task", "name": "Second", "task_type": "approval",
          "task_payload": ["title": "Refund B", "amount": 2],
        ],
      ]
    ]

    /// A run whose two tasks wait, their ids by title, and a front that lists them.
    private func waiting() throws -> (run: StartedRun, tasks: [String: String], TerminalWindow) {
      let scene = try Scene()
      let run = try scene.start("refund", TaskChoices.graph)
      let tasks = try Waiting.until("two tasks of run \(run.id)") {
        let page = try scene.runtime.ask("GET", "\(run.path)/tasks/pending").body["tasks"]?.array
        let found = (page ?? []).compactMap { task in
          task["task_payload"]?["title"]?.string.flatMap { title in
            task["id"]?.string.map { (title, $0) }
          }
        }
        return found.count == 2 ? Dictionary(uniqueKeysWithValues: found) : nil
      }
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 2", "Refund A", "Refund B", "live")
      return (run, tasks, window)
    }

    /// Puts the cursor on the row of a task.
    private func select(_ title: String, _ window: TerminalWindow) throws {
      let isOn = { (screen: [String]) in
        screen.contains { $0.hasPrefix("▌") && $0.contains(title) }
      }
      guard try !isOn(window.screen()) else { return }
      try window.press("j")
      try window.waitFor("the cursor on \(title)", isOn)
    }

    @Test(arguments: ["Refund A", "Refund B"])
    func `each task is opened, edited and answered by its own row`(title: String) throws {
      let (run, tasks, window) = try waiting()
      let own = try #require(tasks[title])
      let other = try #require(tasks.first { $0.key != title })
      try select(title, window)
      try window.press("Enter")
      try window.waitFor("[4 Task ", " of 2]", title)
      try window.press("]")
      try window.waitFor(other.key)
      try window.press("]")
      try window.waitFor(title)
      try window.press("Enter", "C-u")
      try window.type("7")
      try window.press("Enter")
      try window.waitFor("WHAT WILL BE SENT")
      try window.press("a")
      try window.waitFor("Approve  refund", title, "leave it waiting")
      try window.press("e")
      try window.waitFor("WHAT WILL BE SENT", title)
      try window.press("a")
      try window.waitFor("Approve  refund", title, "leave it waiting")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      #expect(try run.task(own)["result"]?["amount"]?.int == 7)
      #expect(try run.task(other.value)["status"]?.string == "pending")
      // The form of what was answered stays, and the other one is a key away.
      try window.waitFor("This task does not wait any more, approved by operator at ")
      try window.press("]")
      try window.waitFor("[4 Task]", other.key)
    }

    @Test func `a task that somebody else answers says by whom, and no other takes its place`()
      throws
    {
      let (run, tasks, window) = try waiting()
      try select("Refund B", window)
      try window.press("e")
      try window.waitFor("[4 Task ", "Refund B")
      try run.answer(try #require(tasks["Refund B"]), approved: true)
      try window.waitFor("this task does not wait any more, approved by alex at ", "Refund B")
      try window.press("a", "y")
      try window.press("]")
      try window.waitFor("Refund A", "[4 Task]")
      #expect(try run.task(try #require(tasks["Refund A"]))["status"]?.string == "pending")
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `what stands in an open line outlasts the end of the program`(signal: Int32) throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      // Each window has a home of its own; what is kept lies in one.
      let front = {
        try Front.open(
          home: TemporaryHome(),
          url: scene.runtime.url,
          token: scene.runtime.token,
          variables: ["XDG_STATE_HOME": scene.home.path("state")],
          peers: [scene.runtime]
        )
      }
      let window = try front()
      try window.waitFor("AWAITING APPROVAL 1", "live")
      try window.press("e")
      try window.waitFor("[4 Task]", "amount")
      try window.press("c")
      try window.type("half written reason")
      try window.waitFor("half written reason")
      try #require(kill(try window.pid(), signal) == 0)
      _ = try window.waitForEnd()
      let next = try front()
      try next.waitFor("AWAITING APPROVAL 1", "live")
      try next.press("a")
      try next.waitFor("Comment  half written reason")
    }
  }
}
