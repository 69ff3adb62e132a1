internal import JSON
package import Runs
internal import Triage

extension Model {
  /// Takes over what was kept of the profile that is opened.
  package mutating func put(_ kept: Shelves) {
    shelves = kept
    inbox.hidden = Hidden(kept[.hidden])
    inbox.rearrange()
  }

  /// Keeps something on this machine, beyond the end of the program; nil takes it away.
  ///
  /// The loop writes it beside the keys, and says once of each shelf when it cannot be written.
  mutating func keep(_ shelf: ShelfSubject, _ key: String, _ value: JSONValue?) -> [Effect] {
    let entry = ShelfEntry(shelf: shelf, key: key, value: value)
    shelves.put(entry)
    return [.keep(entry)]
  }
}
