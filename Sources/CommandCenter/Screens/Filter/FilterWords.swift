internal import Cells
package import Triage

extension Filter.Mistake {
  /// What is wrong, with the word that was meant where one is near.
  package var words: String {
    guard let slip, let meant = Spelling.nearest(to: slip.word, among: slip.known) else {
      return sentence
    }
    return "\(slip.fact); \(meant) was meant?"
  }
}

extension FilterReading {
  /// What is wrong, and what the list shows as long as it is; nil when nothing is wrong.
  var words: String? {
    guard let mistake else { return nil }
    // What is only not closed yet is followed as far as it goes.
    if isOpen { return mistake.words }
    let shown = filter.isEmpty ? "the list is not narrowed yet" : "the list shows: \(text)"
    return "\(mistake.words); \(shown)"
  }
}

extension Model {
  /// What is odd about the filter that was typed; nil while it is being mended, or when nothing is.
  var filterDoubt: Filter.Mistake? {
    if case .filter(let prompt) = top, prompt.reading.mistake != nil { return nil }
    return inbox.filter.doubt(among: inbox.inbox.otherStatuses)
  }

  /// What is odd about the filter of the open tab, and where it can be mended.
  var tabDoubt: String? {
    guard case .saved(let name) = tab,
      let doubt = baseFilter.doubt(among: inbox.inbox.otherStatuses)
    else { return nil }
    return "\(doubt.words) ([filters] \(name) in the config)"
  }
}
