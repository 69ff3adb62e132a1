internal import JSON

/// Manual pages, made of what the program declares about its arguments.
///
/// They are written with the macros that every `man` knows: `.TH`, `.SH`, `.TP`, `.PP`.
package struct Manual: Sendable {
  /// One page.
  package struct Page: Sendable, Equatable {
    /// The file's name: `command-center-stop.1`.
    package var name: String
    package var text: String
  }

  /// What is wrong with the declarations, in one sentence.
  package struct Mistake: Error, Sendable, Equatable {
    package var sentence: String
  }

  /// A word and what it means, for lists that no argument declares.
  package struct Entry: Sendable, Equatable {
    package var word: String
    package var meaning: String

    /// An entry.
    package init(_ word: String, _ meaning: String) {
      self.word = word
      self.meaning = meaning
    }
  }

  private let root: Declaration
  private let version: String
  private let files: [Entry]
  private let environment: [Entry]

  /// The manual of a program.
  /// - Parameters:
  ///   - dump: Its declarations, as `--experimental-dump-help` writes them.
  ///   - version: The program's version.
  ///   - files: The files that it reads and writes.
  ///   - environment: The variables that it reads.
  /// - Throws: ``Mistake`` when the dump is none.
  package init(
    dump: String,
    version: String,
    files: [Entry],
    environment: [Entry]
  ) throws(Mistake) {
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(parsing: dump)
    } catch {
      throw Mistake(sentence: "the declarations cannot be read: \(error.sentence)")
    }
    guard let command = value["command"], let root = Declaration(command) else {
      throw Mistake(sentence: "the declarations name no command")
    }
    self.root = root
    self.version = version
    self.files = files
    self.environment = environment
  }

  /// A page for the program and one for each of its verbs.
  package var pages: [Page] {
    [rootPage] + root.commands.map(page)
  }

  private var rootPage: Page {
    var out = Roff()
    out.title(root.name, version)
    out.section("NAME")
    out.line("\(Roff.text(root.name)) \\- \(Roff.text(Manual.bare(root.abstract)))")
    out.section("SYNOPSIS")
    out.synopsis(root, under: nil)
    out.line(".PP")
    out.line("\\fB\(Roff.text(root.name))\\fR \\fIcommand\\fR ...")
    out.section("DESCRIPTION")
    out.prose(root.discussion)
    out.section("COMMANDS")
    for command in root.commands {
      out.item("\\fB\(Roff.text("\(root.name)-\(command.name)"))\\fR(1)", command.abstract)
    }
    out.options(root)
    ends(&out)
    out.entries("FILES", files)
    out.entries("ENVIRONMENT", environment)
    return Page(name: "\(root.name).1", text: out.text)
  }

  private func page(_ command: Declaration) -> Page {
    let name = "\(root.name)-\(command.name)"
    var out = Roff()
    out.title(name, version)
    out.section("NAME")
    out.line("\(Roff.text(name)) \\- \(Roff.text(Manual.bare(command.abstract)))")
    out.section("SYNOPSIS")
    let shown = command.commands.isEmpty ? [command] : command.commands
    for part in shown {
      out.synopsis(
        part,
        under: part.name == command.name ? root.name : "\(root.name) \(command.name)"
      )
      if part != shown.last { out.line(".br") }
    }
    if !command.discussion.isEmpty {
      out.section("DESCRIPTION")
      out.prose(command.discussion)
    }
    out.options(command)
    for part in command.commands {
      out.section("\(command.name) \(part.name)".uppercased())
      out.prose(part.abstract)
      out.prose(part.discussion)
      out.list(part.arguments)
    }
    ends(&out)
    out.section("SEE ALSO")
    out.line("\\fB\(Roff.text(root.name))\\fR(1)")
    return Page(name: "\(name).1", text: out.text)
  }

  private func ends(_ out: inout Roff) {
    out.entries(
      "EXIT STATUS",
      ExitCode.allCases.map { Entry(String($0.rawValue), $0.meaning) }
    )
  }

  /// A sentence as it stands behind a name: without its full stop.
  private static func bare(_ sentence: String) -> String {
    sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
  }
}

/// What the program declares about a command.
struct Declaration: Sendable, Equatable {
  /// An argument, an option or a flag.
  struct Argument: Sendable, Equatable {
    var isPositional: Bool
    var isFlag: Bool
    var isOptional: Bool
    var isRepeating: Bool
    /// With their hyphens, the short ones first.
    var names: [String]
    var value: String
    var abstract: String
    var values: [String]
    var standard: String?
  }

  var name: String
  var abstract: String
  var discussion: String
  var arguments: [Argument]
  /// Those that are shown.
  var commands: [Declaration]

  init?(_ value: JSONValue) {
    guard let name = value["commandName"]?.string else { return nil }
    self.name = name
    abstract = value["abstract"]?.string ?? ""
    discussion = value["discussion"]?.string ?? ""
    arguments = (value["arguments"]?.array ?? []).compactMap(Argument.init)
    commands = (value["subcommands"]?.array ?? []).compactMap { command in
      let isShown = command["shouldDisplay"]?.bool ?? true
      return isShown && command["commandName"] != "help" ? Declaration(command) : nil
    }
  }
}

extension Declaration.Argument {
  init?(_ value: JSONValue) {
    guard value["shouldDisplay"]?.bool ?? true, let kind = value["kind"]?.string else {
      return nil
    }
    isPositional = kind == "positional"
    isFlag = kind == "flag"
    isOptional = value["isOptional"]?.bool ?? false
    isRepeating = value["isRepeating"]?.bool ?? false
    names = (value["names"]?.array ?? []).compactMap { name in
      guard let text = name["name"]?.string else { return nil }
      return name["kind"] == "long" ? "--\(text)" : "-\(text)"
    }
    self.value = value["valueName"]?.string ?? ""
    abstract = value["abstract"]?.string ?? ""
    values = (value["allValues"]?.array ?? []).compactMap(\.string)
    standard = value["defaultValue"]?.string
  }
}

/// Text for `man`.
private struct Roff {
  private(set) var text = ""

  /// Foreign text within a line.
  static func text(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "’": out += "\\(cq"
      case "“": out += "\\(lq"
      case "”": out += "\\(rq"
      case "…": out += "..."
      default: out.append(character)
      }
    }
    return out
  }

  /// A line; one that begins like a request is none.
  mutating func line(_ line: String) {
    let isRequest = line.hasPrefix(".") && line.dropFirst().first?.isLetter == true
    if !isRequest, line.hasPrefix(".") || line.hasPrefix("'") { text += "\\&" }
    text += line + "\n"
  }

  mutating func title(_ name: String, _ version: String) {
    line(
      ".TH \(Roff.text(name.uppercased())) 1 \"\" \"\(Roff.text("command-center \(version)"))\" "
        + "\"Command Center\""
    )
  }

  mutating func section(_ title: String) { line(".SH \(Roff.text(title))") }

  /// Words and what they mean.
  mutating func entries(_ title: String, _ entries: [Manual.Entry]) {
    guard !entries.isEmpty else { return }
    section(title)
    for entry in entries { item("\\fB\(Roff.text(entry.word))\\fR", entry.meaning) }
  }

  mutating func item(_ head: String, _ meaning: String) {
    line(".TP")
    line(head)
    for part in meaning.split(separator: "\n") { foreign(String(part)) }
  }

  /// Paragraphs; what is set in by blanks is an example.
  mutating func prose(_ prose: String) {
    for paragraph in paragraphs(prose) {
      if paragraph.allSatisfy({ $0.hasPrefix("  ") }) {
        line(".PP")
        line(".nf")
        line(".RS 4")
        for example in paragraph { foreign(String(example.drop { $0 == " " })) }
        line(".RE")
        line(".fi")
      } else {
        line(".PP")
        for sentence in paragraph { foreign(String(sentence)) }
      }
    }
  }

  private func paragraphs(_ prose: String) -> [[Substring]] {
    prose.split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0.allSatisfy { $0 == " " } }.map(Array.init)
  }

  /// A line of foreign text.
  private mutating func foreign(_ foreign: String) {
    let escaped = Roff.text(foreign)
    text += (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
  }

  mutating func synopsis(_ command: Declaration, under parent: String?) {
    let name = parent.map { "\($0) \(command.name)" } ?? command.name
    var parts = ["\\fB\(Roff.text(name))\\fR"]
    parts += command.arguments.filter(\.isPositional).map { argument in
      let value = "\\fI\(Roff.text(argument.value))\\fR\(argument.isRepeating ? " ..." : "")"
      return argument.isOptional ? "[\(value)]" : value
    }
    // One of the flags that cannot be left out has to be said.
    let needed = command.arguments.filter { !$0.isPositional && $0.isFlag && !$0.isOptional }
    if !needed.isEmpty {
      let names = needed.compactMap(\.names.first).map { "\\fB\(Roff.text($0))\\fR" }
      parts.append("(\(names.joined(separator: " | ")))")
    }
    if command.arguments.contains(where: { !$0.isPositional }) { parts.append("[\\fIoptions\\fR]") }
    line(parts.joined(separator: " "))
  }

  mutating func options(_ command: Declaration) {
    guard !command.arguments.isEmpty else { return }
    section("OPTIONS")
    list(command.arguments)
  }

  mutating func list(_ arguments: [Declaration.Argument]) {
    for argument in arguments {
      var head: String
      if argument.isPositional {
        head = "\\fI\(Roff.text(argument.value))\\fR"
      } else {
        head = argument.names.map { "\\fB\(Roff.text($0))\\fR" }.joined(separator: ", ")
        if !argument.isFlag { head += " \\fI\(Roff.text(argument.value))\\fR" }
      }
      var more: [String] = []
      // A sentence that has them all need not be followed by them.
      if !argument.values.allSatisfy(argument.abstract.contains) {
        more.append("One of \(argument.values.joined(separator: ", ")).")
      }
      if let standard = argument.standard { more.append("Without it: \(standard).") }
      item(head, ([argument.abstract] + more).filter { !$0.isEmpty }.joined(separator: "\n"))
    }
  }
}
