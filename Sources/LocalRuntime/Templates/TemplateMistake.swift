/// Why a template cannot be read, or has no value.
struct TemplateMistake: Error, Sendable, Equatable {
  /// What kind of mistake it is.
  enum Kind: Sendable, Equatable {
    /// The text is no template of ours.
    case syntax
    /// A reference has no value and no "else".
    case missing
    /// The value would be larger or deeper than it may be.
    case excess
  }

  /// What kind of mistake it is.
  var kind: Kind
  /// The step whose field holds the template; empty while only the text is looked at.
  var step: String
  /// Where in the step: `tool_args.to.0`; empty while only the text is looked at.
  var place: String
  /// What is wrong, without step and place.
  var reason: String

  init(_ kind: Kind, step: String = "", place: String = "", _ reason: String) {
    self.kind = kind
    self.step = step
    self.place = place
    self.reason = reason
  }

  /// One sentence: where, and what.
  var sentence: String {
    let owner = step.isEmpty ? "" : "step “\(step)”"
    let whereabouts = [owner, place].filter { !$0.isEmpty }.joined(separator: ", ")
    return whereabouts.isEmpty ? reason : "\(whereabouts): \(reason)"
  }

  /// The same mistake, found at a place in a step.
  func at(_ place: String, step: String) -> TemplateMistake {
    TemplateMistake(kind, step: step, place: place, reason)
  }
}
