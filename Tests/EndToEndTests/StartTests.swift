import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// What stands before a start, in a real terminal, on the runtime's record.
  @Suite struct Starts {
    private static let graph: JSONValue = [
      "input_schema": [
        "type": "object", "properties": ["order": ["type": "integer"]], "required": ["order"],
      ],
      "steps": [
        [
          "id": "review", "type": "human_task", "name": "Review", "task_type": "approval",
          "task_payload": ["title": "Pay back 420 to alex"],
        ]
      ],
    ]

    /// Types a start; what the workflow takes is known when this returns.
    private func type(_ order: Int, _ window: TerminalWindow) throws {
      try window.press(":")
      try window.type("start refund ")
      try window.waitFor(":start refund order=", "integer  required")
      try window.type("order=\(order)")
      try window.waitFor(":start refund order=\(order)")
    }

    /// The inputs of the runs that the runtime has of the workflow.
    private func inputs(of run: StartedRun) throws -> [JSONValue] {
      let runs = try run.runtime.ask("GET", "/v1/workflows/\(run.workflow)/runs").body
      return try #require(runs["runs"]?.array).compactMap { $0["input"] }
    }

    @Test func `a start that cannot be recorded is said to be so, sent, and there once`() throws {
      let scene = try Scene()
      let first = try scene.start("refund", Starts.graph)
      _ = try first.task()
      // A file where the journal's folder belongs.
      try scene.home.write("in the way", to: "state/command-center/journal")
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", "live")
      try window.press("+")
      try window.waitFor("Start a run", "refund")
      try window.press("Enter")
      try window.waitFor("Start refund  v1", "required", "It will not be recorded: ")
      try window.type("42")
      try window.waitFor("command-center start refund order=42")
      try window.press("Enter")
      try window.waitFor("started refund", "the journal cannot be written)")
      #expect(try inputs(of: first).count { $0 == ["order": 42] } == 1)
      try window.press("q")
      try window.waitFor("AWAITING APPROVAL 2")
      try type(43, window)
      try window.press("Enter")
      try window.waitFor("Start  refund", "in the shell:", "It will not be recorded: ")
      #expect(try inputs(of: first).count == 2)
      try window.press("Enter")
      try window.waitFor("started refund", "the journal cannot be written)")
      #expect(try inputs(of: first).count == 3)
      #expect(try inputs(of: first).count { $0 == ["order": 43] } == 1)
    }

    @Test func `an Enter behind the one that shows a start sends nothing`() throws {
      let scene = try Scene()
      let first = try scene.start("refund", Starts.graph)
      _ = try first.task()
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", "live")
      try type(43, window)
      try window.type("\r\r")
      try window.waitFor("Start  refund", "in the shell:")
      try window.press("Escape")
      try window.waitForNo("in the shell:")
      try window.press("Escape")
      let screen = try window.waitForNo(":start refund")
      // The line above the keys says what became of a decision, and of one on its way.
      #expect(screen[22] == "")
      #expect(try inputs(of: first) == [["order": 7]])
      try window.press("+")
      try window.waitFor("Start a run", "refund")
      try window.type("\r\r")
      try window.waitFor("Start refund  v1", "required")
      #expect(try inputs(of: first) == [["order": 7]])
    }
  }
}
