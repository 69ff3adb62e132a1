internal import Cells

/// Ids as they are typed or piped in.
package enum IDText {
  /// The most that is read of a list, in bytes.
  package static let bound = 1 << 20
  /// The most ids of one list.
  package static let most = 10_000
  /// The longest id, in bytes.
  private static let longest = 300

  /// What is wrong with a list of ids, in one sentence.
  package struct Mistake: Error, Sendable, Equatable {
    package var sentence: String

    /// A mistake.
    package init(sentence: String) { self.sentence = sentence }
  }

  /// Reads a list: an id a line, without blank lines and what follows a `#` at the beginning of a line
  /// or behind a blank.
  /// - Throws: ``Mistake`` that names the line.
  package static func read(_ bytes: [UInt8]) throws(Mistake) -> [String] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Mistake(sentence: "the list of ids is not UTF-8 text")
    }
    var ids: [String] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      let id = trimmed(uncommented(line))
      guard !id.isEmpty else { continue }
      if let mistake = mistake(id) { throw Mistake(sentence: "line \(number + 1): \(mistake)") }
      ids.append(id)
      guard ids.count <= most else {
        throw Mistake(sentence: "there are more than \(most) ids in the list; part it")
      }
    }
    guard !ids.isEmpty else { throw Mistake(sentence: "there is no id in the list") }
    return ids
  }

  private static func uncommented(_ line: Substring) -> Substring {
    var isBlank = true
    for index in line.indices {
      if line[index] == "#", isBlank { return line[..<index] }
      isBlank = line[index] == " " || line[index] == "\t"
    }
    return line
  }

  private static func trimmed(_ line: Substring) -> String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    var line = line.drop(while: isBlank)
    while line.last.map(isBlank) ?? false { line.removeLast() }
    return String(line)
  }

  /// Why a text can be no id; nil when it can.
  package static func mistake(_ text: String) -> String? {
    guard !text.isEmpty else { return "an id is empty" }
    guard text.utf8.count <= longest else { return "an id is longer than \(longest) bytes" }
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
        return "\(Text.sanitised(text)) has a control character in it; that is no id"
      }
      if scalar.properties.isWhitespace {
        return "\(Text.sanitised(text)) has a blank in it; write one id a line"
      }
    }
    return nil
  }
}
