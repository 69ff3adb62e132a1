internal import Runs
internal import Triage

/// What the words of a line are about: looked up in what was read last.
extension Model {
  /// Everything that the inbox lists, whatever filter is on.
  var listedRows: [Row] {
    Section.allCases.flatMap { inbox.inbox.rows[$0] ?? [] }
  }

  /// What a decision of the line is about; nothing when it names nothing.
  /// - Throws: ``LineMistake`` for words that match nothing, or several things.
  func targets(of decision: LineDecision, in line: String) throws(LineMistake) -> [Target] {
    guard let (text, range) = decision.filter(of: line) else { return [] }
    guard decision.isFilter else {
      var targets: [Target] = []
      for word in decision.words {
        let target = try target(word, for: decision)
        if !targets.contains(where: { $0.id == target.id && $0.task?.id == target.task?.id }) {
          targets.append(target)
        }
      }
      return targets
    }
    let filter: Filter
    do throws(Filter.Mistake) {
      filter = try Filter(text)
    } catch {
      throw LineMistake(range: decision.words.range(of: error.range), error.words)
    }
    // Turned round, a word that nothing shows would take in everything.
    if let doubt = filter.doubt(among: inbox.inbox.otherStatuses) {
      throw LineMistake(range: decision.words.range(of: doubt.range), doubt.words)
    }
    let at = inbox.inbox.at
    let targets = unique(listedRows.filter { filter.accepts($0, at: at) }, for: decision.verb)
    guard !targets.isEmpty else {
      let what = decision.verb.wantsTask ? "approval" : "run"
      throw LineMistake(range: range, "no \(what) in the inbox passes this filter")
    }
    return targets
  }

  /// What one word names: a run by the beginning of its id, or a task by its own.
  private func target(
    _ word: LineWord,
    for decision: LineDecision
  ) throws(LineMistake) -> Target {
    let rows = listedRows.filter { $0.isNamed(word.text) }
    let exact = rows.filter { $0.id.run.text == word.text || $0.task?.id.text == word.text }
    let targets = unique(exact.isEmpty ? rows : exact, for: decision.verb)
    if let target = targets.first, targets.count == 1 { return target }
    if !targets.isEmpty { throw LineMistake(word, several(word.text, targets)) }
    // A run that is looked at is known too, wherever it stands.
    for layer in layers.reversed() {
      guard case .run(let screen) = layer, let detail = details[screen.reference],
        detail.run.id.text.hasPrefix(word.text)
      else { continue }
      return Target(
        detail,
        title: detail.run.title,
        task: decision.verb.wantsTask ? screen.task : nil
      )
    }
    throw LineMistake(word, nothing(word.text, rows: rows, for: decision.verb))
  }

  /// One target for each run, or for each task where tasks are decided on.
  private func unique(_ rows: [Row], for verb: LineVerb) -> [Target] {
    var seen: Set<RunID> = []
    return rows.compactMap { row in
      if verb.wantsTask { return row.task == nil ? nil : Target(row) }
      return seen.insert(row.id.run).inserted ? Target(row) : nil
    }
  }

  /// Why a word that names several things names none.
  private func several(_ word: String, _ targets: [Target]) -> String {
    let names = targets.prefix(4).map { target in
      let isSame = targets.contains { $0.id == target.id && $0.task?.id != target.task?.id }
      let id = isSame ? target.task?.id.text ?? target.id.text : target.id.name(apartFrom: targets)
      return "\(id) \(target.title)"
    }
    let more = targets.count > 4 ? ", and \(targets.count - 4) more" : ""
    return "\(word) can be \(names.joined(separator: ", "))\(more)"
  }

  /// Why a word names nothing, and what to write instead.
  private func nothing(_ word: String, rows: [Row], for verb: LineVerb) -> String {
    if !rows.isEmpty { return "nothing of \(word) waits for an approval" }
    let called = unique(
      listedRows.filter { $0.title.lowercased().hasPrefix(word.lowercased()) },
      for: verb
    )
    if !called.isEmpty {
      let names = called.prefix(4).map { "\($0.id.short) \($0.title)" }.joined(separator: ", ")
      let more = called.count > 4 ? ", …" : ""
      return "no id begins with \(word); there is \(names)\(more), or write workflow:\(word)"
    }
    return
      "no run in the inbox has an id that begins with \(word); any other run wants its full id "
      + "and --workflow"
  }

  /// The task of a run that a line wants to see: the one that it names, or that is looked at; nil where
  /// it names only the run.
  func task(_ words: [LineWord], of reference: RunReference) -> TaskID? {
    guard let word = words.first?.text else {
      if case .run(let screen) = screenLayer { return screen.task }
      return inbox.selection?.task?.id
    }
    guard !reference.run.text.hasPrefix(word) else { return nil }
    let tasks = listedRows.filter { $0.reference == reference }.compactMap { $0.task?.id }
    let named = tasks.filter { $0.text.hasPrefix(word) }
    return tasks.first { $0.text == word } ?? (named.count == 1 ? named.first : nil)
  }

  /// The run that a line wants to see.
  /// - Throws: ``LineMistake`` for words that match nothing, or several things.
  func reference(
    _ words: [LineWord],
    workflow: LineWord?,
    for verb: LineVerb
  ) throws(LineMistake) -> RunReference {
    if words.count > 1 { throw LineMistake(words[1], "\(verb.name) takes one run") }
    guard let word = words.first else {
      if case .run(let screen) = screenLayer { return screen.reference }
      guard case .inbox = screenLayer, let reference = inbox.selection?.reference else {
        throw LineMistake(missing: "nothing is selected: write the id of a run")
      }
      return reference
    }
    if let workflow {
      return RunReference(workflow: WorkflowID(workflow.text), run: RunID(word.text))
    }
    var seen: [RunReference] = []
    for row in listedRows where row.isNamed(word.text) {
      guard let reference = row.reference else {
        throw LineMistake(
          word,
          "the server did not say which workflow \(row.id.run) belongs to: add --workflow"
        )
      }
      if !seen.contains(reference) { seen.append(reference) }
    }
    if let reference = seen.first, seen.count == 1 { return reference }
    if let reference = seen.first(where: { $0.run.text == word.text }) { return reference }
    let rows = listedRows.filter { $0.isNamed(word.text) }
    throw LineMistake(
      word,
      seen.isEmpty
        ? nothing(word.text, rows: [], for: verb)
        : several(word.text, unique(rows, for: verb))
    )
  }
}

extension Row {
  /// Whether a word names it: the beginning of its run's id, or of its task's.
  func isNamed(_ word: String) -> Bool {
    !word.isEmpty && (id.run.text.hasPrefix(word) || task?.id.text.hasPrefix(word) == true)
  }
}

extension LineVerb {
  /// Whether it is about a task rather than about a run.
  var wantsTask: Bool { self == .approve || self == .reject }
}

extension RunID {
  /// The beginning of the id that tells it from others.
  func name(apartFrom others: [Target]) -> String {
    let rivals = others.map(\.id).filter { $0 != self }
    let isApart = rivals.allSatisfy { $0.short != short }
    return isApart ? short : text
  }
}

extension [LineWord] {
  /// Where a part of the words, joined by single blanks, stands in the line.
  func range(of part: Range<Int>) -> Range<Int> {
    var start = 0
    for word in self {
      let length = word.raw.count
      if part.lowerBound <= start + length {
        let from = word.range.lowerBound + Swift.max(0, part.lowerBound - start)
        return from..<Swift.max(from, Swift.min(word.range.upperBound, from + part.count))
      }
      start += length + 1
    }
    return first.map { $0.range.lowerBound..<(last?.range.upperBound ?? 0) } ?? 0..<0
  }
}
