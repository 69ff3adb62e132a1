internal import Cells
internal import JSON
internal import Runs
internal import Triage

/// What becomes of a wish for another theme.
package enum ThemeMessage: Sendable, Equatable {
  /// It is drawn with.
  case used(String, isPreview: Bool)
  /// It cannot be used, and the one before stays.
  case refused(String)
}

extension Model {
  /// What becomes of a wish for another theme.
  mutating func handle(_ message: ThemeMessage) -> [Effect] {
    switch message {
    case .used(let name, let isPreview):
      guard !isPreview else { return [] }
      config.theme = name
      say("theme \(name), until you leave; theme = \"\(name)\" in the config keeps it", .plain)
    case .refused(let sentence): say(sentence, .bad)
    }
    return []
  }

  /// Opens the command line.
  mutating func openLine(_ text: String = "") -> [Effect] {
    layers.append(.command(CommandLine(text, theme: config.theme)))
    return text.isEmpty ? [] : show(CommandLine(text, theme: config.theme))
  }

  /// A key in the command line.
  mutating func commandLineKey(_ key: Key, _ line: CommandLine) -> [Effect] {
    let command = config.keymap.command(for: key, in: .command)
    if let wish = line.start {
      switch command {
      case .confirm: return send(wish, line)
      case .close:
        var line = line
        line.start = nil
        layers[layers.count - 1] = .command(line)
        return []
      default: break
      }
    }
    switch command {
    case .confirm: return send(line)
    case .close: return closeLine(line)
    case .complete: return choose(1, line)
    case .completeBack: return choose(-1, line)
    case .up: return line.choice == nil ? recall(1, line) : choose(-1, line)
    case .down: return line.walk == nil ? choose(1, line) : recall(-1, line)
    default:
      if line.text.isEmpty, key.code == .backspace { return closeLine(line) }
      let keymap = config.keymap
      return typeCommand(line) { $0.edit(key, keymap) }
    }
  }

  /// Text that was pasted: of several lines the first, and none is done by itself.
  mutating func pasteCommand(_ text: String, _ line: CommandLine) -> [Effect] {
    let first = text.drop { $0.isNewline }.prefix { !$0.isNewline }
    return typeCommand(line) { $0.insert(String(first)) }
  }

  /// Lays a change on the line.
  private mutating func typeCommand(
    _ line: CommandLine,
    _ change: (inout LineEditor) -> Bool
  ) -> [Effect] {
    var line = line
    guard change(&line.line) else { return [] }
    line.stem = nil
    line.choice = nil
    line.walk = nil
    line.mistake = nil
    line.start = nil
    return show(line)
  }

  /// Puts the next candidate into the line, or the one before.
  private mutating func choose(_ step: Int, _ line: CommandLine) -> [Effect] {
    var line = line
    let candidates = LineCompletion(line.typed, self).candidates
    guard !candidates.isEmpty else { return [] }
    line.stem = line.typed
    line.walk = nil
    let next = line.choice.map { $0 + step } ?? (step > 0 ? 0 : candidates.count - 1)
    let choice = (next + candidates.count) % candidates.count
    line.choice = choice
    line.line.complete(with: candidates[choice].head)
    line.mistake = nil
    line.start = nil
    if candidates.count == 1 {
      // There is nothing else to choose: what comes next completes what stands there now.
      line.stem = nil
      line.choice = nil
    }
    return show(line)
  }

  /// Shows the line, and the theme that it names; reads what it will be completed and checked by.
  private mutating func show(_ line: CommandLine) -> [Effect] {
    var line = line
    var theme = line.theme
    let request = try? LineRequest(line.text, offers)
    if case .theme(let name) = request { theme = name }
    var effects: [Effect] = theme == line.previewed ? [] : [.useTheme(theme, isPreview: true)]
    line.previewed = theme
    if case .start(let start) = request { effects += read(for: start, &line) }
    layers[layers.count - 1] = .command(line)
    return effects
  }

  /// Closes the line; a theme that was only looked at is taken back.
  mutating func closeLine(_ line: CommandLine) -> [Effect] {
    layers.removeLast()
    return line.previewed == line.theme ? [] : [.useTheme(line.theme, isPreview: true)]
  }

  // MARK: History

  /// Goes back to an earlier line that begins with what was typed, or on to a later one.
  private mutating func recall(_ step: Int, _ line: CommandLine) -> [Effect] {
    var line = line
    let stem = line.stem ?? line.text
    let earlier = history(beginning: stem)
    let next = (line.walk ?? -1) + step
    guard next < earlier.count else { return [] }
    line.choice = nil
    line.mistake = nil
    line.start = nil
    if next < 0 {
      line.line.replace(with: stem)
      line.stem = nil
      line.walk = nil
    } else {
      line.line.replace(with: earlier[next])
      line.stem = stem
      line.walk = next
    }
    return show(line)
  }

  /// The lines that were sent and begin with something, the newest first.
  func history(beginning stem: String) -> [String] {
    shelves[.history].members.reversed().map(\.key).filter { $0.hasPrefix(stem) && $0 != stem }
  }

  /// Keeps a line that was understood; one that begins with a blank is nobody's business.
  mutating func remember(_ line: CommandLine) -> [Effect] {
    let text = line.text
    guard text.first != " " else { return [] }
    let last = shelves[.history].members.last?.key
    return text == last ? [] : keep(.history, text, true)
  }

  // MARK: Sending

  /// Does what the line says; a line that cannot be done stays, with a sentence.
  private mutating func send(_ line: CommandLine) -> [Effect] {
    guard !line.text.allSatisfy({ $0 == " " }) else { return closeLine(line) }
    var line = line
    line.stem = nil
    line.choice = nil
    line.walk = nil
    line.mistake = nil
    do throws(LineMistake) {
      return try perform(LineRequest(line.text, offers), line)
    } catch {
      line.mistake = error
      layers[layers.count - 1] = .command(line)
      return []
    }
  }

  private mutating func perform(
    _ request: LineRequest,
    _ line: CommandLine
  ) throws(LineMistake) -> [Effect] {
    switch request {
    case .decide(let decision): return try decide(decision, line)
    case .start(let start): return try wish(for: start, line)
    case .show(let verb, let words, let workflow):
      let reference = try reference(words, workflow: workflow, for: verb)
      let task = task(words, of: reference)
      return remember(line) + closeLine(line) + openRun(reference, on: verb.tab, task: task)
    case .filter(let text, let offset):
      try check(text, offset: offset)
      let effects = remember(line) + closeLine(line) + goToInbox()
      setFilter(text)
      return effects + watchSelection()
    case .list(let verb, let text, let offset):
      try check(text, offset: offset)
      return list(verb, text, line)
    case .workflows(let words): return remember(line) + closeLine(line) + openWorkflows(words)
    case .context(let words, let workflow, let path):
      let reference = try reference(words, workflow: workflow, for: .context)
      return remember(line) + closeLine(line) + openReport(.context(reference, path: path))
    case .choose(let verb):
      return remember(line) + closeLine(line) + openLine("\(verb.name) ")
    case .sort(let order):
      let effects = remember(line) + closeLine(line)
      setOrder(order ?? inbox.order.next)
      return effects
    case .profile(let name):
      return remember(line) + closeLine(line) + switchProfile(to: name)
    case .theme(let name):
      let effects = remember(line)
      layers.removeLast()
      return effects + [.useTheme(name, isPreview: false)]
    case .handover(let span):
      let effects = remember(line) + closeLine(line)
      return effects + export(.handover(since: now + (.zero - span)))
    case .plain(let verb):
      return remember(line) + closeLine(line) + perform(verb)
    }
  }

  private mutating func perform(_ verb: LineVerb) -> [Effect] {
    switch verb {
    case .refresh: return run(.refresh)
    case .token: return run(.newToken)
    case .help: return run(.help)
    case .quit: return leave()
    case .inbox: return goToInbox() + show(MainTab.inbox) + watchSelection()
    case .activity: return goToInbox() + show(MainTab.activity)
    case .export: return export(.activity)
    case .readOnly: return toggleReadOnly()
    case .doctor: return openReport(.doctor)
    default: return []
    }
  }

  /// Leaves whatever lies on the inbox.
  mutating func goToInbox() -> [Effect] {
    layers.removeAll { $0 != .inbox && $0 != .activity }
    return tab == .activity ? show(MainTab.inbox) : []
  }

  /// Opens the guard of a decision's verb: the same that its key opens.
  private mutating func decide(
    _ decision: LineDecision,
    _ line: CommandLine
  ) throws(LineMistake) -> [Effect] {
    if let word = decision.words.first, decision.words.count == 1, let workflow = decision.workflow,
      !listedRows.contains(where: { $0.id.run.text == word.text })
    {
      let reference = try reference([word], workflow: workflow, for: decision.verb)
      let effects = remember(line) + closeLine(line) + openRun(reference)
      say("\(word.text) is not in the inbox: look at it here, then decide", .plain)
      return effects
    }
    var targets = try targets(of: decision, in: line.text)
    if targets.isEmpty {
      if case .run(let screen) = screenLayer, decision.verb.wantsTask,
        let reason = screen.overSentence(self)
      {
        throw LineMistake(missing: reason)
      }
      targets = pointed(by: decision.verb)
    }
    guard !targets.isEmpty else {
      throw LineMistake(missing: "nothing is selected: write the id of a run")
    }
    for place in targets.indices { targets[place].insists = decision.insists }
    guard targets.count == 1, let target = targets.first else {
      let effects = remember(line) + closeLine(line)
      return effects + review(targets, decision)
    }
    if let reason = obstacle(to: decision, target) {
      throw LineMistake(range: decision.filter(of: line.text)?.range ?? 0..<0, reason)
    }
    let effects = remember(line) + closeLine(line)
    return effects + decide(decision.decided, target, mode: decision.mode)
  }

  /// Shows what is decided about several things, each by its name; a stop without a way asks for one.
  private mutating func review(_ targets: [Target], _ decision: LineDecision) -> [Effect] {
    let effects = review(targets.map { ($0, decision.decided) })
    if decision.verb == .stop, decision.mode == nil, case .review(var page) = top {
      page.asksHow = true
      layers[layers.count - 1] = .review(page)
    }
    return effects
  }

  /// Why a decision is not possible; a stop without a way is possible when some way is.
  private func obstacle(to decision: LineDecision, _ target: Target) -> String? {
    let verbs: [Verb] =
      decision.verb == .stop && decision.mode == nil
      ? [.stop(.graceful), .stop(.immediate)] : [decision.decided]
    let reasons = verbs.map { target.legality(of: $0, permissions).reason }
    guard !reasons.contains(nil), let reason = reasons.first ?? nil else { return nil }
    return permissions.readOnly == nil ? reason : "read-only: \(reason)"
  }

  /// What a verb without words is about: the run that is looked at, else what is marked, else what is
  /// under the cursor.
  private func pointed(by verb: LineVerb) -> [Target] {
    if case .run(let screen) = screenLayer {
      return [target(of: screen, answering: verb.wantsTask)].compactMap { $0 }
    }
    // Above another screen there is no row to be seen that it could be about.
    guard case .inbox = screenLayer else { return [] }
    let marked = markedRows.map(Target.init)
    return marked.isEmpty ? [inbox.selection.map(Target.init)].compactMap { $0 } : marked
  }
}

extension LineVerb {
  /// The tab of a run that the verb shows; nil leaves it to the run.
  fileprivate var tab: RunScreen.Tab? {
    switch self {
    case .events: .events
    case .steps: .steps
    case .task: .task
    default: nil
    }
  }
}
