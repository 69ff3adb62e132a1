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
    let shown = Text.sanitised(text)
    guard !found.isEmpty else { return .other(["no \(kind) has the id \(shown); \(hint)"]) }
    let lines = found.prefix(listed).map { "  " + Text.sanitised(line($0)) }
    let rest = found.count > listed ? ["  and \(found.count - listed) more"] : []
    return .other(["\(shown) fits \(found.count) \(kind)s; write more of the id:"] + lines + rest)
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
    let ids = Set(runs.map(\.id))
    var others: [KnownRun] = []
    for task in tasks ?? []
    where !ids.contains(task.run) && !others.contains(where: { $0.id == task.run }) {
      let title = task.workflowName ?? task.workflow?.text ?? "(workflow unknown)"
      others.append(KnownRun(id: task.run, reference: task.reference?.run, title: title))
    }
    return runs + others
  }
}
