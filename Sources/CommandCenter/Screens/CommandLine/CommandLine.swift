internal import Cells

/// The line behind `:` while it is typed.
package struct CommandLine: Sendable, Equatable {
  /// What stands in the line, without the colon.
  package var text = ""
  /// What was typed, as long as a candidate stands in the line in its place.
  var stem: String?
  /// Which candidate stands in the line.
  var choice: Int?
  /// What is wrong with the line that was sent.
  var mistake: String?
  /// The theme from before the line was opened: what was only looked at is taken back to it.
  let theme: String
  /// The theme that is being looked at.
  var previewed: String

  /// An empty line, opened while a theme is in use.
  init(theme: String) {
    self.theme = theme
    previewed = theme
  }
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

/// What a line asks for.
enum LineCommand: Equatable {
  case profile(String)
  case theme(String)
  case token
  case help
  case quit

  /// A verb of the line, with what it takes and does.
  struct Verb {
    var name: String
    var argument: String?
    var description: String
  }

  static let verbs = [
    Verb(name: "profile", argument: "NAME", description: "talk to another profile's server"),
    Verb(name: "theme", argument: "NAME", description: "draw with another theme"),
    Verb(name: "token", description: "enter a new token for this profile"),
    Verb(name: "help", description: "the keys of this screen"),
    Verb(name: "quit", description: "leave"),
  ]

  /// Why a line cannot be done.
  struct Mistake: Error, Equatable {
    var sentence: String
  }

  /// Reads a line; the beginning of a verb is enough where it is the only one.
  init(_ text: String, _ offers: Offers) throws(Mistake) {
    var words = text.split(separator: " ").map(String.init)
    guard !words.isEmpty else { throw Mistake(sentence: "nothing is asked") }
    let word = words.removeFirst()
    let meant = LineCommand.verbs.filter { $0.name == word }
    let verbs = meant.isEmpty ? LineCommand.verbs.filter { $0.name.hasPrefix(word) } : meant
    guard let verb = verbs.first, verbs.count == 1 else {
      let names = (verbs.isEmpty ? LineCommand.verbs : verbs).map(\.name)
      let list = names.joined(separator: ", ")
      throw Mistake(
        sentence: verbs.isEmpty
          ? "there is no command \(word); there are \(list)" : "\(word) can be \(list)"
      )
    }
    guard words.count <= (verb.argument == nil ? 0 : 1) else {
      let wanted = verb.argument == nil ? "nothing" : "one name"
      throw Mistake(sentence: "\(verb.name) takes \(wanted) behind it")
    }
    switch verb.name {
    case "profile": self = .profile(try LineCommand.name(words, "profile", offers.profiles))
    case "theme": self = .theme(try LineCommand.name(words, "theme", offers.themes))
    case "token": self = .token
    case "help": self = .help
    default: self = .quit
    }
  }

  /// The name behind a verb, which must be one of those that there are.
  private static func name(
    _ words: [String],
    _ noun: String,
    _ names: [String]
  ) throws(Mistake) -> String {
    let offer =
      names.isEmpty ? "the config has none" : "there are \(names.joined(separator: ", "))"
    guard let name = words.first else {
      throw Mistake(sentence: "write the name of a \(noun): \(offer)")
    }
    guard names.contains(name) else {
      throw Mistake(sentence: "there is no \(noun) \(name); \(offer)")
    }
    return name
  }
}

extension CommandLine {
  /// A way to go on from what was typed.
  struct Candidate: Equatable {
    /// The whole line.
    var line: String
    /// What it does, or is.
    var description: String
  }

  /// The ways to go on from what was typed.
  func candidates(_ model: Model) -> [Candidate] {
    let typed = stem ?? text
    guard let space = typed.firstIndex(of: " ") else {
      return LineCommand.verbs.filter { $0.name.hasPrefix(typed) }.map { verb in
        let line = verb.argument == nil ? verb.name : "\(verb.name) "
        return Candidate(line: line, description: verb.description)
      }
    }
    let word = typed[..<space]
    let rest = typed[space...].drop { $0 == " " }
    let verbs = LineCommand.verbs.filter { $0.argument != nil && $0.name.hasPrefix(word) }
    guard let verb = verbs.first, verbs.count == 1 else { return [] }
    let (names, inUse) =
      verb.name == "theme"
      ? (model.offers.themes, theme) : (model.offers.profiles, model.profile.name)
    return names.filter { $0.hasPrefix(rest) }.map { name in
      Candidate(line: "\(verb.name) \(name)", description: name == inUse ? "in use" : "")
    }
  }
}
