internal import JSON
internal import Runs

/// One shelf: a JSON object of its entries, oldest first, in a file that is its owner's only.
struct ShelfFile {
  var subject: ShelfSubject
  /// The file's absolute path.
  var path: String

  /// The version of the form.
  private static let version = 1
  /// The longest file that is read, in bytes.
  private static let bound = 32 << 20

  private var file: StateFile { StateFile(path: path) }

  /// What the shelf holds; nothing when there is none.
  /// - Throws: A fault `local` when there is one that cannot be read.
  func load() throws(Fault) -> JSONObject {
    do throws(StateFile.Failure) {
      return try entries()
    } catch {
      throw Fault(.local, "what is kept in \(path) cannot be read: \(error.reason)")
    }
  }

  private func entries() throws(StateFile.Failure) -> JSONObject {
    guard let bytes = try file.contents(bound: ShelfFile.bound) else { return [:] }
    guard let value = try? JSONValue(parsing: bytes), value["shelf"]?.int == ShelfFile.version,
      let entries = value["entries"]?.object
    else {
      throw StateFile.Failure(
        "it is cut short, or of another version; the next change sets it aside as \(aside)"
      )
    }
    return entries
  }

  private var aside: String { "\(path).unread" }

  /// Lays changes on what stands in the file, under a lock that all who write here take.
  /// - Throws: A fault `local` when they cannot be kept; what stood there stands.
  func lay(_ changes: [ShelfEntry], isHurried: Bool) throws(Fault) {
    do throws(StateFile.Failure) {
      try file.locked(waits: !isHurried) { () throws(StateFile.Failure) in
        var shelves = Shelves()
        do throws(StateFile.Failure) {
          shelves[subject] = try entries()
        } catch {
          try file.setAside(as: aside)
        }
        for change in changes { shelves.put(change) }
        let content: JSONValue = [
          "shelf": .int(ShelfFile.version), "entries": .object(shelves[subject]),
        ]
        try file.replace(with: JSONWriter.bytes(content) + [0x0A], isSynced: !isHurried)
      }
      guard changes.allSatisfy(\.fits) else {
        throw StateFile.Failure("it is longer than \(subject.longest >> 10) KiB")
      }
    } catch {
      throw Fault(.local, "\(subject.words) cannot be kept in \(path): \(error.reason)")
    }
  }
}

extension ShelfSubject {
  /// What is kept there, in a sentence.
  fileprivate var words: String {
    switch self {
    case .history: "what was typed behind the colon"
    case .hidden: "what you hide"
    case .drafts: "the draft"
    }
  }
}
