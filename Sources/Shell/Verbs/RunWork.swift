internal import Cells
internal import CommandCenter
internal import JSON
internal import Runs

/// Shows one run: itself, its events, its context.
struct RunWork: VerbWork {
  /// What of it is shown.
  enum Wanted: Sendable {
    case show(Patience?)
    case events(after: Int?, follows: Bool)
    case context(path: String?)
  }

  private let id: String
  private let wanted: Wanted
  private let surrounding: ShellContext
  private var run: RunReference?
  private var vigil: Vigil?
  /// The last look.
  private var detail: RunDetail?
  /// The number of the newest event that was written, and how many were, for servers that count none.
  private var writtenTo: Int?
  private var written = 0
  private var isFirst = true

  init(_ id: String, _ wanted: Wanted, _ context: ShellContext) {
    self.id = id
    self.wanted = wanted
    surrounding = context
  }

  mutating func begin(at now: Timestamp) -> [ShellEffect] {
    if let mistake = IDText.mistake(id) { return fail([mistake], .usage) }
    switch wanted {
    case .show(let patience?): vigil = Vigil(patience, at: now)
    case .events(let after, true):
      if surrounding.form == .json {
        return fail(["--follow writes a line for each event: use -o jsonl"], .usage)
      }
      vigil = Vigil(Patience(), at: now)
      writtenTo = after
    case .events(let after, false): writtenTo = after
    case .show(nil), .context: break
    }
    // The run that --workflow and a full id name.
    guard let workflow = surrounding.workflow else { return [.poll] }
    return found(RunReference(workflow: workflow, run: RunID(id)))
  }

  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .reading(.success(let reading)):
      switch reading.run(id).reference {
      case .other(let sentences): return fail(sentences, .usage)
      case .one(let run): return found(run)
      }
    case .reading(.failure(let fault)): return fail(fault)
    case .detail(_, .success(let detail)): return loaded(detail, now)
    case .detail(_, .failure(let fault)): return missed(fault, now)
    case .context(.success(let value)): return told(value)
    case .context(.failure(let fault)): return missed(fault, now)
    case .woke: return woke(now)
    case .interrupted: return [.leave]
    case .workflows, .graph, .records, .stage, .outcome: return []
    }
  }

  private mutating func found(_ run: RunReference) -> [ShellEffect] {
    self.run = run
    if case .context = wanted { return [.context(run)] }
    return [.load(run)]
  }

  private mutating func missed(_ fault: Fault, _ now: Timestamp) -> [ShellEffect] {
    if detail != nil, let effects = vigil?.failed(fault, now) { return effects }
    // An id that matches nothing is the caller's mistake, here as in a list.
    return fail([fault.sentence], fault.kind == .notFound ? .usage : ExitCode(fault))
  }

  private func told(_ value: JSONValue) -> [ShellEffect] {
    guard case .context(let path) = wanted else { return [] }
    do throws(ContextOutput.Mistake) {
      let part = try path.map { (path) throws(ContextOutput.Mistake) in
        try ContextOutput.value(at: path, in: value)
      }
      let text = ContextOutput.text(part ?? value, path: path, surrounding)
      return [.out(text), .finish(.done)]
    } catch {
      return fail([error.sentence], .usage)
    }
  }

  private mutating func loaded(_ detail: RunDetail, _ now: Timestamp) -> [ShellEffect] {
    let before = self.detail
    self.detail = detail
    let isOver = detail.run.status.isTerminal
    switch wanted {
    case .context: return []
    case .show(nil): return end(.out(RunOutput.text(detail, surrounding)), .done)
    case .show:
      if isOver {
        return end(.out(RunOutput.text(detail, surrounding)), ExitCode(ended: detail.run.status))
      }
      return goOn(now, before)
    case .events(_, let follows):
      let events = news(detail)
      let text = RunOutput.events(
        events,
        of: detail,
        isFirst: isFirst,
        isLive: follows,
        surrounding
      )
      isFirst = isFirst && text.isEmpty
      let out = text.isEmpty ? nil : ShellEffect.out(text)
      guard follows, !isOver else { return end(out, .done) }
      return (out.map { [$0] } ?? []) + goOn(now, before)
    }
  }

  /// The events that were not written yet.
  private mutating func news(_ detail: RunDetail) -> [RunEvent] {
    defer {
      writtenTo = detail.events.last?.sequence.map { max($0, writtenTo ?? $0) } ?? writtenTo
      written = detail.events.count
    }
    // Without numbers a list can only be told from a longer one.
    let isCounted = detail.events.contains { $0.sequence != nil }
    guard isCounted else { return Array(detail.events.dropFirst(written)) }
    return detail.events.filter { event in
      writtenTo.map { (event.sequence ?? .max) > $0 } ?? true
    }
  }

  private mutating func goOn(_ now: Timestamp, _ before: RunDetail?) -> [ShellEffect] {
    guard let run, var vigil else { return [] }
    defer { self.vigil = vigil }
    if vigil.isLate(now) { return late(vigil) }
    guard let detail else { return [] }
    let status = detail.run.status
    let isAsking = detail.tasks.contains(where: \.isPending)
    var effects: [ShellEffect] = []
    if before?.run.status != status || before?.tasks.isEmpty != detail.tasks.isEmpty {
      let words = isAsking ? "\(status.word), waits for an approval" : status.word
      effects.append(.progress(Text.sanitised("\(detail.run.title) \(run.run.short): \(words)")))
    }
    effects += vigil.awaited.isEmpty ? vigil.await(run, now) : vigil.looked(now)
    return effects
  }

  private mutating func woke(_ now: Timestamp) -> [ShellEffect] {
    guard var vigil, let run else { return [] }
    defer { self.vigil = vigil }
    if vigil.isLate(now) { return late(vigil) }
    return vigil.look().map { effect in
      // Of a long run only the news is fetched.
      if case .load = effect { .load(run, known: detail) } else { effect }
    }
  }

  private func late(_ vigil: Vigil) -> [ShellEffect] {
    guard let detail else {
      return fail(["it was not read within \(vigil.timeoutWords)"], .notReachable)
    }
    let name = "\(detail.run.title) \(detail.run.id.short)"
    let out = ShellEffect.out(RunOutput.text(detail, surrounding))
    return [out]
      + fail(["\(name): still \(detail.run.status.word) after \(vigil.timeoutWords)"], .unknown)
  }

  private func end(_ out: ShellEffect?, _ code: ExitCode) -> [ShellEffect] {
    let missing = detail.map { gaps(unreadable: $0.unreadable, isCut: $0.isCut) } ?? []
    return (out.map { [$0] } ?? []) + missing + [.finish(code)]
  }
}
