internal import Triage

/// A tab of the first screen.
package enum MainTab: Sendable, Hashable {
  /// What needs a person.
  case inbox
  /// What of it passes a filter of the config, by its name.
  case saved(String)
  /// What was decided on this machine.
  case activity
}

/// How a tab was left: it is found so again.
struct LeftTab: Sendable, Equatable {
  var filterText: String
  var selected: RowID?
  /// The first line that was on the screen.
  var scroll: Int
}

extension Model {
  /// The tabs that there are, in the order of their digits.
  package var tabs: [MainTab] { [.inbox] + filters.map { .saved($0.name) } + [.activity] }

  /// What a tab is called on the line of tabs, and how many stand in it where that is counted.
  func label(of tab: MainTab) -> (name: String, count: Int?) {
    let isKnown = link.lastGood != nil
    switch tab {
    case .inbox: return ("Inbox", isKnown ? inbox.inbox.count : nil)
    case .saved(let name): return (name, isKnown ? tally(of: name) : nil)
    case .activity: return ("Activity", nil)
    }
  }

  /// How many stand in the tab of a saved filter.
  private func tally(of name: String) -> Int? {
    guard let place = filters.firstIndex(where: { $0.name == name }),
      inbox.inbox.tallies.indices.contains(place)
    else { return nil }
    return inbox.inbox.tallies[place]
  }

  /// How many stand in the tab that is open, before anything that is typed narrows it.
  var openCount: Int { label(of: tab).count ?? inbox.inbox.count }

  /// What the open tab lets through.
  var baseFilter: Filter {
    guard case .saved(let name) = tab else { return .none }
    return filters.first { $0.name == name }?.filter ?? .none
  }

  /// Opens a tab, as it was left.
  mutating func show(_ next: MainTab) -> [Effect] {
    guard next != tab, tabs.contains(next) else { return [] }
    if tab == .activity {
      layers.removeAll { $0 == .activity }
    } else {
      inbox.left[tab] = LeftTab(
        filterText: inbox.filterText,
        selected: inbox.listing.selected,
        scroll: inbox.scroll
      )
    }
    guard next != .activity else { return openActivity() }
    let before = inbox.left[next]
    tab = next
    inbox.base = baseFilter
    inbox.filterText = before?.filterText ?? ""
    inbox.filter = (try? Filter(inbox.filterText)) ?? .none
    inbox.listing = Listing()
    inbox.listing.show(inbox.listed())
    inbox.scroll = before?.scroll ?? 0
    inbox.lastMove = nil
    inbox.previewed = nil
    if let selected = before?.selected { inbox.listing.select(selected) }
    showSelection()
    return watchSelection()
  }

  /// Opens the tab at a place, when there is one.
  mutating func showTab(at place: Int) -> [Effect] {
    tabs.indices.contains(place) ? show(tabs[place]) : []
  }

  /// Opens the next tab, or the one before, around.
  mutating func showTab(by step: Int) -> [Effect] {
    let tabs = tabs
    let place = tabs.firstIndex(of: tab) ?? 0
    return show(tabs[(place + step + tabs.count) % tabs.count])
  }

  /// Takes over the filters of the config.
  package mutating func put(_ saved: [SavedFilter]) {
    filters = saved
    inbox.counted = saved.map(\.filter)
    inbox.rearrange()
    if !tabs.contains(tab) { tab = .inbox }
    inbox.base = baseFilter
  }
}
