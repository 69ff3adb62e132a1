internal import Cells

/// What a line can begin with: the shell's verbs, and what else one would have to look for a key for.
enum LineVerb: String, Sendable, CaseIterable {
  case approve, reject, pause, resume, stop, start
  case show, events, steps, context, task
  case runs, tasks, workflows
  case filter, sort, refresh, inbox, activity, export, handover
  case profile, profiles, theme, themes, token
  case readOnly = "read-only"
  case doctor, help, quit

  var name: String { rawValue }

  /// Other words for it.
  var others: [String] {
    switch self {
    case .start: ["run"]
    case .show: ["open"]
    case .quit: ["q"]
    default: []
    }
  }

  /// What stands behind it.
  var usage: String {
    switch self {
    case .approve, .reject, .pause, .resume: "[RUN …]"
    case .stop: "[--graceful|--now] [RUN …]"
    case .start: "WORKFLOW [key=value …]"
    case .show, .events, .steps, .task: "[RUN]"
    case .context: "[RUN] [--path PATH]"
    case .filter, .runs, .tasks, .workflows: "[WORDS]"
    case .sort: "[ORDER]"
    case .handover: "[--since 8h]"
    case .profile, .theme: "NAME"
    case .refresh, .inbox, .activity, .export, .token, .readOnly, .help, .quit: ""
    case .profiles, .themes, .doctor: ""
    }
  }

  /// What it does.
  var description: String {
    switch self {
    case .approve: "say yes to what waits"
    case .reject: "say no to what waits"
    case .pause: "pause runs"
    case .resume: "resume paused runs"
    case .stop: "stop now, or gracefully"
    case .start: "start a run"
    case .show: "open a run"
    case .events: "a run's events"
    case .steps: "a run's steps"
    case .context: "a run's context"
    case .task: "what a run asks"
    case .runs: "the runs of the inbox"
    case .tasks: "what waits for an answer"
    case .workflows: "what can be started"
    case .filter: "narrow the list"
    case .sort: "order the lists"
    case .refresh: "ask the server now"
    case .inbox: "back to the inbox"
    case .activity: "what was decided here"
    case .export: "write decisions to a file"
    case .handover: "write a hand-over"
    case .profile: "use another profile"
    case .profiles: "choose a profile"
    case .theme: "draw with another theme"
    case .themes: "choose a theme"
    case .token: "enter a new token"
    case .readOnly: "change nothing, or again"
    case .doctor: "check what is needed"
    case .help: "the keys of this screen"
    case .quit: "leave"
    }
  }

  /// Whether it sends something, and so takes the `!` that insists.
  var sends: Bool { decides || self == .start }

  /// Whether it decides over runs.
  var decides: Bool {
    switch self {
    case .approve, .reject, .pause, .resume, .stop: true
    default: false
    }
  }

  /// Whether ids of runs stand behind it.
  var takesRuns: Bool {
    switch self {
    case .show, .events, .steps, .context, .task: true
    default: decides
    }
  }

  /// The line with what may stand behind it, as lists show it.
  var shown: String { usage.isEmpty ? name : "\(name) \(usage)" }

  /// Whether the filter language stands behind it.
  var takesFilter: Bool {
    switch self {
    case .filter, .runs, .tasks: true
    default: false
    }
  }

  /// What only a shell can do, and how it is had.
  private static let elsewhere = [
    "demo": "demo opens an inbox of its own: :quit, then command-center demo in a shell",
    "serve": "serve stays until it is ended: command-center serve in another shell, then :profile",
  ]

  /// The verbs that a word may mean: the one of that name, else those that begin with it, or the one
  /// of them that the others are longer words of.
  static func meant(by word: String) -> [LineVerb] {
    if let verb = allCases.first(where: { $0.name == word || $0.others.contains(word) }) {
      return [verb]
    }
    let verbs = allCases.filter { $0.name.hasPrefix(word) }
    let stem = verbs.first { verb in verbs.allSatisfy { $0.name.hasPrefix(verb.name) } }
    return stem.map { [$0] } ?? verbs
  }

  /// Reads the first word of a line; the beginning of a verb is enough where it is the only one.
  /// - Returns: The verb, and whether it insists.
  static func read(_ word: LineWord) throws(LineMistake) -> (verb: LineVerb, insists: Bool) {
    let insists = word.text.count > 1 && word.text.hasSuffix("!")
    let name = insists ? String(word.text.dropLast()) : word.text
    let verbs = meant(by: name)
    guard let verb = verbs.first, verbs.count == 1 else {
      if verbs.isEmpty {
        if let sentence = elsewhere[name] { throw LineMistake(word, sentence) }
        let names = allCases.map(\.name)
        let advice =
          Spelling.nearest(to: name, among: names + allCases.flatMap(\.others))
          .map { "\($0) was meant?" } ?? "there are \(names.joined(separator: ", "))"
        throw LineMistake(word, "there is no command \(name); \(advice)")
      }
      throw LineMistake(word, "\(name) can be \(verbs.map(\.name).joined(separator: ", "))")
    }
    guard !insists || verb.sends else {
      throw LineMistake(word, "\(verb.name) sends nothing: there is nothing to insist on")
    }
    return (verb, insists)
  }
}

extension LineVerb {
  /// The heading of help that it stands beneath.
  enum Group: String, CaseIterable {
    case decide = "LINE: DECIDE"
    case see = "LINE: SEE"
    case leave = "LINE: THE REST"
  }

  var group: Group {
    switch self {
    case .approve, .reject, .pause, .resume, .stop, .start: .decide
    case .show, .events, .steps, .context, .task, .runs, .tasks, .workflows, .filter, .sort,
      .refresh, .inbox, .activity, .export, .handover:
      .see
    case .profile, .profiles, .theme, .themes, .token, .readOnly, .doctor, .help, .quit: .leave
    }
  }
}
