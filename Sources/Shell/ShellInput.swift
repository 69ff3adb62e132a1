internal import JSON
internal import Runs

/// The input of a start as it is typed: `key=value` words, or one JSON object.
enum ShellInput: Sendable, Equatable {
  case object(JSONObject)
  case words([Word])

  /// One `key=value`.
  struct Word: Sendable, Equatable {
    var key: String
    var text: String

    /// Reads a word; nil when it has no key or no `=`.
    init?(_ word: String) {
      guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return nil }
      key = String(word[..<sign])
      text = String(word[word.index(after: sign)...])
    }
  }

  /// What is wrong with an input, in one sentence.
  struct Mistake: Error, Equatable {
    var sentence: String
  }

  /// Reads the words of a command line.
  /// - Throws: ``Mistake`` for a word without `=`, a key given twice, JSON that is none.
  init(_ words: [String]) throws(Mistake) {
    if words.count == 1, let only = words.first, only.first(where: { !$0.isWhitespace }) == "{" {
      do throws(JSONMistake) {
        let value = try JSONValue(parsing: only)
        self = .object(value.object ?? [:])
      } catch {
        throw Mistake(sentence: "the input cannot be read: \(error.sentence)")
      }
      return
    }
    var read: [Word] = []
    for word in words {
      guard let next = Word(word) else {
        let words = "key=value words\(ShellInput.advice(word)), or one JSON object in quotes"
        throw Mistake(sentence: "\(word) is no input: write \(words)")
      }
      guard !read.contains(where: { $0.key == next.key }) else {
        throw Mistake(sentence: "\(next.key) is given twice")
      }
      read.append(next)
    }
    self = .words(read)
  }

  /// What a word would be with a key and a value.
  private static func advice(_ word: String) -> String {
    word.isEmpty || word.contains("=") || word.contains("{") ? "" : ", such as \(word)=value"
  }

  /// Whether a word of a command line is one of an input, not of a name.
  static func isInput(_ word: String) -> Bool {
    word.contains("=") || word.first { !$0.isWhitespace } == "{"
  }

  /// Whether a schema has a say in how the words are read.
  var wantsSchema: Bool { if case .words(let words) = self { !words.isEmpty } else { false } }

  /// The input, its words typed by the schema, or by what they look like.
  /// - Throws: ``Mistake`` for a word that is not of the type that the schema wants.
  func object(schema: JSONValue?) throws(Mistake) -> JSONObject {
    switch self {
    case .object(let object): return object
    case .words(let words):
      var object: JSONObject = [:]
      for word in words {
        object[word.key] = try word.value(type: ShellInput.type(of: word.key, in: schema))
      }
      return object
    }
  }

  /// The word for a field's type: of an object schema, or of a list of fields.
  private static func type(of key: String, in schema: JSONValue?) -> String? {
    if let type = schema?["properties"]?[key]?["type"]?.string { return type }
    let field = schema?.array?.first { $0["name"]?.string == key }
    return field?["type"]?.string
  }
}

extension ShellInput.Word {
  /// The value, of the type that a schema's word names; without one, of what it looks like.
  /// - Throws: `ShellInput.Mistake` when it is of another type.
  func value(type: String?) throws(ShellInput.Mistake) -> JSONValue {
    let literal = try? JSONValue(parsing: text)
    let wrong = { (wanted: String) in
      ShellInput.Mistake(sentence: "\(key) wants \(wanted), not \(text)")
    }
    switch type {
    case "string", "text": return .string(text)
    case "integer", "int":
      guard case .number(let number) = literal, number.int != nil else {
        throw wrong("a whole number")
      }
      return .number(number)
    case "number", "float":
      guard case .number(let number) = literal else { throw wrong("a number") }
      return .number(number)
    case "boolean", "bool":
      guard case .bool(let truth) = literal else { throw wrong("true or false") }
      return .bool(truth)
    case "array", "list":
      guard let literal, literal.array != nil else { throw wrong("a JSON list") }
      return literal
    case "object":
      guard let literal, literal.object != nil else { throw wrong("a JSON object") }
      return literal
    default:
      // A quoted text stays as it was typed: quotes may be meant.
      guard let literal, literal.string == nil else { return .string(text) }
      return literal
    }
  }
}

extension ShellInput {
  /// The first field that a schema requires, gives no value of its own, and that is not there.
  static func missing(from fields: JSONObject, schema: JSONValue?) -> String? {
    if let required = schema?["required"]?.array {
      return required.compactMap(\.string).first { name in
        fields[name] == nil && schema?["properties"]?[name]?["default"] == nil
      }
    }
    let item = schema?.array?.first { item in
      guard let name = item["name"]?.string, fields[name] == nil, item["default"] == nil else {
        return false
      }
      return !(item["optional"]?.bool ?? !(item["required"]?.bool ?? true))
    }
    return item?["name"]?.string
  }
}
