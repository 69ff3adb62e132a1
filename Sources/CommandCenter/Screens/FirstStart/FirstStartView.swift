internal import Cells

/// Draws the first screen.
enum FirstStartView {
  static func draw(_ screen: FirstStart, _ model: Model, into frame: inout Frame) {
    var lines: [[Segment]] = screen.showsConnect ? connect(screen) : choices(screen)
    if model.size.rows < 16 { lines.removeAll { $0.isEmpty } }
    for (offset, line) in lines.enumerated() where offset + 2 < model.size.rows {
      frame.put(line, column: 3, row: 1 + offset, end: model.size.columns - 1)
    }
    NoticeLine.draw(model, into: &frame)
    let hints: [Segment] =
      screen.showsConnect
      ? Hints.fit([(.close, "back")], .firstStart, model)
      : [Segment("1 2 3", .key), Segment(" choose  ", .chrome)]
        + Hints.fit([(.back, "quit")], .firstStart, model)
    Hints.draw(hints, model, into: &frame)
  }

  private static func choices(_ screen: FirstStart) -> [[Segment]] {
    let choice = { (key: String, name: String, words: String) in
      [
        Segment(key, .key), Segment("  \(Text.padded(name, to: 10))", .title),
        Segment("  \(words)"),
      ]
    }
    return [
      [Segment("Command Center has no profile yet.", .title)], [],
      choice("1", "try it", "a local runtime with example workflows, gone when you leave"),
      choice("2", "connect", "to AgentRuntime: address, tenant, project, token"),
      choice("3", "local", "an empty local runtime, its data kept on this machine"), [],
      [Segment("Settings stand in \(screen.configPath).", .secondary)],
      [Segment("Nothing is sent anywhere before you choose.", .secondary)],
    ]
  }

  private static func connect(_ screen: FirstStart) -> [[Segment]] {
    let lines = [
      "default_profile = \"prod\"", "", "[profile.prod]", "url = \"https://api.agentruntime.io\"",
      "tenant = \"acme\"", "project = \"payments\"",
      "token_file = \"~/.config/command-center/prod.token\"   # mode 0600",
    ]
    return [
      [Segment("Write this into \(screen.configPath),", .title)],
      [Segment("with your own address and names, then start again:", .title)], [],
    ] + lines.map { [Segment("  \($0)", .field)] } + [
      [], [Segment("Or without a file: COMMAND_CENTER_URL, COMMAND_CENTER_TOKEN,", .secondary)],
      [Segment("COMMAND_CENTER_TENANT and COMMAND_CENTER_PROJECT in the environment.", .secondary)],
    ]
  }
}
