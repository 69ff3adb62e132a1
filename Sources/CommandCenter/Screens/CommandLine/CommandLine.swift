internal import Cells
internal import JSON
internal import Runs

/// The line behind `:` while it is typed.
package struct CommandLine: Sendable, Equatable {
  /// What stands in the line, without the colon.
  package internal(set) var line = LineEditor()
  /// What was typed, as long as a candidate or an earlier line stands in its place.
  var stem: String?
  /// Which candidate stands in the line.
  var choice: Int?
  /// Which of the earlier lines stands in the line, the newest first.
  var walk: Int?
  /// What is wrong with the line that was sent.
  var mistake: LineMistake?
  /// The start that was understood, and waits for a yes.
  var start: StartWish?
  /// What the workflow of a start takes, as far as it was asked for.
  var facts: LineFacts?
  /// Whether the list of workflows was asked for.
  var asksWorkflows = false
  /// The theme from before the line was opened: what was only looked at is taken back to it.
  let theme: String
  /// The theme that is being looked at.
  var previewed: String

  /// A line, opened while a theme is in use.
  init(_ text: String = "", theme: String) {
    line = LineEditor(text)
    self.theme = theme
    previewed = theme
  }

  /// What stands in the line.
  package var text: String { line.text }

  /// Takes a start as understood: it is what is shown, and nothing that was wrong before.
  mutating func understand(_ wish: StartWish) {
    start = wish
    mistake = nil
  }

  /// What completion goes by: what was typed up to the cursor, or the earlier line that came back.
  var typed: String { walk == nil ? stem ?? line.head : line.head }
}

/// What there is to know before a run of a workflow is started, while a line names it.
struct LineFacts: Equatable {
  var workflow: WorkflowID
  /// Nil while it is being read.
  var result: Result<StartFacts, Fault>?
}

/// A start as it was understood: what Enter will send.
struct StartWish: Equatable {
  var workflow: Workflow
  var input: JSONObject
  /// What the input was read by.
  var schema: JSONValue?
  /// The newest version, as far as it is known.
  var version: Int?
  /// Whether it is to be sent even where nothing can be read before.
  var insists: Bool
}

/// The names that the command line completes.
package struct Offers: Sendable, Equatable {
  /// Profiles of the config.
  package var profiles: [String]
  /// Themes that there are.
  package var themes: [String]

  /// What there is to name.
  package init(profiles: [String] = [], themes: [String] = []) {
    self.profiles = profiles
    self.themes = themes
  }
}
