import Glibc
import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Tasks as forms, the operator's editor, starts by form: in a real terminal, on the runtime's record.
  @Suite struct Forms {
    private static let graph: JSONValue = [
      "input_schema": [
        "type": "object", "properties": ["order": ["type": "integer"]], "required": ["order"],
      ],
      "steps": [
        [
          "id": "review", "type": "human_task", "name": "Review", "task_type": "edit",
          "task_payload": [
            "title": "Pay back 420 to alex", "order_id": 7, "amount": 420, "currency": "USD",
            "notify": true, "note": nil,
          ],
        ],
        [
          "id": "pay", "type": "mcp_call", "name": "Pay", "instance_id": "demo",
          "tool_name": "echo", "depends_on": ["review"],
          "tool_args": ["amount": "{{steps.review.result.amount | 420}}"],
          "condition": "{{steps.review.result.approved}}",
        ],
      ],
    ]

    /// An editor that is a shell script, which does what a file in the home says.
    private static func editor(_ script: String, in home: TemporaryHome) throws -> String {
      try home.write("#!/bin/sh\n\(script)\n", to: "editor.sh", mode: 0o700)
      return home.path("editor.sh")
    }

    private static func front(
      _ scene: Scene,
      editor: String? = nil,
      columns: Int = 80,
      rows: Int = 24
    ) throws -> TerminalWindow {
      try Front.open(
        home: scene.home,
        url: scene.runtime.url,
        token: scene.runtime.token,
        columns: columns,
        rows: rows,
        variables: ["EDITOR": editor, "VISUAL": nil],
        peers: [scene.runtime]
      )
    }

    /// Opens the form of the one approval.
    private static func openForm(_ window: TerminalWindow) throws {
      try window.waitFor("AWAITING APPROVAL 1", "live")
      try window.press("e")
      try window.waitFor("[4 Task]", "order_id", "Behind it: Pay (only if approved).")
    }

    @Test func `edited values reach the runtime with the types they came as`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      let task = try run.task()
      let window = try Forms.front(scene)
      try Forms.openForm(window)
      try window.press("Enter", "C-u")
      try window.type("38o")
      try window.waitFor("amount wants a number, such as 380 or 380.00")
      try window.press("BSpace")
      try window.type("0.00")
      try window.press("Enter")
      try window.waitFor("WHAT WILL BE SENT", "420 → 380.00", "draft kept on this machine")
      try window.press("j", "j", "Enter", "c")
      try window.type("as agreed")
      try window.press("Enter", "a")
      try window.waitFor("Approve  refund", "420 → 380.00", "true → false", "as agreed")
      #expect(try run.task(task)["status"]?.string == "pending")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      let result = try #require(try run.task(task)["result"]?.object)
      #expect(result["amount"] == JSONNumber("380.00").map(JSONValue.number))
      #expect(result["notify"] == false)
      #expect(result["comment"] == "as agreed")
      #expect(result["currency"] == nil)
      try run.waitFor("completed")
      #expect(try run.events("task_completed").count == 1)
    }

    @Test
    func `the editor gets a file of its owner's only, without the token, and it is gone after`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      let task = try run.task()
      let editor = try Forms.editor(
        """
        stat -c %a "$1" "${1%/*}" > "$HOME/seen"
        env >> "$HOME/seen"
        echo "$1" >> "$HOME/seen"
        cat "$1" > "$HOME/given"
        printf 'EUR\\n' > "$1"
        echo more > "$1~"
        """,
        in: scene.home
      )
      let window = try Forms.front(scene, editor: editor)
      try Forms.openForm(window)
      try window.press("j", "E")
      try window.waitFor("USD → EUR", "WHAT WILL BE SENT")
      let seen = try TextFile.read(scene.home.path("seen")).split(separator: "\n").map(String.init)
      #expect(seen.prefix(2) == ["600", "700"])
      #expect(!seen.contains { $0.contains(scene.runtime.token) || $0.hasPrefix("COMMAND_CENTER") })
      let file = try #require(seen.last)
      #expect(file.hasSuffix("/currency.txt"))
      #expect(try TextFile.read(scene.home.path("given")) == "USD\n")
      #expect(TextFile.names(in: scene.home.path("run")).isEmpty)
      try window.press("a", "y")
      try window.waitFor("Approve  refund")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      #expect(try run.task(task)["result"]?["currency"] == "EUR")
    }

    @Test func `an editor that crashes, fails or leaves garbage loses nothing`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      _ = try run.task()
      let editor = try Forms.editor(
        """
        case "$(cat "$HOME/mode")" in
        kill) printf 'half\\n' > "$1"; kill -9 $$ ;;
        fail) cat "$1" > "$HOME/given"; exit 3 ;;
        bytes) printf '\\377\\376' > "$1" ;;
        mend) cp "$1" "$HOME/given"; printf 'mended\\n' > "$1" ;;
        big) head -c 2000000 /dev/zero > "$1" ;;
        gone) rm "$1" ;;
        esac
        """,
        in: scene.home
      )
      let window = try Forms.front(scene, editor: editor)
      try Forms.openForm(window)
      let open = { (mode: String) in
        try scene.home.write(mode, to: "mode")
        try window.press("E")
      }
      try window.press("j")
      try open("kill")
      try window.waitFor("was killed by signal 9", "E goes on with")
      try open("fail")
      try window.waitFor("the editor editor.sh ended with 3")
      #expect(try TextFile.read(scene.home.path("given")) == "half\n")
      try open("bytes")
      try window.waitFor("no text in UTF-8")
      try open("mend")
      try window.waitFor("USD → mended")
      #expect(try TextFile.bytes(scene.home.path("given")) == [0xFF, 0xFE])
      try open("big")
      try window.waitFor("longer than 1 MiB")
      try open("gone")
      try window.waitFor("the editor left no file")
      try window.waitFor("USD → mended")
      #expect(TextFile.names(in: scene.home.path("run")).isEmpty)
      try window.press("Escape")
      try window.expectKeys()
    }

    @Test func `a slow editor keeps the terminal, and the screen comes back in its new size`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      _ = try run.task()
      let gate = scene.home.path("gate")
      try #require(unsafe mkfifo(gate, 0o600) == 0)
      let editor = try Forms.editor(
        "echo at work; read line < \"$HOME/gate\"; echo \"$line\" > \"$1\"",
        in: scene.home
      )
      let window = try Forms.front(scene, editor: editor)
      try Forms.openForm(window)
      try window.press("j", "E")
      try window.waitFor("at work")
      #expect(try !window.isAlternate())
      // What is typed now is the editor's: it decides nothing.
      try window.press("a", "y")
      try window.resize(columns: 120, rows: 40)
      try TextFile.write("CHF\n", to: gate, mode: 0o600)
      let screen = try window.waitFor("USD → CHF", "[4 Task]")
      #expect(screen.count == 40)
      #expect(try run.task(try run.task())["status"]?.string == "pending")
      try window.expectKeys()
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func `told to end while the editor runs, both end and the file is removed`(
      signal: Int32
    ) throws {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      _ = try run.task()
      _ = try Forms.editor(
        "stty raw -echo; echo at work; echo $$ > \"$HOME/pid\"; exec sleep 3000",
        in: scene.home
      )
      let window = try scene.shell()
      let before = try window.modes()
      try window.type("EDITOR=$HOME/editor.sh command-center; echo left with $?\n")
      try Forms.openForm(window)
      let front = try window.frontOfShell()
      try window.press("j", "E")
      try window.waitFor("at work")
      let number = try Waiting.until("the editor's number") {
        Int32(try TextFile.read(scene.home.path("pid")).filter(\.isNumber))
      }
      try #require(kill(front, signal) == 0)
      try window.waitFor("left with \(128 + signal)", TerminalWindow.prompt)
      #expect(!Processes.isAlive(number))
      #expect(TextFile.names(in: scene.home.path("run")).isEmpty)
      #expect(try window.modes() == before)
    }

    @Test func `Ctrl-Z in the editor stops both, and fg brings the editor back`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      _ = try run.task()
      let window = try scene.shell()
      let before = try window.modes()
      try window.type("EDITOR='vi' command-center\n")
      try Forms.openForm(window)
      try window.press("j", "E")
      try window.waitFor("USD", "1,1")
      for _ in 0..<2 {
        try window.press("C-z")
        try window.waitFor("the prompt") { $0.last { !$0.isEmpty }?.contains("ready>") == true }
        #expect(try window.modes().line == before.line)
        try window.type("fg\n")
        try window.waitFor("USD", "1,1")
      }
      try window.type("ccEUR")
      try window.press("Escape")
      try window.type(":wq\r")
      try window.waitFor("USD → EUR", "[4 Task]")
      try window.press("Escape")
      try window.waitFor("AWAITING APPROVAL 1")
      try window.press("q")
      try window.waitFor("the prompt") { $0.last { !$0.isEmpty }?.contains("ready>") == true }
      #expect(try window.modes() == before)
    }

    @Test func `a draft outlives a kill`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Forms.graph)
      _ = try run.task()
      do {
        let window = try Forms.front(scene)
        try Forms.openForm(window)
        try window.press("Enter", "C-u")
        try window.type("380.00")
        try window.press("Enter")
        try window.waitFor("draft kept on this machine")
        _ = try Waiting.until("the draft on the disk") {
          Forms.files(under: scene.home.path("state")).first {
            ((try? TextFile.read($0)) ?? "").contains("380.00")
          }
        }
        try #require(kill(try window.pid(), SIGKILL) == 0)
        _ = try window.waitForEnd()
        try window.close()
      }
      let window = try Forms.front(scene)
      try Forms.openForm(window)
      try window.waitFor("420 → 380.00", "draft kept on this machine")
      try window.press("a")
      try window.waitFor("Approve  refund", "420 → 380.00")
      try window.press("y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      _ = try Waiting.until("the draft to be gone") {
        Forms.files(under: scene.home.path("state")).contains {
          ((try? TextFile.read($0)) ?? "").contains("380.00") && !$0.contains("journal")
        } ? nil : true
      }
    }

    private static func files(under folder: String) -> [String] {
      TextFile.names(in: folder).flatMap { name in
        let path = "\(folder)/\(name)"
        let inner = files(under: path)
        return inner.isEmpty ? [path] : inner
      }
    }

    @Test func `a run is started by form, its workflow chosen by name`() throws {
      let scene = try Scene()
      let first = try scene.start("refund", Forms.graph)
      let window = try Forms.front(scene)
      try window.waitFor("AWAITING APPROVAL 1", "live")
      try window.press("+")
      try window.waitFor("Start a run", "refund")
      try window.type("ref")
      try window.press("Enter")
      try window.waitFor("Start refund  v1", "order", "required")
      try window.press("Enter")
      try window.waitFor("order is required.")
      try window.type("42")
      try window.waitFor("command-center start refund order=42")
      try window.press("Enter")
      try window.waitFor("started refund", "[1 Events]")
      let runs = try scene.runtime.ask("GET", "/v1/workflows/\(first.workflow)/runs").body
      let inputs = try #require(runs["runs"]?.array).compactMap { $0["input"] }
      #expect(inputs.count == 2)
      #expect(inputs.contains(["order": 42]))
    }

    @Test func `a failed run is started again with its input, and a newer version is named`() throws
    {
      let scene = try Scene()
      let failed = try scene.start("triage", Graphs.failing)
      try failed.waitFor("failed")
      let window = try Forms.front(scene)
      try window.waitFor("FAILED RECENTLY 1", "live")
      let published = try scene.runtime.ask(
        "POST",
        "/v1/workflows/\(failed.workflow)/versions",
        ["changelog": "mended"]
      )
      try #require(published.status == 201)
      try window.press("Enter")
      try window.waitFor("[1 Events]", "+ start again")
      try window.press("+")
      try window.waitFor(
        "Start triage  v2",
        "after the failure",
        "prefilled from run \(failed.short) (v1, failed",
        "command-center start triage order=7"
      )
      try window.press("Enter")
      try window.waitFor("started triage", "[1 Events]")
      let runs = try scene.runtime.ask("GET", "/v1/workflows/\(failed.workflow)/runs").body
      let list = try #require(runs["runs"]?.array)
      #expect(list.count == 2)
      #expect(list.allSatisfy { $0["input"] == ["order": 7] })
    }
  }
}
