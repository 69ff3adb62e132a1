internal import Cells
internal import Triage

extension Model {
  /// Opens the prompt with what narrows the list now.
  mutating func openFilter() -> [Effect] {
    // The first letter shall not wait for what is searched to be made.
    if inbox.inbox.count <= Inbox.preparedAtOnce { inbox.inbox.prepareSearch() }
    layers.append(.filter(FilterPrompt(text: inbox.filterText)))
    return []
  }

  /// A key in the filter's prompt: it narrows the list while it is typed.
  mutating func filterKey(_ key: Key, _ prompt: FilterPrompt) -> [Effect] {
    var prompt = prompt
    switch config.keymap.command(for: key, in: .filter) {
    case .keep:
      // What cannot be read is not kept: it stays to be mended.
      guard prompt.mistake == nil else { return [] }
      layers.removeLast()
      return watchSelection()
    case .close:
      layers.removeLast()
      setFilter("")
      return watchSelection()
    case .complete, .down:
      complete(&prompt, 1)
    case .up:
      complete(&prompt, -1)
    default:
      guard prompt.edit(key, config.keymap) else { return [] }
    }
    type(prompt)
    return []
  }

  private mutating func complete(_ prompt: inout FilterPrompt, _ step: Int) {
    readValues(&prompt)
    prompt.choose(step)
  }

  /// Finds out what stands in the column that is being completed, once.
  private func readValues(_ prompt: inout FilterPrompt) {
    guard let key = prompt.completedKey, prompt.values[key] == nil else { return }
    prompt.values[key] = inbox.inbox.values(of: key)
  }

  /// What stands in the prompt now: the list follows what of it can be read.
  mutating func type(_ typed: FilterPrompt) {
    var prompt = typed
    prompt.reading = FilterReading(prompt.text)
    inbox.filterText = prompt.reading.text
    if prompt.reading.filter != inbox.filter {
      inbox.filter = prompt.reading.filter
      applyFilter()
    }
    readValues(&prompt)
    layers[layers.count - 1] = .filter(prompt)
  }

  /// Narrows the list, or shows all of it again.
  mutating func setFilter(_ text: String) {
    inbox.filterText = text
    inbox.filter = (try? Filter(text)) ?? .none
    applyFilter()
  }

  private mutating func applyFilter() {
    inbox.listing.show(inbox.listed())
    showSelection()
  }

  // MARK: Saving

  /// Asks for the name under which the filter becomes a tab.
  mutating func askFilterName() -> [Effect] {
    guard !inbox.filterText.isEmpty else {
      let how = key(.filter, in: .inbox).map { ": \($0) writes one" } ?? ""
      say("there is no filter to save\(how)", .bad)
      return []
    }
    // What narrows a tab further is saved with what the tab lets through.
    var parts = [inbox.filterText]
    if case .saved(let name) = tab, let saved = filters.first(where: { $0.name == name }) {
      parts.insert(saved.text, at: 0)
    }
    layers.append(.naming(FilterNaming(text: parts.joined(separator: " "))))
    return []
  }

  /// A key in the prompt for a filter's name.
  mutating func namingKey(_ key: Key, _ naming: FilterNaming) -> [Effect] {
    var naming = naming
    switch config.keymap.command(for: key, in: .naming) {
    case .confirm: return save(naming)
    case .close:
      layers.removeLast()
      return []
    default:
      guard naming.line.edit(key, config.keymap) else { return [] }
      naming.mistake = nil
      layers[layers.count - 1] = .naming(naming)
      return []
    }
  }

  private mutating func save(_ naming: FilterNaming) -> [Effect] {
    var naming = naming
    let name = naming.line.text
    do throws(SavedFilter.Mistake) {
      let filter = try SavedFilter(name: name, text: naming.text)
      guard !filters.contains(where: { $0.name == name }) else {
        throw SavedFilter.Mistake(sentence: "there is a tab \(name) already; take another name")
      }
      return [.saveFilter(filter)]
    } catch {
      naming.mistake = error.sentence
      layers[layers.count - 1] = .naming(naming)
      return []
    }
  }

  /// What became of a filter that was to be saved.
  mutating func handle(_ message: FilterMessage) -> [Effect] {
    switch message {
    case .saved(let filter, let all):
      if case .naming = top { layers.removeLast() }
      setFilter("")
      put(all)
      let effects = show(.saved(filter.name))
      say("saved as the tab \(filter.name), in [filters] of the config", .good)
      return effects
    case .refused(let sentence):
      if case .naming(var naming) = top {
        naming.mistake = sentence
        layers[layers.count - 1] = .naming(naming)
      } else {
        say(sentence, .bad)
      }
      return []
    }
  }
}
