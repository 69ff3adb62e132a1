package import Runs

/// Finds the workflow that somebody means.
///
/// It is never guessed: where several fit, all of them are candidates.
package enum WorkflowMatch {
  /// The workflows that a text may mean: those of the exact name or id; without one, those whose id
  /// begins with it; without one, those whose name has every word of it at the beginning of a word.
  /// - Parameters:
  ///   - text: A name, an id or the beginning of one, or words of a name.
  ///   - workflows: What there is.
  /// - Returns: The candidates, in the order of `workflows`; of an empty text none.
  package static func candidates(_ text: String, among workflows: [Workflow]) -> [Workflow] {
    guard !text.isEmpty else { return [] }
    let exact = workflows.filter { $0.name == text || $0.id.text == text }
    if !exact.isEmpty { return exact }
    let wanted = words(of: text)
    let begun = workflows.filter { $0.id.text.hasPrefix(text) }
    if !begun.isEmpty { return begun }
    guard !wanted.isEmpty else { return [] }
    let same = workflows.filter { words(of: $0.name) == wanted }
    if !same.isEmpty { return same }
    return workflows.filter { workflow in
      let parts = words(of: workflow.name)
      return wanted.allSatisfy { word in parts.contains { $0.hasPrefix(word) } }
    }
  }

  /// The workflows that are left while a name is typed, the likeliest first: those whose name begins
  /// with it, then those that have it, or all words of it, anywhere in name or id.
  package static func narrowed(_ text: String, among workflows: [Workflow]) -> [Workflow] {
    let typed = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    guard !typed.isEmpty else { return workflows }
    let whole = typed.joined(separator: " ")
    let left = workflows.filter { workflow in
      let names = [workflow.name.lowercased(), workflow.id.text.lowercased()]
      return typed.allSatisfy { word in names.contains { $0.contains(word) } }
    }
    let begun = left.filter { $0.name.lowercased().hasPrefix(whole) }
    return begun + left.filter { !$0.name.lowercased().hasPrefix(whole) }
  }

  /// What to say of words that name no workflow together, where the first ones alone name one.
  ///
  /// The rest are an input, as it seems, without its sign. Nil where they do not.
  package static func mistakenInput(_ words: [String], among workflows: [Workflow]) -> String? {
    for count in stride(from: words.count - 1, to: 0, by: -1) {
      let found = candidates(words.prefix(count).joined(separator: " "), among: workflows)
      guard let workflow = found.first, found.count == 1 else { continue }
      let rest = words.dropFirst(count)
      let pair = "\(rest.first ?? "key")=\(rest.count == 2 ? rest.last ?? "" : "value")"
      return "no workflow is called \(words.joined(separator: " ")); if "
        + "\(rest.joined(separator: " ")) is input of \(workflow.name), write "
        + (rest.count > 2 ? "key=value words" : pair)
    }
    return nil
  }

  /// The words of a name in lower case: what stands between anything but letters and digits.
  private static func words(of text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}
