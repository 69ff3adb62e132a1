package import JSON

/// What a shelf holds: small things that outlast the program, apart for each profile.
package enum ShelfSubject: String, Sendable, Hashable, CaseIterable {
  /// Lines that were sent from the command line, by their text.
  case history
  /// Failures that are done until they change, by their run.
  case hidden
  /// Forms that were filled in and not sent, by what they are for.
  case drafts

  /// How many entries are kept; the oldest give way.
  package var limit: Int {
    switch self {
    case .history: 500
    case .hidden: 2000
    case .drafts: 100
    }
  }

  /// The longest entry that is kept, in bytes of JSON.
  package var longest: Int { self == .drafts ? 256 << 10 : 4 << 10 }
}

/// A change to what is kept on this machine.
package struct ShelfEntry: Sendable, Equatable {
  package var shelf: ShelfSubject
  package var key: String
  /// What is kept under the key; nil takes it away.
  package var value: JSONValue?

  /// A change to a shelf.
  package init(shelf: ShelfSubject, key: String, value: JSONValue?) {
    self.shelf = shelf
    self.key = key
    self.value = value
  }
}

/// What is kept of a profile, the oldest first; an entry that is written anew is the newest.
package struct Shelves: Sendable, Equatable {
  private var contents: [ShelfSubject: JSONObject] = [:]

  /// Nothing kept.
  package init() {}

  /// What one shelf holds.
  package subscript(subject: ShelfSubject) -> JSONObject {
    get { contents[subject] ?? [:] }
    set { contents[subject] = newValue.isEmpty ? nil : newValue }
  }

  /// Lays a change on the shelf that it is for.
  ///
  /// An entry that is too long changes nothing; whoever writes the shelf says so.
  package mutating func put(_ entry: ShelfEntry) {
    guard entry.fits else { return }
    var object = self[entry.shelf]
    object[entry.key] = nil
    if let value = entry.value {
      object[entry.key] = value
      let excess = object.count - entry.shelf.limit
      if excess > 0 { object = JSONObject(Array(object.members.dropFirst(excess))) }
    }
    self[entry.shelf] = object
  }
}

extension ShelfEntry {
  /// Whether the entry is short enough to be kept.
  package var fits: Bool {
    let length = value.map { JSONWriter.bytes($0).count } ?? 0
    return key.utf8.count + length <= shelf.longest
  }
}
