internal import Cells
package import Runs
internal import Triage

/// Lays a message on the model.
/// - Returns: What the loop shall do because of it, in order.
package func update(_ model: inout Model, _ message: Message, at now: Timestamp) -> [Effect] {
  let before = InboxLayout(model)
  model.takeTime(now)
  if let until = model.notice?.until, model.now >= until { model.notice = nil }
  var effects = model.take(message)
  effects += model.releaseHeld()
  effects += model.keepTypedInTime()
  if InboxLayout(model) != before {
    // Sentences take lines from the lists; what is under the cursor stays on the screen.
    model.showSelection()
    model.settleRunScreen()
    model.changeStart { _ in }
    model.settleReview()
    model.settleSending()
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
      let isBack = !self.size.isEnough && size.isEnough
      self.size = size
      showSelection()
      settleRunScreen()
      changeStart { _ in }
      settleActivity()
      settleReview()
      settleSending()
      settleReport()
      // Keys from before it is drawn again were not meant for it.
      return (isBack ? [.dropInput] : []) + watchSelection()
    case .tick:
      if inbox.listing.held > 0 { refreshListing() }
      return watchRestingCursor()
    case .resumed:
      restartWindows()
      return resume()
    case .ending:
      return withdrawHeld(why: "the program was ended before it was sent") + keepTyped()
    case .inbox(let message): return handle(message)
    case .run(let message): return handle(message)
    case .workflow(let message): return handle(message)
    case .decision(let message): return handle(message) + rereadActivity(after: message)
    case .editor(let subject, let outcome): return handle(subject, outcome)
    case .profile(let message): return handle(message)
    case .access(let message): return handle(message)
    case .theme(let message): return handle(message)
    case .filter(let message): return handle(message)
    case .activity(let message): return handle(message)
    case .report(let message): return handle(message)
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
      watchLeap(jump)
      return
    }
    now = moment
    link.shift(by: jump)
    if let until = notice?.until { notice?.until = until + jump }
    inbox.lastMove = inbox.lastMove.map { $0 + jump }
    inbox.restsAt = inbox.restsAt.map { $0 + jump }
    if let at = reversal?.at { reversal?.at = at + jump }
    keepsTypedAt = keepsTypedAt.map { $0 + jump }
    watchLeap(jump)
  }

  /// What a clock may go back without having been set.
  private static let jitter = Duration.seconds(-2)

  /// A key: the topmost layer's table says what it does.
  fileprivate mutating func press(_ key: Key) -> [Effect] {
    let scope = top == .activity && activity.isTyping ? .filter : top.scope
    let command = config.keymap.command(for: key, in: scope)
    switch command {
    case .suspend: return [.suspend]
    case .leave: return leave()
    case .showTab:
      return config.keymap.place(of: key, for: .showTab, in: scope).map { showTab(at: $0) }
        ?? []
    default: break
    }
    // Nothing is drawn then, and what is not on the screen is not decided.
    guard size.isEnough else { return command == .back && layers.count == 1 ? leave() : [] }
    switch top {
    case .activity where activity.isTyping: return activityFilterKey(key)
    case .filter(let prompt): return filterKey(key, prompt)
    case .naming(let naming): return namingKey(key, naming)
    case .command(let line): return commandLineKey(key, line)
    case .token(let prompt): return tokenKey(key, prompt)
    case .confirmName(let prompt): return nameKey(key, prompt)
    case .commenting(let prompt): return commentKey(key, prompt)
    case .firstStart(let screen) where screen.form != nil: return formKey(key, screen)
    case .help(let screen): return helpKey(key, screen)
    case .run(let screen) where screen.isEditing: return fieldKey(key, screen)
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
      if case .activity = top { return refreshNow() + readActivity() }
      if case .report(let screen) = top { return readReport(screen) }
      return refreshNow()
    case .commandLine: return openLine()
    case .newToken:
      layers.append(.token(TokenPrompt()))
      return [.dropInput]
    case .leave: return leave()
    case .suspend: return [.suspend]
    case .copy: return copyID()
    case .takeBack: return takeBack()
    case .bulk: return showBulk()
    default: break
    }
    switch top {
    case .inbox: return inboxCommand(command)
    case .run(let screen): return runCommand(command, screen)
    case .activity: return activityCommand(command)
    case .record(let screen): return recordCommand(command, screen)
    case .report(let screen): return reportCommand(command, screen)
    case .review(let page): return reviewCommand(command, page)
    case .sending(let page): return sendingCommand(command, page)
    case .decision(let dialog): return decisionKey(command, dialog)
    case .stopping(let dialog): return stopKey(command, dialog)
    case .firstStart(let screen): return firstStartCommand(command, screen)
    case .filter, .help, .command, .token, .choice, .start, .naming: return []
    case .leaving: return leaveKey(command)
    case .confirmName, .commenting: return []
    }
  }

  /// Pasted text goes into prompts; anywhere else it would be commands.
  fileprivate mutating func paste(_ text: String) -> [Effect] {
    switch top {
    case .filter(let prompt):
      var prompt = prompt
      if prompt.insert(text) { type(prompt) }
    case .naming(var naming):
      if naming.line.insert(text) { layers[layers.count - 1] = .naming(naming) }
    case .help(var screen):
      if screen.line.insert(text) { layers[layers.count - 1] = .help(screen) }
    case .command(let line): return pasteCommand(text, line)
    case .token(var prompt):
      prompt.insert(text)
      layers[layers.count - 1] = .token(prompt)
    case .activity: pasteActivityFilter(text)
    case .confirmName(let prompt): typeName(prompt) { $0.insert(text) }
    case .commenting(let prompt): typeComment(prompt) { $0.insert(text) }
    case .firstStart(var screen):
      screen.form?.insert(text)
      layers[layers.count - 1] = .firstStart(screen)
    case .choice(var choice):
      if choice.line.insert(text) { choice.selected = nil }
      layers[layers.count - 1] = .choice(choice)
    case .start: changeStart { $0.paste(text) }
    case .run(let screen): pasteIntoField(text, screen)
    default: break
    }
    return []
  }

  /// Shows one sentence above the hints.
  ///
  /// Bad ones are kept for the list of decisions: they are gone from here after a while.
  mutating func say(_ text: String, _ tone: Notice.Tone) {
    if tone == .bad { activity.keep(text, zone, at: now) }
    notice = Notice(text: text, tone: tone, until: now + .seconds(tone == .plain ? 4 : 10))
  }

  /// Reads a run, unless it is being read or nothing may be asked yet.
  mutating func load(_ reference: RunReference) -> [Effect] {
    guard mayAsk, details.loading.insert(reference).inserted else { return [] }
    return [.load(reference)]
  }
}
