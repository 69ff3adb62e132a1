/// What a piece of screen means; a theme says how each meaning looks.
///
/// The raw value is the name in theme files.
package enum Role: String, CaseIterable, Sendable {
  case text
  case secondary
  case faint
  case title
  case chrome
  case tab
  case tabActive = "tab-active"
  case section
  /// The key of a hint.
  case key
  case accent
  /// Something waits for the operator.
  case attention
  case draining
  case running
  case paused
  case queued
  case success
  case failure
  case stopped
  case warning
  /// The row under the cursor; its background also shows through every selected look.
  case selection
  case dialog
  case field

  /// The letter that stands for the role in recorded screens; no two roles share one.
  package var letter: Character {
    switch self {
    case .text: "t"
    case .secondary: "y"
    case .faint: "i"
    case .title: "h"
    case .chrome: "c"
    case .tab: "b"
    case .tabActive: "v"
    case .section: "s"
    case .key: "k"
    case .accent: "a"
    case .attention: "n"
    case .draining: "d"
    case .running: "r"
    case .paused: "p"
    case .queued: "q"
    case .success: "u"
    case .failure: "f"
    case .stopped: "o"
    case .warning: "w"
    case .selection: "l"
    case .dialog: "g"
    case .field: "e"
    }
  }

  /// The place of the role in `allCases`; looks are packed with it.
  var ordinal: UInt16 {
    switch self {
    case .text: 0
    case .secondary: 1
    case .faint: 2
    case .title: 3
    case .chrome: 4
    case .tab: 5
    case .tabActive: 6
    case .section: 7
    case .key: 8
    case .accent: 9
    case .attention: 10
    case .draining: 11
    case .running: 12
    case .paused: 13
    case .queued: 14
    case .success: 15
    case .failure: 16
    case .stopped: 17
    case .warning: 18
    case .selection: 19
    case .dialog: 20
    case .field: 21
    }
  }

  /// All roles by their ordinals.
  static let ordered: [Role] = Role.allCases
}
