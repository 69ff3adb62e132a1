internal import Cells
internal import Runs
internal import Triage

/// What the operator has set up, as values; where it comes from is not this room's business.
package struct Config: Sendable, Equatable {
  /// The name of the theme.
  package var theme: String
  /// Whether glyphs are ASCII; nil goes by the locale.
  package var asciiGlyphs: Bool?
  /// Whether the mouse is listened to.
  package var mouse: Bool
  /// Whether the line to the terminal is slow: nothing is drawn for looks, and ages count minutes.
  package var lowBandwidth: Bool
  /// Why nothing may be changed, when it may not: "started with --read-only".
  package var readOnly: String?
  /// How long a run may be silent before it can look stuck.
  package var stuckAfter: Duration
  package var keymap: Keymap

  /// Settings.
  package init(
    theme: String = "midnight",
    asciiGlyphs: Bool? = nil,
    mouse: Bool = true,
    lowBandwidth: Bool = false,
    readOnly: String? = nil,
    stuckAfter: Duration = Lookout.standardPatience,
    keymap: Keymap = .standard
  ) {
    self.theme = theme
    self.asciiGlyphs = asciiGlyphs
    self.mouse = mouse
    self.lowBandwidth = lowBandwidth
    self.readOnly = readOnly
    self.stuckAfter = stuckAfter
    self.keymap = keymap
  }
}

/// Whom the front talks to, as the top line names it.
package struct ProfileFacts: Sendable, Equatable {
  /// The profile's name; `demo` or `env` where there is none in a file.
  package var name: String
  package var tenant: String?
  package var project: String?
  /// Host and port, for sentences.
  package var place: String
  /// Whether bulk and immediate stop ask for the profile's name.
  package var isProtected: Bool
  /// How long approve, reject, stop and bulk can be taken back before they are sent; zero sends at
  /// once.
  package var undoWindow: Duration

  /// Facts of a profile.
  package init(
    name: String,
    tenant: String? = nil,
    project: String? = nil,
    place: String,
    isProtected: Bool = false,
    undoWindow: Duration = .zero
  ) {
    self.name = name
    self.tenant = tenant
    self.project = project
    self.place = place
    self.isProtected = isProtected
    self.undoWindow = undoWindow
  }

  /// `acme/payments`, as far as it is known.
  package var scope: String {
    [tenant, project].compactMap { $0 }.joined(separator: "/")
  }
}
