internal import TOMLKit

/// A value of a TOML file.
///
/// The library's own values refer into the parsed file; these stand for themselves.
enum TOMLNode: Equatable {
  case table([String: TOMLNode])
  case list([TOMLNode])
  case text(String)
  case whole(Int)
  case real(Double)
  case truth(Bool)
  case moment

  /// Parses a file.
  /// - Throws: ``Mistake`` with line and column.
  static func parse(_ text: String, file: String) throws(Mistake) -> [String: TOMLNode] {
    // The parser takes the text up to the first NUL: what stands behind it would be lost unsaid.
    guard !text.utf8.contains(0) else { throw Mistake(file, "is no text: it has a NUL in it") }
    let root: TOMLTable
    do {
      root = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let place = error.source.begin
      let position = Mistake.Position(line: place.line, column: place.column)
      throw Mistake(file, position: position, plain(error.description))
    } catch {
      throw Mistake(file, "is not TOML")
    }
    return withExtendedLifetime(root) { members(root) }
  }

  /// The parser's words without its preamble.
  private static func plain(_ words: String) -> String {
    let preamble = "Error while parsing "
    let rest = words.hasPrefix(preamble) ? "wrong " + words.dropFirst(preamble.count) : words
    return rest.isEmpty ? "is not TOML" : rest
  }

  private static func members(_ table: TOMLTable) -> [String: TOMLNode] {
    var members: [String: TOMLNode] = [:]
    for key in table.keys {
      if let value = table[key] { members[key] = TOMLNode(value) }
    }
    return members
  }

  private init(_ value: any TOMLValueConvertible) {
    if let table = value.table {
      self = .table(TOMLNode.members(table))
    } else if let list = value.array {
      self = .list(list.map { TOMLNode($0) })
    } else if let text = value.string {
      self = .text(text)
    } else if let truth = value.bool {
      self = .truth(truth)
    } else if let whole = value.int {
      self = .whole(whole)
    } else if let real = value.double {
      self = .real(real)
    } else {
      self = .moment
    }
  }

  /// The word for the value's type, for sentences.
  var typeName: String {
    switch self {
    case .table: "a table"
    case .list: "a list"
    case .text: "a text"
    case .whole: "a whole number"
    case .real: "a number with a fraction"
    case .truth: "true or false"
    case .moment: "a date or time"
    }
  }
}
