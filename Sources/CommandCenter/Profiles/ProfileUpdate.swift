internal import Cells
package import Runs
internal import Triage

/// A profile that was opened: whom the front talks to from now on.
package struct ProfileOpening: Sendable, Equatable {
  package var facts: ProfileFacts
  /// Why nothing may be changed; nil when it may.
  package var readOnly: String?
  package var capabilities: Capabilities
  package var access: Access
  /// The theme that is drawn with, by its name.
  package var theme: String
  /// What there is to name, now.
  package var offers: Offers
  /// What the last session saw last; nil when nothing was kept.
  package var snapshot: Reading?
  /// What is kept of it on this machine.
  package var shelves: Shelves
  /// The filters of the config, now.
  package var filters: [SavedFilter]
  /// What is wrong with its theme or its snapshot, to be said once it is on the screen.
  package var remark: String?

  /// An opened profile.
  package init(
    facts: ProfileFacts,
    readOnly: String? = nil,
    capabilities: Capabilities = .agentRuntime,
    access: Access = Access(),
    theme: String = Theme.builtin.name,
    offers: Offers = Offers(),
    snapshot: Reading? = nil,
    shelves: Shelves = Shelves(),
    filters: [SavedFilter] = [],
    remark: String? = nil
  ) {
    self.facts = facts
    self.readOnly = readOnly
    self.capabilities = capabilities
    self.access = access
    self.theme = theme
    self.offers = offers
    self.snapshot = snapshot
    self.shelves = shelves
    self.filters = filters
    self.remark = remark
  }
}

/// What becomes of a wish for another profile.
package enum ProfileMessage: Sendable, Equatable {
  /// It is open.
  case opened(ProfileOpening)
  /// It cannot be opened, or not be written; what was open stays so.
  case refused(String)
}

/// How the inbox of a profile was left: it is found so again.
struct LeftInbox: Sendable, Equatable {
  var tab: MainTab
  var tabs: [MainTab: LeftTab]
  var filterText: String
  var order: Order
  var selected: RowID?
}

extension Model {
  /// What becomes of a wish for another profile.
  mutating func handle(_ message: ProfileMessage) -> [Effect] {
    switch message {
    case .opened(let opening):
      open(opening)
      return []
    case .refused(let sentence):
      if case .firstStart(var screen) = top {
        screen.form?.mistake = sentence
        screen.form?.isSending = false
        layers[layers.count - 1] = .firstStart(screen)
      } else {
        say(sentence, .bad)
      }
      return []
    }
  }

  /// Wants another profile, unless a decision is on its way: its outcome would not be seen there.
  mutating func switchProfile(to name: String) -> [Effect] {
    if name == profile.name {
      say("\(name) is the profile already", .plain)
      return []
    }
    if let waiting = held.last {
      let way = key(.takeBack, in: screenLayer.scope).map { "take it back with \($0) or wait" }
      say("\(waiting.name) is not sent yet: \(way ?? "wait"), then switch", .bad)
      return []
    }
    if let flight = flights.values.first {
      let verb = flight.decision.verb.word
      say("\(verb) \(flight.decision.title) is on its way: wait for its outcome, then switch", .bad)
      return []
    }
    return [.open(profile: name)]
  }

  /// Shows another profile, as it was left.
  private mutating func open(_ opening: ProfileOpening) {
    left[profile.name] = LeftInbox(
      tab: tab == .activity ? .inbox : tab,
      tabs: inbox.left,
      filterText: inbox.filterText,
      order: inbox.order,
      selected: inbox.listing.selected
    )
    profile = opening.facts
    access = opening.access
    offers = opening.offers
    config.readOnly = opening.readOnly
    config.theme = opening.theme
    permissions = permissions(opening)
    layers = [.inbox]
    tab = .inbox
    link = Link()
    inbox = InboxModel(at: now)
    details = DetailCache()
    workflows = nil
    workflowsFault = nil
    lookout = Lookout(patience: config.stuckAfter, waitsForHistory: true)
    historyWanted = nil
    historyMisses = [:]
    // What this program said stays; who reads the journals now has another worker.
    activity.isReading = false
    activity.readsAgain = false
    activity.isTyping = false
    held = []
    reversal = nil
    journalFault = nil
    flights = [:]
    done = [:]
    bulk = nil
    leftPlans = []
    asksToLeave = false
    put(opening.filters)
    put(opening.shelves)
    if let before = left[profile.name] {
      if tabs.contains(before.tab) { tab = before.tab }
      inbox.base = baseFilter
      inbox.left = before.tabs
      inbox.order = before.order
      inbox.filterText = before.filterText
      inbox.filter = (try? Filter(before.filterText)) ?? .none
      inbox.wanted = before.selected
    }
    if let snapshot = opening.snapshot { show(snapshot: snapshot) }
    if let remark = opening.remark {
      say("now on \(profile.name): \(remark)", .bad)
    } else {
      say("now on \(profile.name)", .plain)
    }
  }
}
