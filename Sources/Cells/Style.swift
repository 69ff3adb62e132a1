/// How a cell is meant: its role, and what the moment adds to it.
///
/// Packed into 16 bits, so that comparing frames is comparing integers.
package struct Look: Hashable, Sendable {
  /// The packed value: the role's ordinal in the low byte, the marks above it.
  package private(set) var packed: UInt16

  private static let selectedBit: UInt16 = 1 << 8
  private static let dimmedBit: UInt16 = 1 << 9
  private static let boldBit: UInt16 = 1 << 10
  private static let underlinedBit: UInt16 = 1 << 11

  package init(
    _ role: Role,
    selected: Bool = false,
    dimmed: Bool = false,
    bold: Bool = false,
    underlined: Bool = false
  ) {
    packed = role.ordinal
    self.selected = selected
    self.dimmed = dimmed
    self.bold = bold
    self.underlined = underlined
  }

  package var role: Role {
    get { Role.ordered[Int(packed & 0xFF)] }
    set { packed = packed & 0xFF00 | newValue.ordinal }
  }

  /// The cell lies in the row under the cursor.
  package var selected: Bool {
    get { packed & Self.selectedBit != 0 }
    set { set(Self.selectedBit, newValue) }
  }

  /// The cell lies on a page that is not current: old data, or something under a dialog.
  package var dimmed: Bool {
    get { packed & Self.dimmedBit != 0 }
    set { set(Self.dimmedBit, newValue) }
  }

  package var bold: Bool {
    get { packed & Self.boldBit != 0 }
    set { set(Self.boldBit, newValue) }
  }

  package var underlined: Bool {
    get { packed & Self.underlinedBit != 0 }
    set { set(Self.underlinedBit, newValue) }
  }

  private mutating func set(_ bit: UInt16, _ on: Bool) {
    packed = on ? packed | bit : packed & ~bit
  }

  package static let text = Look(.text)
  package static let secondary = Look(.secondary)
  package static let faint = Look(.faint)
  package static let title = Look(.title)
  package static let chrome = Look(.chrome)
  package static let tab = Look(.tab)
  package static let tabActive = Look(.tabActive)
  package static let section = Look(.section)
  package static let key = Look(.key)
  package static let accent = Look(.accent)
  package static let attention = Look(.attention)
  package static let draining = Look(.draining)
  package static let running = Look(.running)
  package static let paused = Look(.paused)
  package static let queued = Look(.queued)
  package static let success = Look(.success)
  package static let failure = Look(.failure)
  package static let stopped = Look(.stopped)
  package static let warning = Look(.warning)
  package static let selection = Look(.selection)
  package static let dialog = Look(.dialog)
  package static let field = Look(.field)
}

/// What a terminal is asked to show: colours and attributes.
package struct Style: Hashable, Sendable {
  /// The colour of the glyph; nil is the terminal's own.
  package var foreground: Color?
  /// The colour behind the glyph; nil is the terminal's own.
  package var background: Color?
  package var bold: Bool
  package var underline: Bool
  package var reverse: Bool
  package var dim: Bool

  package init(
    foreground: Color? = nil,
    background: Color? = nil,
    bold: Bool = false,
    underline: Bool = false,
    reverse: Bool = false,
    dim: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.bold = bold
    self.underline = underline
    self.reverse = reverse
    self.dim = dim
  }
}
