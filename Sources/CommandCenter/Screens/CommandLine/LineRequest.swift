internal import Cells
internal import Runs
internal import Triage

/// What a line asks for, as it was read; what its words name is looked up when it is done.
enum LineRequest: Equatable {
  case decide(LineDecision)
  case start(LineStart)
  /// Open a run, on a tab where one is named.
  case show(LineVerb, [LineWord], workflow: LineWord?)
  case filter(String, offset: Int)
  /// What of the inbox a verb lists, narrowed by a filter.
  case list(LineVerb, String, offset: Int)
  /// The workflows whose names have these words.
  case workflows(String)
  /// A run's context, or what lies at a path in it.
  case context([LineWord], workflow: LineWord?, path: String?)
  /// The names that a verb takes, to choose from.
  case choose(LineVerb)
  case sort(Order?)
  case profile(String)
  case theme(String)
  /// A hand-over of what was decided since so long ago.
  case handover(Duration)
  /// A verb with nothing behind it.
  case plain(LineVerb)

  /// Reads a line.
  /// - Throws: ``LineMistake`` for what cannot be meant.
  init(_ line: String, _ offers: Offers) throws(LineMistake) {
    var words = try LineWord.words(of: line)
    guard !words.isEmpty else { throw LineMistake(missing: "nothing is asked") }
    let first = words.removeFirst()
    let (verb, insists) = try LineVerb.read(first)
    switch verb {
    case .approve, .reject, .pause, .resume, .stop:
      self = .decide(try LineDecision(verb, words, insists: insists))
    case .start: self = .start(try LineStart(words, of: line, insists: insists))
    case .show, .events, .steps, .task:
      let (flags, rest) = try LineRequest.flags(words, of: verb, ["--workflow"])
      self = .show(verb, rest, workflow: flags["--workflow"])
    case .context:
      let (flags, rest) = try LineRequest.flags(words, of: verb, ["--workflow", "--path"])
      let path = flags["--path"]?.text
      self = .context(rest, workflow: flags["--workflow"], path: path)
    case .filter, .runs, .tasks:
      let start = words.first?.range.lowerBound ?? line.count
      let text = String(line.dropFirst(start))
      self = verb == .filter ? .filter(text, offset: start) : .list(verb, text, offset: start)
    case .workflows: self = .workflows(words.map(\.text).joined(separator: " "))
    case .profiles, .themes:
      let names = verb == .profiles ? offers.profiles : offers.themes
      if let more = words.first {
        throw LineMistake(more, "\(verb.name) takes nothing behind it; \(verb.single.name) does")
      }
      guard !names.isEmpty else { throw LineMistake(first, "there are no \(verb.name) to choose") }
      self = .choose(verb.single)
    case .sort:
      let names = Order.allCases.map(\.name)
      let name = try LineRequest.name(words, "order", names, isOptional: true)
      self = .sort(name.flatMap { name in Order.allCases.first { $0.name == name } })
    case .profile:
      self = .profile(try LineRequest.name(words, "profile", offers.profiles) ?? "")
    case .theme: self = .theme(try LineRequest.name(words, "theme", offers.themes) ?? "")
    case .handover: self = .handover(try LineRequest.span(words))
    case .refresh, .inbox, .activity, .export, .token, .readOnly, .doctor, .help, .quit:
      if let more = words.first {
        throw LineMistake(more, "\(verb.name) takes nothing behind it")
      }
      self = .plain(verb)
    }
  }

  /// What stands behind the flags that take something.
  private static let values = [
    "--workflow": "the id of a workflow", "--since": "a time such as 8h",
    "--path": "names between dots, such as steps.fetch.result",
  ]

  /// The name behind a verb, which must be one of those that there are.
  private static func name(
    _ words: [LineWord],
    _ noun: String,
    _ names: [String],
    isOptional: Bool = false
  ) throws(LineMistake) -> String? {
    let offer =
      names.isEmpty ? "the config has none" : "there are \(names.joined(separator: ", "))"
    guard let word = words.first else {
      if isOptional { return nil }
      throw LineMistake(missing: "write the name of a \(noun): \(offer)")
    }
    if words.count > 1 { throw LineMistake(words[1], "\(noun) takes one name behind it") }
    guard names.contains(word.text) else {
      throw LineMistake(word, "there is no \(noun) \(word.text); \(offer)")
    }
    return word.text
  }

  /// How far a hand-over goes back: a working day where nothing is said.
  private static func span(_ words: [LineWord]) throws(LineMistake) -> Duration {
    let (flags, rest) = try flags(words, of: .handover, ["--since"])
    if let more = rest.first { throw LineMistake(more, "handover takes only --since behind it") }
    guard let word = flags["--since"] else { return .seconds(8 * 3600) }
    guard let span = FilterAmount.duration(word.text[...])?.amount, span > 0 else {
      throw LineMistake(word, "--since wants a time such as 30m, 8h, 2d")
    }
    return .milliseconds(span)
  }

  /// Takes the flags out of words; those of ``values`` have a word behind them.
  static func flags(
    _ words: [LineWord],
    of verb: LineVerb,
    _ known: [String]
  ) throws(LineMistake) -> (flags: [String: LineWord], rest: [LineWord]) {
    var flags: [String: LineWord] = [:]
    var rest: [LineWord] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      guard word.isFlag else {
        rest.append(word)
        continue
      }
      guard known.contains(word.text) else {
        let advice =
          Spelling.nearest(to: word.text, among: known).map { "\($0) was meant?" }
          ?? "there is \(known.joined(separator: ", "))"
        throw LineMistake(word, "\(verb.name) has no \(word.text); \(advice)")
      }
      guard flags[word.text] == nil else { throw LineMistake(word, "\(word.text) is given twice") }
      if let value = LineRequest.values[word.text] {
        guard index < words.count else {
          throw LineMistake(word, "\(word.text) wants \(value) behind it")
        }
        flags[word.text] = words[index]
        index += 1
      } else {
        flags[word.text] = word
      }
    }
    return (flags, rest)
  }
}

/// A decision that a line asks for: the verb, and the words that name what it is about.
struct LineDecision: Equatable {
  var verb: LineVerb
  /// How to stop; nil for other verbs, and where the question is to ask.
  var mode: StopMode?
  /// What it is about: ids, or terms of a filter; nothing is what is marked or under the cursor.
  var words: [LineWord]
  /// The workflow of a run that is not listed.
  var workflow: LineWord?
  /// Whether it is to be sent even where it cannot be read first.
  var insists: Bool

  /// Reads what stands behind the verb.
  init(_ verb: LineVerb, _ words: [LineWord], insists: Bool) throws(LineMistake) {
    let known = (verb == .stop ? ["--graceful", "--now"] : []) + ["--workflow"]
    let (flags, rest) = try LineRequest.flags(words, of: verb, known)
    if flags["--graceful"] != nil, let now = flags["--now"] {
      throw LineMistake(now, "stop is --graceful or --now, not both")
    }
    self.verb = verb
    self.words = rest
    self.insists = insists
    workflow = flags["--workflow"]
    mode = flags["--graceful"] != nil ? .graceful : flags["--now"] != nil ? .immediate : nil
  }

  /// Whether the words are a filter rather than ids.
  var isFilter: Bool { words.contains(where: \.isFilter) }

  /// The words as a filter, and where they stand in the line.
  func filter(of line: String) -> (text: String, range: Range<Int>)? {
    guard let first = words.first, let last = words.last else { return nil }
    return (
      words.map(\.raw).joined(separator: " "), first.range.lowerBound..<last.range.upperBound
    )
  }

  /// The verb as it is decided; a stop without a way is one of some way.
  var decided: Verb {
    switch verb {
    case .approve: .approve
    case .reject: .reject
    case .pause: .pause
    case .resume: .resume
    default: .stop(mode ?? .immediate)
    }
  }
}

/// A start that a line asks for: words of a workflow's name, and the input.
struct LineStart: Equatable {
  /// What names the workflow.
  var name: [LineWord]
  /// `key=value` words.
  var pairs: [LineWord]
  /// The input as one JSON object.
  var json: LineWord?
  /// Whether it is to be sent even where the workflows cannot be read.
  var insists: Bool

  /// Reads what stands behind the verb: the name ends where the input begins.
  init(_ words: [LineWord], of line: String, insists: Bool = false) throws(LineMistake) {
    self.insists = insists
    let begin = words.firstIndex { $0.text.hasPrefix("{") || $0.raw.dropFirst().contains("=") }
    name = Array(words[..<(begin ?? words.count)])
    pairs = []
    guard let begin else { return }
    if words[begin].text.hasPrefix("{") {
      // In quotes, as a shell wants it, it is one word; without them it is the rest of the line.
      let start = words[begin].range.lowerBound
      let rest = String(line.dropFirst(start))
      let isQuoted = words[begin].raw.first != "{"
      if isQuoted, words.count > begin + 1 {
        throw LineMistake(words[begin + 1], "nothing stands behind the input")
      }
      let text = isQuoted ? words[begin].text : rest
      json = LineWord(text: text, raw: rest, range: start..<line.count)
    } else {
      pairs = Array(words[begin...])
    }
    guard !name.isEmpty else {
      throw LineMistake(words[begin], "the name of a workflow stands before its input")
    }
  }

  /// The words of the name.
  var text: String { name.map(\.text).joined(separator: " ") }

  /// Where the name stands.
  var range: Range<Int> {
    guard let first = name.first, let last = name.last else { return 0..<0 }
    return first.range.lowerBound..<last.range.upperBound
  }

  var hasInput: Bool { json != nil || !pairs.isEmpty }
}

extension Order {
  /// How the line names it.
  var name: String {
    switch self {
    case .age: "age"
    case .workflow: "workflow"
    }
  }
}
