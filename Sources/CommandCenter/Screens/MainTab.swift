internal import Triage

/// A tab of the first screen.
package enum MainTab: Sendable, Hashable {
  /// What needs a person.
  case inbox
}

extension Model {
  /// The tabs that there are, in the order of their digits.
  package var tabs: [MainTab] { [.inbox] }

  /// What a tab is called on the line of tabs, and how many stand in it where that is counted.
  func label(of tab: MainTab) -> (name: String, count: Int?) {
    switch tab {
    case .inbox: ("Inbox", link.lastGood == nil ? nil : inbox.inbox.count)
    }
  }
}
