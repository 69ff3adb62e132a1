import Glibc
import JSON
import RunClient
import Runs
import TestHouse
import Testing

/// A runtime behind a proxy that can hold a command, and programs that are killed meanwhile.
private struct HeldScene {
  let scene: Scene
  let proxy: FaultProxy

  init() throws {
    scene = try Scene()
    proxy = try FaultProxy(before: scene.runtime.port)
  }

  /// Holds the next command at a boundary.
  func hold(_ boundary: ServerFault.Boundary) throws -> FaultProxy.Imposed {
    try proxy.impose(ServerFault("held", on: .commands, .hold(boundary), times: 1))
  }

  /// A front in a window of its own; all of them write to the journals of one home.
  func front() throws -> TerminalWindow {
    try Front.open(
      home: TemporaryHome(),
      url: proxy.url,
      token: scene.runtime.token,
      columns: 120,
      rows: 30,
      variables: ["XDG_STATE_HOME": scene.home.path("state")],
      peers: [scene.runtime, proxy]
    )
  }

  private var environment: [String: String] {
    scene.home.environment.merging([
      "COMMAND_CENTER_URL": proxy.url, "COMMAND_CENTER_TOKEN": scene.runtime.token,
    ]) { $1 }
  }

  /// Begins a verb.
  func begin(_ words: String...) throws -> Child {
    try Child([BuiltProgram.front.path()] + words, environment: environment)
  }

  /// Does a verb.
  func verb(_ words: String...) throws -> Child.Report {
    try Child.run([BuiltProgram.front.path()] + words, environment: environment, in: scene.home)
  }

  /// What the journals of this home say.
  var records: [JournalRecord] {
    JournalFolder(directory: scene.home.path("state/command-center/journal")).read().records
  }
}

extension EndToEnd {
  /// Programs that are killed between sending and answer, and the next start.
  @Suite struct Killed {
    @Test(arguments: [ServerFault.Boundary.performed, .requestHead])
    func `what a front was killed over is read back by the next one and told`(
      boundary: ServerFault.Boundary
    ) throws {
      let held = try HeldScene()
      let run = try held.scene.start("refund", Graphs.approval)
      let task = try run.task()
      let fault = try held.hold(boundary)
      let first = try held.front()
      try first.waitFor("AWAITING APPROVAL 1", run.short)
      try first.press("a")
      try first.waitFor("Approve  refund  \(run.short)", "leave it waiting")
      try first.press("y")
      try held.proxy.waitForHits(of: fault)
      #expect(held.records.map(\.fate) == [.open])
      _ = kill(try first.pid(), SIGKILL)
      _ = try first.waitForEnd()
      try held.proxy.lift(fault)
      #expect(held.records.map(\.isOpen) == [true])
      let second = try held.front()
      let isDone = boundary == .performed
      try second.waitFor(
        "found open, since the program ended: approve refund \(run.short), decided",
        isDone ? "done, as the server shows, by operator" : "task still waits for an answer"
      )
      #expect(try run.events("task_completed").count == (isDone ? 1 : 0))
      #expect(try run.task(task)["status"]?.string == (isDone ? "completed" : "pending"))
      let fate = try #require(held.records.first?.fate)
      guard case .settled(let word, _, _, latency: nil, later: true) = fate else {
        Issue.record("it was settled later: \(fate)")
        return
      }
      #expect(word == (isDone ? .done : .unknown))
      try second.expectKeys()
      // A third one has nothing to tell.
      let third = try held.front()
      try third.waitFor("the truth line to say live") { $0[0].hasSuffix(" live") }
      #expect(held.records.count == 1)
    }

    @Test func `what waited in the undo window of a front that was killed is told, and never sent`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      let phases = { try scene.journal().map { $0["phase"]?.string ?? "" } }
      do {
        let first = try scene.protectedFront(undo: 60)
        try first.waitFor("PROTECTED", "AWAITING APPROVAL 1", run.short, "live")
        try first.press("a")
        try first.waitFor("Approve  refund  \(run.short)")
        try first.press("y")
        try first.waitFor("approving \(run.short) in ")
        _ = try Waiting.until("the decision on record") { try phases() == ["held"] ? true : nil }
        _ = kill(try first.pid(), SIGKILL)
        _ = try first.waitForEnd()
      }
      do {
        let second = try scene.configured()
        let screen = try second.waitFor(
          "not sent, since the program ended inside the undo window: approve refund",
          "AWAITING APPROVAL 1"
        )
        #expect(!screen.contains { $0.contains("not sent yet") || $0.contains("take back") })
        // It can be decided anew.
        try second.press("a")
        try second.waitFor("Approve  refund  \(run.short)")
      }
      #expect(try phases() == ["held", "withdrawn"])
      #expect(
        try scene.journal().last?["detail"]?.string
          == "not sent: the program ended inside the undo window"
      )
      #expect(try run.task(task)["status"]?.string == "pending")
      #expect(try run.events("task_completed").isEmpty)
      // A third one has nothing to tell.
      let third = try scene.configured()
      let live = try third.waitFor("the truth line to say live") { $0[0].hasSuffix(" live") }
      #expect(!live.contains { $0.contains("undo window") })
      #expect(try phases() == ["held", "withdrawn"])
    }

    @Test func `the text that an editor was given does not outlive a kill and the next start`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      _ = try run.task()
      try scene.home.write(
        "#!/bin/sh\necho $$ > \"$HOME/pid\"; echo at work; exec sleep 3000\n",
        to: "editor.sh",
        mode: 0o700
      )
      let open = {
        try Front.open(
          home: scene.home,
          url: scene.runtime.url,
          token: scene.runtime.token,
          variables: ["EDITOR": scene.home.path("editor.sh"), "VISUAL": nil],
          peers: [scene.runtime]
        )
      }
      do {
        let first = try open()
        try first.waitFor("AWAITING APPROVAL 1", "live")
        try first.press("e")
        // The fields are there once the run has been read.
        try first.waitFor("[4 Task]", "comment")
        try first.press("E")
        try first.waitFor("at work")
        let editor = try Waiting.until("the editor's number") {
          Int32(try TextFile.read(scene.home.path("pid")).filter(\.isNumber))
        }
        _ = kill(try first.pid(), SIGKILL)
        _ = try first.waitForEnd()
        _ = kill(editor, SIGKILL)
      }
      let left = { TextFile.names(in: scene.home.path("run")) }
      #expect(left().count == 1)
      let second = try open()
      try second.waitFor("AWAITING APPROVAL 1", "live")
      _ = try Waiting.until("what was left to be removed") { left().isEmpty ? true : nil }
    }

    @Test func `a verb settles what another one was killed over, before its own`() throws {
      let held = try HeldScene()
      let digest = try held.scene.start("digest", Graphs.busy)
      try digest.waitFor("running")
      let fault = try held.hold(.performed)
      let killed = try held.begin("stop", digest.id, "--graceful")
      try held.proxy.waitForHits(of: fault)
      killed.send(SIGKILL)
      try killed.wait()
      try held.proxy.lift(fault)
      // Who only reads settles nothing.
      #expect(try held.verb("inbox").complaints.isEmpty)
      #expect(held.records.map(\.isOpen) == [true])
      let next = try held.verb("stop", digest.id, "--graceful")
      #expect(
        next.complaints.contains(
          "found open, since the program ended: stop gracefully digest \(digest.short), decided "
        )
      )
      #expect(next.complaints.contains("done, as the server shows"))
      #expect(next.complaints.contains("stopping gracefully already"))
      #expect(next.status == 4, "\(next)")
      let draining = try digest.events("state_changed").count {
        $0["data"]?["to"]?.string == "draining"
      }
      #expect(draining == 1)
      #expect(held.records.count == 2)
      #expect(!held.records.contains { $0.isOpen })
    }

    @Test func `what a program that lives is about is left to it`() throws {
      let held = try HeldScene()
      let digest = try held.scene.start("digest", Graphs.busy)
      let other = try held.scene.start("other", Graphs.busy)
      try digest.waitFor("running")
      try other.waitFor("running")
      let fault = try held.hold(.performed)
      let living = try held.begin("pause", digest.id)
      try held.proxy.waitForHits(of: fault)
      let beside = try held.verb("pause", other.id)
      #expect(beside.status == 0, "\(beside)")
      #expect(!beside.complaints.contains("found open"))
      #expect(held.records.map(\.isLive) == [true, false])
      try held.proxy.lift(fault)
      #expect(try living.wait() == .exited(0))
      #expect(held.records.count == 2)
    }

    @Test func `a verb behind a cut says what is on record, by its code too`() throws {
      let scene = try Scene()
      let boundaries: [ServerFault.Boundary] = [
        .requestLine, .request, .performed, .head, .halfBody,
      ]
      // All at once: most of the time they wait to see what became of it.
      let begun = try Runs.Verb.all.flatMap { verb in
        try zip(scene.matters(verb, boundaries.count, named: "verb"), boundaries)
          .map { matter, boundary in
            try BehindCut(matter: matter, boundary: boundary, scene: scene)
          }
      }
      for cut in begun {
        let ending = try cut.child.wait()
        let count = try cut.matter.performed()
        switch ending {
        case .exited(0): #expect(count == 1, "\(cut.words)")
        case .exited(6): #expect(count <= 1, "\(cut.words)")
        default: Issue.record("\(cut.words): \(ending), performed \(count)")
        }
        if [.performed, .head, .halfBody].contains(cut.boundary) {
          #expect(ending == .exited(0), "reading shows it: \(cut.words)")
        }
      }
    }
  }
}

/// A verb whose command is cut on its way.
private struct BehindCut {
  let matter: Matter
  let boundary: ServerFault.Boundary
  let child: Child
  private let proxy: FaultProxy

  init(matter: Matter, boundary: ServerFault.Boundary, scene: Scene) throws {
    self.matter = matter
    self.boundary = boundary
    proxy = try FaultProxy(before: scene.runtime.port)
    try proxy.impose(
      ServerFault("cut", on: .commands, .end(boundary, abruptly: false), times: 1)
    )
    var environment = scene.home.environment
    environment["COMMAND_CENTER_URL"] = proxy.url
    environment["COMMAND_CENTER_TOKEN"] = scene.runtime.token
    child = try Child(
      [BuiltProgram.front.path()] + BehindCut.arguments(matter),
      environment: environment
    )
  }

  var words: String { "\(matter.decision.verb.word) at \(boundary)" }

  /// The words of a verb for a decision.
  private static func arguments(_ matter: Matter) -> [String] {
    let id = matter.run.id
    return switch matter.decision.verb {
    case .approve: ["approve", id]
    case .reject: ["reject", id]
    case .pause: ["pause", id]
    case .resume: ["resume", id]
    case .stop(.graceful): ["stop", id, "--graceful"]
    case .stop(.immediate): ["stop", id, "--now"]
    case .start: ["start", matter.run.workflow, "mark=\(matter.decision.id)"]
    }
  }
}

extension EndToEnd {
  /// A journal that cannot take a whole line.
  @Suite struct FullDisk {
    /// Does a verb whose files may be no longer than 512 bytes; complaints go to a pipe.
    private static func verb(_ scene: Scene, _ words: [String]) throws -> Child.Report {
      var environment = scene.home.environment
      environment["COMMAND_CENTER_URL"] = scene.runtime.url
      environment["COMMAND_CENTER_TOKEN"] = scene.runtime.token
      // Ignored, the signal is an error that the program must take.
      let limit = "trap '' XFSZ; ulimit -f 1; \"$@\" 2>&1; echo \"code $?\""
      let command = ["/bin/sh", "-c", limit, "sh", try BuiltProgram.front.path()] + words
      return try Child.run(command, environment: environment, in: scene.home)
    }

    private static func journals(_ scene: Scene) throws -> [String] {
      let folder = scene.home.path("state/command-center/journal")
      return try TextFile.names(in: folder).map { try TextFile.read("\(folder)/\($0)") }
    }

    @Test func `a line that breaks off in the middle is taken back, and nothing is sent`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let before = try run.runtime.ask("GET", "/v1/runs").body["runs"]?.array?.count
      let note = String(repeating: "x", count: 900)
      let report = try Self.verb(scene, ["start", "refund", "note=\(note)"])
      #expect(report.output.contains("nothing was sent: the journal "), "\(report)")
      #expect(report.output.contains("cannot be written: no file may be longer"), "\(report)")
      #expect(report.output.contains("code 1"), "\(report)")
      let after = try run.runtime.ask("GET", "/v1/runs").body["runs"]?.array?.count
      #expect(before == after)
      #expect(try Self.journals(scene) == [""], "no half of a line stays")
    }

    @Test func `what was done but cannot be settled on record says so, and is read back later`()
      throws
    {
      let scene = try Scene()
      let run = try scene.start("digest", Graphs.busy)
      try run.waitFor("running")
      let report = try Self.verb(scene, ["pause", run.id])
      #expect(report.output.contains("done, but the journal does not have all of it"), "\(report)")
      #expect(report.output.contains("code 0"), "\(report)")
      let lines = try Self.journals(scene).joined().split(separator: "\n")
      #expect(lines.count == 1 && lines[0].contains(#""phase":"sending""#))
      let next = try scene.verb("resume", run.id)
      #expect(next.status == 0, "\(next)")
      #expect(next.complaints.contains("found open, since the program ended: pause digest"))
      #expect(next.complaints.contains("done, as the server shows"))
    }
  }
}
