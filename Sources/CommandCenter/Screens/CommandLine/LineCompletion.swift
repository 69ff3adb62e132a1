internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// The ways to go on from what was typed, from what is known now.
struct LineCompletion {
  /// A way to go on.
  struct Candidate: Equatable {
    /// The line up to the cursor, with the way taken.
    var head: String
    /// The line as the list shows it.
    var shown: String
    /// What it is, or does.
    var description: String
    /// Whether the verb is possible on it now.
    var isPossible = true
  }

  /// How many ways are listed at most.
  static let limit = 200

  private let model: Model
  /// The line up to the word that is being typed.
  private let base: String
  /// The word that is being typed, as it stands there.
  private let partial: String
  /// The words before it.
  private let before: [LineWord]

  /// Completes a line up to the cursor.
  init(_ typed: String, _ model: Model) {
    self.model = model
    let words = (try? LineWord.words(of: typed, isOpen: true)) ?? []
    let isOpen = words.last.map { $0.range.upperBound == typed.count } ?? false
    before = isOpen ? Array(words.dropLast()) : words
    partial = isOpen ? words.last?.raw ?? "" : ""
    base = String(typed.prefix(typed.count - partial.count))
  }

  /// The candidates, the likeliest first.
  var candidates: [Candidate] {
    Array(all.prefix(LineCompletion.limit))
  }

  private var all: [Candidate] {
    guard let first = before.first else { return verbs }
    guard let verb = try? LineVerb.read(first).verb else { return [] }
    switch verb {
    case .approve, .reject, .pause, .resume: return flags(of: verb) + runs(for: verb)
    case .stop: return flags(of: verb) + runs(for: verb)
    case .show, .events, .steps, .task:
      return before.count == 1 ? runs(for: verb) : flags(of: verb)
    case .context: return (before.count == 1 ? runs(for: verb) : []) + flags(of: verb)
    case .start: return before.count == 1 && partial.isEmpty ? workflows : workflows + inputs
    case .filter, .runs, .tasks: return filterTerms
    case .sort:
      return named(Order.allCases.map { ($0.name, $0.words) }, inUse: model.inbox.order.name)
    case .profile: return named(model.offers.profiles.map { ($0, "") }, inUse: model.profile.name)
    case .theme: return named(model.offers.themes.map { ($0, "") }, inUse: model.config.theme)
    case .handover: return flags(of: verb)
    case .refresh, .inbox, .activity, .export, .token, .readOnly, .help, .quit: return []
    case .workflows, .profiles, .themes, .doctor: return []
    }
  }

  private func candidate(
    _ word: String,
    _ description: String,
    isPossible: Bool = true,
    goesOn: Bool = false
  ) -> Candidate {
    // A long line keeps its verb and what is being completed.
    let front = base.count > 40 ? "\(before.first?.raw ?? "") … " : base
    return Candidate(
      head: base + word + (goesOn ? " " : ""),
      shown: front + word,
      description: description,
      isPossible: isPossible
    )
  }

  // MARK: Verbs, flags, names

  private var verbs: [Candidate] {
    let name = partial.hasSuffix("!") ? String(partial.dropLast()) : partial
    return LineVerb.allCases.filter { verb in
      verb.name.hasPrefix(name) || !name.isEmpty && verb.others.contains { $0.hasPrefix(name) }
    }.map { verb in
      Candidate(
        head: verb.usage.isEmpty ? verb.name : "\(verb.name) ",
        shown: verb.shown,
        description: verb.description
      )
    }
  }

  private func flags(of verb: LineVerb) -> [Candidate] {
    let given = Set(before.map(\.text))
    var flags: [(String, String)] = []
    if verb == .stop, !given.contains("--graceful"), !given.contains("--now") {
      flags += [
        ("--graceful", "what is in flight finishes"), ("--now", "what is in flight is cancelled"),
      ]
    }
    if verb == .handover, !given.contains("--since") {
      flags.append(("--since", "how far it goes back: 30m, 8h, 2d"))
    }
    if verb == .context, before.count > 1 || partial.hasPrefix("-"), !given.contains("--path") {
      flags.append(("--path", "what lies there: steps.fetch.result"))
    }
    if verb.takesRuns, partial.hasPrefix("-"), !given.contains("--workflow") {
      flags.append(("--workflow", "the workflow of a run that is not listed"))
    }
    return flags.filter { $0.0.hasPrefix(partial) }
      .map { candidate($0.0, $0.1, goesOn: true) }
  }

  private func named(_ names: [(String, String)], inUse: String) -> [Candidate] {
    guard before.count == 1 else { return [] }
    return names.filter { $0.0.hasPrefix(partial) }.map { name, words in
      let remarks = [words, name == inUse ? "in use" : ""].filter { !$0.isEmpty }
      return candidate(name, remarks.joined(separator: ", "))
    }
  }

  // MARK: Runs

  /// The runs that the word may mean, those first on which the verb is possible.
  private func runs(for verb: LineVerb) -> [Candidate] {
    guard !partial.hasPrefix("-") else { return [] }
    let given = Set(before.map(\.text))
    let rows = model.listedRows
    let names = Names(rows)
    var seen: Set<String> = []
    var possible: [Candidate] = []
    var others: [Candidate] = []
    for row in rows where row.isNamed(partial) || row.isCalled(partial) {
      guard let id = names.name(of: row, for: verb), !given.contains(id), seen.insert(id).inserted
      else { continue }
      if let reason = obstacle(to: verb, row) {
        guard others.count < LineCompletion.limit else { continue }
        others.append(candidate(id, "\(row.title)  \(reason)", isPossible: false))
      } else {
        possible.append(candidate(id, describe(row), goesOn: verb.decides))
      }
      if possible.count >= LineCompletion.limit { break }
    }
    return possible + others + (verb.decides ? filterTerms : [])
  }

  /// What names rows in a line: the shortest beginning of an id that is its own.
  private struct Names {
    /// The runs whose ids begin alike.
    private var runs: [String: Set<RunID>] = [:]
    /// How many tasks of a run wait.
    private var tasks: [RunID: Int] = [:]

    init(_ rows: [Row]) {
      for row in rows {
        runs[row.id.run.short, default: []].insert(row.id.run)
        if row.task != nil { tasks[row.id.run, default: 0] += 1 }
      }
    }

    func name(of row: Row, for verb: LineVerb) -> String? {
      let run = row.id.run
      if verb.wantsTask {
        guard let task = row.task else { return nil }
        if tasks[run, default: 0] > 1 { return task.id.text }
      }
      return runs[run.short, default: []].count == 1 ? run.short : run.text
    }
  }

  private func describe(_ row: Row) -> String {
    let what = row.task?.title ?? row.run?.failure?.code ?? row.run?.status.word ?? ""
    return what.isEmpty ? row.title : "\(row.title)  \(what)"
  }

  /// Why a verb is not possible on a row; nil when it may be.
  private func obstacle(to verb: LineVerb, _ row: Row) -> String? {
    let verbs: [Verb] =
      switch verb {
      case .approve: [.approve]
      case .reject: [.reject]
      case .pause: [.pause]
      case .resume: [.resume]
      case .stop:
        before.contains { $0.text == "--graceful" }
          ? [.stop(.graceful)]
          : before.contains { $0.text == "--now" }
            ? [.stop(.immediate)] : [.stop(.graceful), .stop(.immediate)]
      default: []
      }
    let reasons = verbs.map { model.permissions.legality(of: $0, on: row).reason }
    return reasons.contains(nil) ? nil : reasons.first ?? nil
  }

  // MARK: Filters

  /// Terms of the filter language that go on from the word.
  private var filterTerms: [Candidate] {
    let takesFilter = before.first.flatMap { try? LineVerb.read($0).verb.takesFilter } ?? false
    guard !partial.isEmpty || takesFilter else { return [] }
    var prompt = FilterPrompt(text: partial)
    if let key = prompt.completedKey { prompt.values[key] = model.inbox.inbox.values(of: key) }
    return prompt.candidates.map { way in
      let head = partial.prefix(way.replaces.lowerBound) + way.text
      return candidate(String(head), way.description)
    }
  }

  // MARK: Starts

  private var workflows: [Candidate] {
    let name = before.dropFirst().map(\.text) + (partial.isEmpty ? [] : [partial])
    guard !name.contains(where: { $0.contains("=") || $0.hasPrefix("{") }) else { return [] }
    let text = name.joined(separator: " ")
    let all = model.workflows ?? []
    let verb = before.first?.raw ?? "start"
    let matches = text.isEmpty ? all : WorkflowMatch.candidates(text, among: all)
    // A name that stands there already is no way to go on.
    if let only = matches.first, matches.count == 1, only.name == text, partial.isEmpty {
      return []
    }
    return matches.map { workflow in
      let word = workflow.name.contains(" ") ? "\"\(workflow.name)\"" : workflow.name
      let version = workflow.version.map { "v\($0)" } ?? workflow.status ?? ""
      let summary = workflow.summary.map { String($0.prefix(60)) } ?? ""
      return Candidate(
        head: "\(verb) \(word) ",
        shown: "\(verb) \(word)",
        description: [version, summary].filter { !$0.isEmpty }.joined(separator: "  "),
        isPossible: workflow.version != nil || workflow.status != "draft"
      )
    }
  }

  /// The fields of the input that are not given yet, and the values that one may have.
  private var inputs: [Candidate] {
    guard let start = try? LineStart(Array(before.dropFirst()), of: base), start.json == nil,
      let workflow = model.workflow(of: start), let facts = model.lineFacts(of: workflow.id)
    else { return [] }
    let fields = InputForm.fields(
      schema: facts.schema,
      input: facts.schema == nil ? facts.input : nil
    )
    .filter { $0.kind != .pair }
    if let sign = partial.firstIndex(of: "=") {
      let key = String(partial[..<sign])
      let typed = String(partial[partial.index(after: sign)...])
      guard let field = fields.first(where: { $0.name == key }) else { return [] }
      return values(of: field, facts.input).filter { $0.0.hasPrefix(typed) }
        .map { candidate("\(key)=\(LineCompletion.quoted($0.0))", $0.1, goesOn: true) }
    }
    let given = Set(start.pairs.map { String($0.text.prefix { $0 != "=" }) })
    return fields.filter { $0.name.hasPrefix(partial) && !given.contains($0.name) }
      .sorted { $0.isRequired && !$1.isRequired }
      .map { field in
        let parts = [field.kind.word, field.isRequired ? "required" : "", field.remark ?? ""]
        return candidate("\(field.name)=", parts.filter { !$0.isEmpty }.joined(separator: "  "))
      }
  }

  private func values(of field: FormField, _ last: JSONObject?) -> [(String, String)] {
    var values: [(String, String)] = field.choices.map { (field.kind.text(of: $0), "") }
    if field.kind == .yesNo, values.isEmpty { values = [("true", ""), ("false", "")] }
    if let preset = field.preset { values.append((field.kind.text(of: preset), "the default")) }
    if let value = last?[field.name] { values.append((field.kind.text(of: value), "last time")) }
    var seen: Set<String> = []
    return values.filter { !$0.0.isEmpty && seen.insert($0.0).inserted }
  }

  private static func quoted(_ value: String) -> String {
    value.contains(" ") ? "\"\(value)\"" : value
  }
}

extension Row {
  /// Whether the name of its workflow begins with a word.
  fileprivate func isCalled(_ word: String) -> Bool {
    title.lowercased().hasPrefix(word.lowercased())
  }
}
