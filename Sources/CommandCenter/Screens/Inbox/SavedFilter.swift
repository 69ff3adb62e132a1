package import Triage

/// A filter with a name: it stands in the config, and is a tab behind the inbox.
package struct SavedFilter: Sendable, Equatable {
  package let name: String
  /// As it is written.
  package let text: String
  package let filter: Filter

  /// Why a filter cannot be saved.
  package struct Mistake: Error, Sendable, Equatable {
    package var sentence: String
  }

  /// A filter under a name.
  /// - Throws: ``Mistake`` for a name that is none, and for what is wrong with the filter.
  package init(name: String, text: String) throws(Mistake) {
    if let flaw = SavedFilter.flaw(name) { throw Mistake(sentence: flaw) }
    self.name = name
    self.text = text
    do throws(Filter.Mistake) {
      filter = try Filter(text)
    } catch {
      let wrong = text.dropFirst(error.range.lowerBound).prefix(error.range.count)
      throw Mistake(sentence: "\(error.words), at \(wrong)")
    }
    guard !filter.isEmpty else { throw Mistake(sentence: "the filter is empty") }
  }

  /// What is wrong with a name; nil when nothing is.
  package static func flaw(_ name: String) -> String? {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
      default: false
      }
    }
    guard isPlain, (1...24).contains(name.utf8.count) else {
      return "a filter's name has up to 24 letters, digits, hyphens and underscores"
    }
    return nil
  }
}

/// What becomes of a filter that is to be saved.
package enum FilterMessage: Sendable, Equatable {
  /// It stands in the config, with these others.
  case saved(SavedFilter, among: [SavedFilter])
  /// It cannot be written.
  case refused(String)
}
