internal import JSON

/// The keys that a reader knows, and what each means to it; found by their bytes.
struct FieldNames<Field: Sendable>: Sendable {
  private struct Entry {
    var word: JSONWord
    var field: Field
  }

  /// A table with a gap behind each run of entries; a power of two.
  private var slots: [Entry?]

  /// Names of at most ``JSONWord/limit`` bytes.
  init(_ names: KeyValuePairs<String, Field>) {
    var size = 16
    while size < names.count * 3 { size *= 2 }
    slots = Array(repeating: nil, count: size)
    for (name, field) in names {
      guard let word = JSONWord(name) else {
        assertionFailure("\(name) is longer than a word; read it by its text")
        continue
      }
      var slot = first(for: word)
      while slots[slot] != nil { slot = next(slot) }
      slots[slot] = Entry(word: word, field: field)
    }
  }

  /// What a key means; nil for one that is not known.
  subscript(key: JSONKey) -> Field? {
    guard let word = key.word else { return nil }
    var slot = first(for: word)
    while let entry = slots[slot] {
      if entry.word.head == word.head, entry.word.tail == word.tail { return entry.field }
      slot = next(slot)
    }
    return nil
  }

  private func first(for word: JSONWord) -> Int {
    let mixed = (word.head ^ word.tail &* 31) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 48) & (slots.count - 1)
  }

  private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }
}
