internal import Cells

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

  /// A key in the command line.
  mutating func commandLineKey(_ key: Key, _ line: CommandLine) -> [Effect] {
    switch config.keymap.command(for: key, in: .command) {
    case .confirm: return send(line)
    case .close: return close(line)
    case .complete, .down: return choose(1, line)
    case .up: return choose(-1, line)
    default:
      if line.text.isEmpty, key.code == .backspace { return close(line) }
      return typeCommand(line) { Prompt.edit(&$0, key) }
    }
  }

  /// Lays a change on the line.
  mutating func typeCommand(_ line: CommandLine, _ change: (inout String) -> Bool) -> [Effect] {
    var line = line
    guard change(&line.text) else { return [] }
    line.stem = nil
    line.choice = nil
    line.mistake = nil
    return preview(line)
  }

  /// Puts the next candidate into the line, or the one before.
  private mutating func choose(_ step: Int, _ line: CommandLine) -> [Effect] {
    var line = line
    let candidates = line.candidates(self)
    guard !candidates.isEmpty else { return [] }
    line.stem = line.stem ?? line.text
    let next = line.choice.map { $0 + step } ?? (step > 0 ? 0 : candidates.count - 1)
    let choice = (next + candidates.count) % candidates.count
    line.choice = choice
    line.text = candidates[choice].line
    line.mistake = nil
    if candidates.count == 1 {
      // There is nothing else to choose: what comes next completes what stands there now.
      line.stem = nil
      line.choice = nil
    }
    return preview(line)
  }

  /// Shows the line, and the theme that it names.
  private mutating func preview(_ line: CommandLine) -> [Effect] {
    var line = line
    var theme = line.theme
    if case .theme(let name) = try? LineCommand(line.text, offers) { theme = name }
    let effects: [Effect] =
      theme == line.previewed ? [] : [.useTheme(theme, isPreview: true)]
    line.previewed = theme
    layers[layers.count - 1] = .command(line)
    return effects
  }

  private mutating func close(_ line: CommandLine) -> [Effect] {
    layers.removeLast()
    return line.previewed == line.theme ? [] : [.useTheme(line.theme, isPreview: true)]
  }

  /// Does what the line says; a line that cannot be done stays, with a sentence.
  private mutating func send(_ line: CommandLine) -> [Effect] {
    guard !line.text.allSatisfy({ $0 == " " }) else { return close(line) }
    let command: LineCommand
    do throws(LineCommand.Mistake) {
      command = try LineCommand(line.text, offers)
    } catch {
      var line = line
      line.mistake = error.sentence
      layers[layers.count - 1] = .command(line)
      return []
    }
    if case .theme(let name) = command {
      layers.removeLast()
      return [.useTheme(name, isPreview: false)]
    }
    let effects = close(line)
    switch command {
    case .profile(let name): return effects + switchProfile(to: name)
    case .token: return effects + run(.newToken)
    case .help: return effects + run(.help)
    case .quit: return effects + leave()
    case .theme: return effects
    }
  }
}
