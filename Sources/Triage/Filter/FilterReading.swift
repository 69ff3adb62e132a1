/// What of a text can be read as a filter: while it is typed, the list follows that.
package struct FilterReading: Sendable, Equatable {
  /// All terms that mean something.
  package let filter: Filter
  /// These terms as they are written.
  package let text: String
  /// The first thing that means nothing, or is not finished.
  package let mistake: Filter.Mistake?
  /// Whether all that is missing is the quote at the end.
  package let isOpen: Bool

  /// Reads as much of a text as can be read.
  package init(_ text: String) {
    do throws(Filter.Mistake) {
      filter = try Filter(text)
      (self.text, mistake, isOpen) = (text, nil, false)
    } catch {
      let letters = Array(text)
      let parts = FilterToken.all(of: text).map { token in
        let isOpen = token.values.last?.isOpen == true
        return (text: String(letters[token.range]) + (isOpen ? "\"" : ""), isOpen: isOpen)
      }
      let readable = parts.filter { (try? Filter($0.text)) != nil }
      let joined = readable.map(\.text).joined(separator: " ")
      // Terms that mean something alone may melt into something else: a mark takes the blank before it.
      let read = try? Filter(joined)
      filter = read ?? .none
      self.text = read == nil ? "" : joined
      mistake = error
      isOpen = readable.count == parts.count && parts.contains { $0.isOpen }
    }
  }
}
