internal import Cells
package import JSON

/// A field of a form: what it came as, what it is now.
package struct FormField: Sendable, Equatable {
  /// The name under which the value is sent.
  package var name: String
  package var kind: FieldKind
  /// What it came as; nil when it was not there.
  package var original: JSONValue?
  /// What it is now; nil leaves it out.
  package var value: JSONValue?
  /// Why it may not be changed, as the remark beside it; nil when it may.
  package var readOnly: String?
  package var isRequired = false
  /// The only values that it may have; any when there are none.
  package var choices: [JSONValue] = []
  /// What a run takes when it is left out.
  package var preset: JSONValue?
  /// What is said beside it besides its kind.
  package var remark: String?
  /// What was typed and is not of its kind; it stays until it is mended.
  package var typed: String?
  /// What is wrong with it, in one sentence.
  package var mistake: String?

  /// A field that came with a value, or without.
  package init(_ name: String, _ kind: FieldKind, original: JSONValue? = nil) {
    self.name = name
    self.kind = kind
    self.original = original
    value = original
  }

  /// The field of a member of an object.
  package init(_ member: JSONObject.Member) {
    self.init(member.key, FieldKind(of: member.value), original: member.value)
  }

  /// Whether it is not what it came as; a number with another text is another number.
  package var isChanged: Bool { value != original || typed != nil }

  /// The text with which its line opens.
  package var text: String { typed ?? kind.text(of: value) }

  /// Whether it is too long to be edited in a line.
  package var isLong: Bool { text.utf8.count > LineEditor.valueLimit }

  /// Reads what was typed.
  /// - Throws: ``FieldKind/Mistake``, with the field's name in its sentence.
  package func value(of typed: String) throws(FieldKind.Mistake) -> JSONValue? {
    // Whoever empties a field that need not be there takes it away.
    if typed.isEmpty, original == nil { return nil }
    // Null stays null unless something is typed over it.
    if kind == .any, typed.allSatisfy(\.isWhitespace) { return original.map { _ in .null } }
    let value: JSONValue?
    do throws(FieldKind.Mistake) {
      value = try kind.value(of: typed)
    } catch {
      throw FieldKind.Mistake(
        sentence: kind == .pair ? error.sentence : "\(label) \(error.sentence)"
      )
    }
    if let value, !choices.isEmpty, !choices.contains(value) {
      let names = choices.map { Brief.field($0, limit: 40) }.joined(separator: ", ")
      throw FieldKind.Mistake(sentence: "\(label) is one of \(names)")
    }
    return value
  }

  /// Takes what was typed; what does not fit stays, with a sentence.
  package mutating func take(_ text: String) {
    do throws(FieldKind.Mistake) {
      value = try value(of: text)
      typed = nil
      mistake = nil
    } catch {
      typed = text
      mistake = error.sentence
    }
  }

  /// The name as it is shown.
  package var label: String { Text.sanitised(String(name.prefix(60))) }
}
