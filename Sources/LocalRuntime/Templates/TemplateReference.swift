/// A path into what a run knows: its input, the results and inputs of its steps, the run itself.
struct TemplateReference: Sendable, Hashable {
  /// The names between the dots.
  let path: [String]

  /// A path of names that are known to make one.
  init(path: [String]) { self.path = path }

  /// The path as it is written with dots.
  var text: String { path.joined(separator: ".") }

  /// The step that it reads, if it reads one.
  var stepID: String? { path[0] == "steps" && path.count > 2 ? path[1] : nil }

  /// Whether it has a value only inside a loop.
  var isLoopName: Bool {
    switch path[0] {
    case "item", "index", "foreach", "body", "while", "loop": true
    case "steps": path.count > 2 && path[2] == "item"
    default: false
    }
  }
}

extension TemplateReference {
  /// Reads a dotted path, refusing what can never have a value.
  init(reading word: String) throws(TemplateMistake) {
    let path = Self.path(word)
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw TemplateMistake(.syntax, "“\(word)” has an empty name between its dots")
    }
    let second = path.count > 1 ? path[1] : ""
    switch path[0] {
    case "input", "run", "connection", "item", "index": break
    case "steps":
      // `steps.<loop>.item` is how the Studio writes `item`.
      guard path.count >= 3, ["result", "input", "item"].contains(path[2]) else {
        throw Self.unreadable(word, ["steps.<id>.result", "steps.<id>.input"])
      }
    case "foreach":
      guard second == "item" || second == "index" else {
        throw Self.unreadable(word, ["foreach.item", "foreach.index"])
      }
    case "body":
      guard !second.isEmpty else { throw Self.unreadable(word, ["body.<id>"]) }
    case "while", "loop":
      guard second == "prev" || second == "iteration" else {
        throw Self.unreadable(word, ["\(path[0]).iteration", "\(path[0]).prev.<id>"])
      }
    default:
      let meant = Spelling.nearest(to: path[0], in: ["input", "steps", "run"])
      let hint = meant.map { "; “\($0)” was meant?" } ?? "; put texts in quotes"
      throw TemplateMistake(
        .syntax,
        "“\(word)” does not begin with “input”, “steps” or “run”\(hint)"
      )
    }
    self.path = path
  }

  /// The names between the dots; `list[0]` reads as `list.0`.
  private static func path(_ word: String) -> [String] {
    let names = word.split(separator: ".", omittingEmptySubsequences: false)
    guard word.contains("[") else { return names.map(String.init) }
    var path: [String] = []
    for name in names {
      let parts = name.split(separator: "[", omittingEmptySubsequences: false)
      let numbers = parts.dropFirst().map { $0.dropLast() }
      let areIndices = zip(parts.dropFirst(), numbers).allSatisfy {
        $0.last == "]" && !$1.isEmpty && $1.utf8.allSatisfy { (0x30...0x39).contains($0) }
      }
      // The ids of steps are names whatever they hold.
      let isID = path.count == 1 && (path[0] == "steps" || path[0] == "body")
      if !isID, areIndices, !(parts.first?.isEmpty ?? true) {
        path.append(String(parts[0]))
        path += numbers.map(String.init)
      } else {
        path.append(String(name))
      }
    }
    return path
  }

  private static func unreadable(_ word: String, _ forms: [String]) -> TemplateMistake {
    let forms = forms.map { "“\($0)”" }.joined(separator: " or ")
    return TemplateMistake(.syntax, "“\(word)” should read \(forms)")
  }
}
