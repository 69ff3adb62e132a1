internal import Cells
internal import Runs

/// Finds what an id on the command line means.
enum Lookup<Item> {
  case one(Item)
  /// None or several; sentences for standard error.
  case other([String])

  /// The candidates that are listed when an id fits several.
  static var listed: Int { 10 }

  /// Finds the one item whose id is the text, or begins with it.
  /// - Parameters:
  ///   - text: What was typed.
  ///   - items: What there is.
  ///   - ids: The ids of an item.
  ///   - kind: The word for an item: `run`.
  ///   - hint: What to do when there is none.
  ///   - line: A candidate as it is listed.
  /// - Returns: The item, or why there is not one.
  static func find(
    _ text: String,
    among items: [Item],
    ids: (Item) -> [String],
    kind: String,
    hint: String,
    line: (Item) -> String
  ) -> Lookup<Item> {
    let exact = items.filter { ids($0).contains(text) }
    let found =
      exact.isEmpty && !text.isEmpty
      ? items.filter { ids($0).contains { $0.hasPrefix(text) } } : exact
    if found.count == 1, let only = found.first { return .one(only) }
    return other(
      text,
      found,
      kind: kind,
      none: "no \(kind) has the id \(text); \(hint)",
      line: line
    )
  }

  /// What is said of a text that means none or several.
  static func other(
    _ text: String,
    _ found: [Item],
    kind: String,
    none: String,
    line: (Item) -> String
  ) -> Lookup<Item> {
    guard !found.isEmpty else { return .other([Text.sanitised(none)]) }
    let lines = found.prefix(listed).map { "  " + Text.sanitised(line($0)) }
    let rest = found.count > listed ? ["  and \(found.count - listed) more"] : []
    let shown = Text.sanitised(text)
    return .other(["\(shown) fits \(found.count) \(kind)s; write more of it:"] + lines + rest)
  }
}

/// The runs of a reading, to be looked up one after the other: a list of ids may be as long as theirs.
struct KnownRuns {
  private let all: [KnownRun]
  private let exact: [String: [KnownRun]]

  /// For verbs that take a workflow with it.
  static let hint = "for one that is not listed any more, give its full id and --workflow"

  init(_ reading: Reading) {
    all = reading.known
    exact = Dictionary(grouping: all, by: \.id.text)
  }

  /// Finds the run that an id means, among those of the feed and those of which only a task is listed.
  /// - Parameters:
  ///   - id: What was typed.
  ///   - hint: What to do when there is none.
  /// - Returns: The run, or why there is not one.
  func find(_ id: String, hint: String = KnownRuns.hint) -> Lookup<KnownRun> {
    Lookup.find(
      id,
      among: exact[id] ?? all,
      ids: { [$0.id.text] },
      kind: "run",
      hint: hint,
      line: { "\($0.id)  \($0.title)  \($0.status?.word ?? "")" }
    )
  }
}

extension Reading {
  /// Finds the run that an id means.
  func run(_ id: String) -> Lookup<KnownRun> { KnownRuns(self).find(id) }
}

extension Lookup<KnownRun> {
  /// Where the run is found, or what is to be said.
  var reference: Lookup<RunReference> {
    switch self {
    case .other(let sentences): return .other(sentences)
    case .one(let run):
      if let reference = run.reference { return .one(reference) }
      return .other([
        "the server does not say which workflow \(run.id) belongs to; give it with --workflow"
      ])
    }
  }
}

/// A run as the lists of one reading show it.
struct KnownRun {
  var id: RunID
  var reference: RunReference?
  var title: String
  /// The status, where the feed has the run.
  var status: RunStatus?
}

extension Reading {
  /// The runs of the feed, and those of which only a task is listed.
  var known: [KnownRun] {
    let runs = runs.map {
      KnownRun(id: $0.id, reference: $0.reference, title: $0.title, status: $0.status)
    }
    var ids = Set(runs.map(\.id))
    var others: [KnownRun] = []
    for task in tasks ?? [] where ids.insert(task.run).inserted {
      let title = task.workflowName ?? task.workflow?.text ?? "(workflow unknown)"
      others.append(KnownRun(id: task.run, reference: task.reference?.run, title: title))
    }
    return runs + others
  }
}
