import TestHouse
import Testing

extension EndToEnd {
  /// Tab in the shells whose completion lives in their line editor.
  @Suite struct Completions {
    @Test(arguments: [
      (
        "zsh", ["-f", "-i"], "zsh>",
        "fpath=(FOLDER $fpath); autoload -U compinit; compinit -u -D; PS1=rea'dy> '"
      ),
      (
        "fish", ["--no-config", "-i"], "@",
        "set -g fish_autosuggestion_enabled 0; source FOLDER/_command-center; "
          + "function fish_prompt; echo rea'dy> '; end"
      ),
    ])
    func `Tab completes verbs, options and ids`(
      shell: String,
      options: [String],
      greeting: String,
      setup: String
    ) throws {
      let scene = try Scene()
      let refund = try scene.start("refund", Graphs.approval)
      _ = try refund.task()
      let digest = try scene.start("digest", Graphs.busy)
      try digest.waitFor("running")
      let script = try scene.verb("--generate-completion-script", shell).output
      try scene.home.write(script, to: "completions/_command-center")
      let window = try TerminalWindow(
        .program(["/usr/bin/\(shell)"] + options, variables: ["PS1": "zsh> "]),
        columns: 200,
        home: scene.home,
        environment: Front.environment(
          scene.home,
          url: scene.runtime.url,
          token: scene.runtime.token
        ),
        peers: [scene.runtime]
      )
      try window.waitFor(greeting)
      try window.type(setup.replacing("FOLDER", with: scene.home.path("completions")))
      try window.press("Enter")
      // What is typed before the line is read again would be no key of it.
      try window.waitFor("ready>")
      try window.type("command-center sto")
      try window.press("Tab")
      try window.waitFor("command-center stop")
      try window.type("--grace")
      try window.press("Tab")
      try window.waitFor("command-center stop --graceful")
      try window.type(String(digest.id.prefix(8)))
      try window.press("Tab")
      try window.waitFor("command-center stop --graceful \(digest.id)")
      // Another run's id is offered by another verb: one that waits can be approved.
      try window.press("C-u")
      try window.type("command-center approve ")
      try window.press("Tab")
      try window.waitFor("command-center approve \(refund.id)")
    }
  }
}
