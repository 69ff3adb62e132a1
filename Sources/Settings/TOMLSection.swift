internal import Cells

/// A table of a TOML file, read key by key; every mistake names the key's path.
struct TOMLSection {
  let file: String
  /// Where the table stands: `profile.prod`; empty at the top of the file.
  let path: String
  private let members: [String: TOMLNode]

  /// The top of a file.
  init(parsing text: String, file: String) throws(Mistake) {
    self.init(file: file, path: "", members: try TOMLNode.parse(text, file: file))
  }

  private init(file: String, path: String, members: [String: TOMLNode]) {
    self.file = file
    self.path = path
    self.members = members
  }

  /// The keys, in order of their names: the parser does not keep the order of the file.
  var keys: [String] { members.keys.sorted() }

  /// Refuses keys that nobody reads.
  func allow(only known: [String]) throws(Mistake) {
    guard let stranger = keys.first(where: { !known.contains($0) }) else { return }
    let meant = Spelling.nearest(to: stranger, among: known)
    let advice =
      meant.map { "\(path(of: $0)) was meant?" } ?? "there are \(known.joined(separator: ", "))"
    throw mistake("\(path(of: stranger)) is no setting; \(advice)")
  }

  /// Whether a key is given.
  func has(_ key: String) -> Bool { members[key] != nil }

  /// Whether a table stands under a key.
  func isTable(_ key: String) -> Bool { if case .table = members[key] { true } else { false } }

  /// The text under a key; an empty one is a mistake.
  func text(_ key: String) throws(Mistake) -> String? {
    guard let value = members[key] else { return nil }
    guard case .text(let text) = value else { throw wrong(key, value, "a text in quotes") }
    guard !text.isEmpty else {
      throw mistake("\(path(of: key)) is empty; write it or leave it out")
    }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw mistake("\(path(of: key)) has a control character in it; write it again")
    }
    return text
  }

  /// A text or a whole number under a key, as text.
  func textOrNumber(_ key: String) throws(Mistake) -> String? {
    if case .whole(let number) = members[key] { return String(number) }
    return try text(key)
  }

  /// A whole number under a key, within a range.
  func whole(_ key: String, in range: ClosedRange<Int>) throws(Mistake) -> Int? {
    guard let value = members[key] else { return nil }
    let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .whole(let number) = value else { throw wrong(key, value, wanted) }
    guard range.contains(number) else {
      throw mistake("\(path(of: key)) is \(number); write \(wanted)")
    }
    return number
  }

  /// One of some words under a key.
  func word(_ key: String, of words: [String]) throws(Mistake) -> String? {
    guard let text = try text(key) else { return nil }
    guard words.contains(text) else {
      let choice = words.map { "\"\($0)\"" }.joined(separator: " or ")
      throw mistake("\(path(of: key)) is \"\(text)\"; write \(choice)")
    }
    return text
  }

  /// Truth under a key.
  func truth(_ key: String) throws(Mistake) -> Bool? {
    guard let value = members[key] else { return nil }
    guard case .truth(let truth) = value else { throw wrong(key, value, "true or false") }
    return truth
  }

  /// A whole number under a key, within bounds.
  func whole(
    _ key: String,
    in bounds: ClosedRange<Int>,
    of unit: String
  ) throws(Mistake) -> Int? {
    guard let value = members[key] else { return nil }
    let wanted = "a whole number of \(unit) from \(bounds.lowerBound) to \(bounds.upperBound)"
    guard case .whole(let number) = value else { throw wrong(key, value, wanted) }
    guard bounds.contains(number) else {
      throw mistake("\(path(of: key)) is \(number); write \(wanted)")
    }
    return number
  }

  /// A list of texts under a key.
  func texts(_ key: String) throws(Mistake) -> [String]? {
    guard let value = members[key] else { return nil }
    guard case .list(let items) = value else { throw wrong(key, value, "a list of texts") }
    var texts: [String] = []
    for (index, item) in items.enumerated() {
      guard case .text(let text) = item else { throw wrong("\(key)[\(index)]", item, "a text") }
      texts.append(text)
    }
    return texts
  }

  /// A text, or a list of texts, under a key; none where the key is missing.
  func textOrTexts(_ key: String) throws(Mistake) -> [String] {
    if case .text(let text) = members[key] { return [text] }
    guard let value = members[key] else { return [] }
    guard case .list = value else { throw wrong(key, value, "a text or a list of texts") }
    return try texts(key) ?? []
  }

  /// The table under a key.
  func section(_ key: String) throws(Mistake) -> TOMLSection? {
    guard let value = members[key] else { return nil }
    guard case .table(let members) = value else { throw wrong(key, value, "a table") }
    return TOMLSection(file: file, path: path(of: key), members: members)
  }

  /// The path of a key of this table.
  func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// A mistake of this file.
  func mistake(_ reason: String) -> Mistake { Mistake(file, reason) }

  private func wrong(_ key: String, _ value: TOMLNode, _ wanted: String) -> Mistake {
    mistake("\(path(of: key)) is \(value.typeName); write \(wanted)")
  }
}
