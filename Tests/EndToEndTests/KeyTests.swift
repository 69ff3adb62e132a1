import JSON
import TestHouse
import Testing

extension EndToEnd {
  /// Keys that the config binds, in a real terminal.
  @Suite struct BoundKeys {
    private static let file = "config/command-center/config.toml"

    @Test func `keys of the config decide, and every screen names them`() throws {
      let scene = try Scene()
      let run = try scene.start("refund", Graphs.approval)
      let task = try run.task()
      try scene.home.write(
        """
        [keys]
        help = "f1"
        [keys.inbox]
        approve = ["A", "alt-p"]
        reject = []
        filter = "f"
        [keys.decision]
        confirm = "Y"
        close = "n"
        """,
        to: Self.file
      )
      let window = try scene.front()
      try window.waitFor("AWAITING APPROVAL 1", run.short, "A approve", "F1 help")
      try window.press("a")
      try window.press("A")
      let screen = try window.waitFor(
        "Approve  refund  \(run.short)",
        "Y  approve",
        "n leave it waiting"
      )
      #expect(!screen.contains { $0.contains("Esc") }, "\(screen)")
      try window.press("y")
      try window.press("Escape")
      try window.press("n")
      try window.waitFor("A approve")
      #expect(try run.task(task)["status"]?.string == "pending", "neither y nor Esc means a thing")
      try window.press("F1")
      try window.waitFor("Keys of this screen", "A Alt-p", "approve …")
      try window.press("Escape")
      try window.waitFor("A approve")
      try window.press("A")
      try window.waitFor("Y  approve")
      try window.press("Y")
      try window.waitFor("approved refund \(run.short), confirmed by the server")
      #expect(try run.task(task)["result"]?["approved"]?.bool == true)
    }

    @Test(arguments: [
      ("[keys.inbx]", "keys.inbx is no table of keys; keys.inbox was meant?"),
      (
        "[keys.inbox]\nexplode = \"e\"",
        "keys.inbox.explode is no command of [keys.inbox]; there are "
      ),
      ("[keys.inbox]\nsort = \"ctl-x\"", "\"ctl-x\" is no key; ctrl-x was meant?"),
      ("[keys.inbox]\napprove = \"x\"", "x is approve and reject in [keys.inbox]"),
      ("[keys.inbox]\nstop = \"ctrl-x\"", "what decides over a run never lies on a key with Ctrl"),
      ("[keys.inbox]\nsort = \"ctrl-b\"", "tmux and screen begin their own commands with it"),
      ("[keys.decision]\nclose = []", "keys.decision.close has no key left"),
      ("[keys.filter]\nkeep = \"k\"", "it is typed there, as text"),
      ("[keys.inbox]\nsort = 1", "keys.inbox.sort is a whole number; write a text or a list"),
    ])
    func `keys that cannot be bound are one sentence and 2`(text: String, sentence: String) throws {
      let home = try TemporaryHome()
      try home.write(text + "\n", to: Self.file)
      let report = try Verb.run([], url: nil, home: home)
      #expect(report.status == 2, "\(report)")
      #expect(report.complaints.hasPrefix("command-center: "))
      #expect(report.complaints.contains(sentence), "\(report.complaints)")
      #expect(report.complaints.split(separator: "\n").count == 1)
    }
  }
}
