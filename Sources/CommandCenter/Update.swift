internal import Cells
package import Runs
internal import Triage

/// Lays a message on the model.
/// - Returns: What the loop shall do because of it, in order.
package func update(_ model: inout Model, _ message: Message, at now: Timestamp) -> [Effect] {
  let before = InboxLayout(model)
  model.takeTime(now)
  if let until = model.notice?.until, model.now >= until { model.notice = nil }
  let effects = model.take(message)
  if InboxLayout(model) != before {
    // Sentences take lines from the lists; what is under the cursor stays on the screen.
    model.showSelection()
    model.settleRunScreen()
  }
  return effects
}

extension Model {
  fileprivate mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .key(let key): return press(key)
    case .paste(let text): return paste(text)
    case .pointer(let pointer): return point(pointer)
    case .copy(let text, let outcome):
      tell(outcome, copying: text)
      return []
    case .resized(let size):
      self.size = size
      showSelection()
      settleRunScreen()
      changeStart { _ in }
      return watchSelection()
    case .tick:
      if inbox.listing.held > 0 { refreshListing() }
      return watchRestingCursor()
    case .resumed: return resume()
    case .inbox(let message): return handle(message)
    case .run(let message): return handle(message)
    case .workflow(let message): return handle(message)
    case .decision(let message): return handle(message)
    case .profile(let message): return handle(message)
    case .access(let message): return handle(message)
    case .theme(let message): return handle(message)
    case .unkept(_, let fault):
      say(fault.sentence, .bad)
      return []
    }
  }

  /// Goes on to a moment.
  ///
  /// Time does not run backward here, but a clock may be set back: then what is counted from it is
  /// counted from the new one, or ages would stand still until it has caught up.
  mutating func takeTime(_ moment: Timestamp) {
    let jump = moment - now
    guard jump < Model.jitter else {
      now = max(now, moment)
      return
    }
    now = moment
    link.shift(by: jump)
    if let until = notice?.until { notice?.until = until + jump }
    inbox.lastMove = inbox.lastMove.map { $0 + jump }
    inbox.restsAt = inbox.restsAt.map { $0 + jump }
  }

  /// What a clock may go back without having been set.
  private static let jitter = Duration.seconds(-2)

  /// A key: the topmost layer's table says what it does.
  fileprivate mutating func press(_ key: Key) -> [Effect] {
    let command = config.keymap.command(for: key, in: top.scope)
    switch command {
    case .suspend: return [.suspend]
    case .leave: return leave()
    default: break
    }
    switch top {
    case .filter(let prompt): return filterKey(key, prompt)
    case .command(let line): return commandLineKey(key, line)
    case .token(let prompt): return tokenKey(key, prompt)
    case .firstStart(let screen) where screen.form != nil: return formKey(key, screen)
    case .help(let screen): return helpKey(key, screen)
    case .choice(let choice): return choiceKey(key, choice)
    case .start(let screen): return startKey(key, screen)
    default: return command.map { run($0) } ?? []
    }
  }

  /// Does what a key, or a line of help, stands for.
  mutating func run(_ command: Command) -> [Effect] {
    switch command {
    case .help:
      layers.append(.help(HelpScreen(scope: top.scope)))
      return []
    case .refresh:
      if case .run(let screen) = top { return refreshNow() + load(screen.reference) }
      return refreshNow()
    case .commandLine:
      layers.append(.command(CommandLine(theme: config.theme)))
      return []
    case .newToken:
      layers.append(.token(TokenPrompt()))
      return [.dropInput]
    case .leave: return leave()
    case .suspend: return [.suspend]
    case .copy: return copyID()
    default: break
    }
    switch top {
    case .inbox: return inboxCommand(command)
    case .run(let screen): return runCommand(command, screen)
    case .decision(let dialog): return decisionKey(command, dialog)
    case .stopping(let dialog): return stopKey(command, dialog)
    case .firstStart(let screen): return firstStartCommand(command, screen)
    case .filter, .help, .command, .token, .choice, .start: return []
    }
  }

  /// Leaves; but not silently while a decision is on its way, since its outcome would not be seen.
  mutating func leave() -> [Effect] {
    guard let flight = flights.values.first, !asksToLeave else { return [.quit(.done)] }
    asksToLeave = true
    say(
      "\(flight.decision.verb.word) \(flight.decision.title) is on its way; press again to leave",
      .bad
    )
    return []
  }

  /// Pasted text goes into prompts; anywhere else it would be commands.
  fileprivate mutating func paste(_ text: String) -> [Effect] {
    switch top {
    case .filter(let prompt):
      var line = prompt.text
      if Prompt.append(text, to: &line) { typeFilter(line) }
    case .help(var screen):
      if Prompt.append(text, to: &screen.query) { layers[layers.count - 1] = .help(screen) }
    case .command(let line): return typeCommand(line) { Prompt.append(text, to: &$0) }
    case .token(var prompt):
      prompt.append(text)
      layers[layers.count - 1] = .token(prompt)
    case .firstStart(var screen):
      screen.form?.append(text)
      layers[layers.count - 1] = .firstStart(screen)
    case .choice(var choice):
      if choice.line.insert(text) { choice.selected = nil }
      layers[layers.count - 1] = .choice(choice)
    case .start: changeStart { $0.paste(text) }
    default: break
    }
    return []
  }

  /// Shows one sentence above the hints.
  mutating func say(_ text: String, _ tone: Notice.Tone) {
    notice = Notice(text: text, tone: tone, until: now + .seconds(tone == .plain ? 4 : 10))
  }

  /// Reads a run, unless it is being read or nothing may be asked yet.
  mutating func load(_ reference: RunReference) -> [Effect] {
    guard mayAsk, details.loading.insert(reference).inserted else { return [] }
    return [.load(reference)]
  }
}
