internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// Where the parts of the review page lie.
struct ReviewLayout: Equatable {
  /// Lines above the list.
  let top: Int
  /// Lines of the list.
  let height: Int
  /// Whether a line is free above and below the list.
  let hasGaps: Bool
  /// Whether it is said what the decisions come to: on a low screen what is unfolded takes those lines.
  let hasSums: Bool

  /// The layout of a model whose screen is a review page.
  init(_ model: Model) {
    hasGaps = model.size.rows >= 16
    top = hasGaps ? 3 : 2
    let below = Hints.rows(model) + NoticeLine.lines(model).count + (hasGaps ? 1 : 0)
    var sums = 0
    hasSums =
      if case .review(let page) = model.screenLayer { hasGaps || !page.isUnfolded } else { true }
    if hasSums, case .review(let page) = model.screenLayer {
      sums = ReviewSums(page).lines(model).count
    }
    height = max(1, model.size.rows - top - below - sums)
  }
}

/// The lines of the review page's list: one for each item, and what is decided beneath the one under
/// the cursor.
///
/// Only that one's are made; the place of every other line is arithmetic.
struct ReviewLines {
  let page: ReviewPage
  /// What is decided, beneath the item under the cursor; empty while it is folded.
  let unfolded: [Segment]

  /// The lines of a page.
  init(_ page: ReviewPage, _ model: Model) {
    self.page = page
    guard page.isUnfolded, let item = page.selection else {
      unfolded = []
      return
    }
    let columns = max(20, model.size.columns - ReviewLines.indent(model) - 2)
    unfolded = ReviewLines.decided(item, model, columns: columns)
  }

  /// The column at which what is unfolded begins.
  static func indent(_ model: Model) -> Int { model.size.columns < 60 ? 3 : 12 }

  /// How many lines there are.
  var count: Int { page.items.count + unfolded.count }

  /// What a line is.
  enum Line {
    case item(Int)
    case unfolded(Segment)
  }

  /// What stands on a line; nil beyond the last.
  subscript(line: Int) -> Line? {
    guard line >= 0, line < count else { return nil }
    if line <= page.cursor { return .item(line) }
    let beneath = line - page.cursor - 1
    return beneath < unfolded.count
      ? .unfolded(unfolded[beneath]) : .item(line - unfolded.count)
  }

  /// The lines of the item under the cursor, as far as a list of a height shows them.
  func span(height: Int) -> ClosedRange<Int> {
    page.cursor...page.cursor + min(unfolded.count, max(0, height - 1))
  }

  /// What is decided on an item: what its task asks and what follows, or how its run stands.
  private static func decided(
    _ item: ReviewPage.Item,
    _ model: Model,
    columns: Int
  ) -> [Segment] {
    let detail = item.target.reference.flatMap { model.details[$0] }
    var lines: [Segment] = []
    if let words = item.remark?.words {
      lines = Text.wrapped(words, to: columns, maximumLines: 3).map { Segment($0, .warning) }
    }
    if let task = item.target.task {
      lines += TaskLines.head(task, columns: columns).dropLast()
      lines += TaskLines.fields(task, columns: columns)
      let consequence = detail?.graph.map { Consequence(of: task.step, in: $0) }
      lines += TaskLines.consequences(consequence, columns: columns)
    } else if let run = item.target.run {
      lines += self.run(run, detail, columns: columns)
    }
    let layout = ReviewLayout(model)
    let room = max(2, layout.hasGaps ? model.size.rows - 10 : layout.height - 1)
    guard lines.count > room else { return lines }
    let left = lines.count - room + 1
    let note = "… \(left) more lines: leave this page and open it"
    return lines.prefix(room - 1) + [Segment(note, .warning)]
  }

  private static func run(_ run: Run, _ detail: RunDetail?, columns: Int) -> [Segment] {
    let by = run.statusBy.map { " by \($0)" } ?? ""
    var lines = [Segment("\(run.status.word)\(by)")]
    let steps =
      detail?.steps.filter { $0.outcome == .running }.map(\.title) ?? run.currentSteps.map(\.text)
    if !steps.isEmpty { lines.append(Segment("in flight: \(steps.joined(separator: ", "))")) }
    if let failure = run.failure {
      let parts = [failure.code, failure.step?.text, failure.message].compactMap { $0 }
      lines += Text.wrapped(parts.joined(separator: ": "), to: columns, maximumLines: 6)
        .map { Segment($0) }
    }
    return lines
  }
}

extension ReviewPage.Remark {
  /// What is the matter, in words.
  var words: String {
    switch self {
    case .leftOut(let words), .changed(let words), .gone(let words): words
    }
  }
}

/// What the decisions of a page come to.
struct ReviewSums {
  private var verbs: [(verb: Verb, count: Int)]
  private var dropped = 0
  private var leftOut = 0
  private var changed = 0
  private var gone = 0
  private var asksHow: Bool

  /// The sums of a page.
  init(_ page: ReviewPage) {
    let order: [Verb] = [
      .approve, .reject, .pause, .resume, .stop(.graceful), .stop(.immediate), .start,
    ]
    asksHow = page.asksHow
    var counts: [Verb: Int] = [:]
    // By index: copies of thousands of items at every key would be felt.
    for place in page.items.indices {
      if page.items[place].isDropped {
        dropped += 1
      } else if let verdict = page.items[place].verdict {
        counts[verdict, default: 0] += 1
      } else {
        switch page.items[place].remark {
        case .changed: changed += 1
        case .gone: gone += 1
        case .leftOut, nil: leftOut += 1
        }
      }
    }
    verbs = order.compactMap { verb in counts[verb].map { (verb, $0) } }
  }

  /// How many are sent.
  var sent: Int { verbs.reduce(0) { $0 + $1.count } }

  /// The sums in a sentence or two.
  func sentence(isBrief: Bool) -> String {
    let counted = verbs.map { "\($0.count) \($0.verb.word)" }.joined(separator: ", ")
    var words = sent == 0 ? "Nothing is sent." : "\(counted)."
    if asksHow {
      words = "A stopped run cannot be resumed; an approval of it is closed unanswered."
    } else if sent > 1, !isBrief {
      words += " Sent one by one, at most \(BatchID.atOnce) at a time."
    }
    var rest: [String] = []
    if leftOut > 0 { rest.append("\(leftOut) left out") }
    if dropped > 0 { rest.append("\(dropped) dropped") }
    if gone > 0 { rest.append("\(gone) gone meanwhile") }
    if !rest.isEmpty { words += " \(rest.joined(separator: ", "))." }
    if changed > 0 { words += " \(changed) changed: decide again." }
    return words
  }

  /// The sums as they stand on the screen.
  func lines(_ model: Model) -> [Segment] {
    let columns = max(1, model.size.columns - 4)
    let isLow = model.size.rows < 16
    let sums = Text.wrapped(
      sentence(isBrief: isLow),
      to: columns,
      maximumLines: columns < 56 ? 3 : 2
    )
    return sums.map { Segment($0) }
  }
}
