internal import Cells
package import JSON

/// JSON in a line that people read: keys without quotes, long things cut.
package enum Brief {
  /// The value in at most about `limit` characters.
  package static func text(_ value: JSONValue, limit: Int = 400) -> String {
    var out = ""
    write(value, into: &out, limit: limit)
    return Text.truncated(Text.sanitised(out), to: limit)
  }

  private static func write(_ value: JSONValue, into out: inout String, limit: Int) {
    // Past the limit nothing is seen: a payload of megabytes costs no more than its first words.
    guard out.utf8.count < limit * 4 else { return }
    switch value {
    case .string(let text): out += "\"\(text.prefix(limit))\""
    case .array(let items):
      out += "["
      for (index, item) in items.prefix(limit).enumerated() {
        if index > 0 { out += ", " }
        write(item, into: &out, limit: limit)
      }
      out += "]"
    case .object(let object):
      out += "{"
      for (index, member) in object.members.prefix(limit).enumerated() {
        if index > 0 { out += ", " }
        out += "\(member.key.prefix(limit)): "
        write(member.value, into: &out, limit: limit)
      }
      out += "}"
    default: out += JSONWriter.text(value)
    }
  }

  /// A field's value as a form shows it: texts without quotes.
  package static func field(_ value: JSONValue, limit: Int = 400) -> String {
    if case .string(let text) = value {
      return Text.truncated(Text.sanitised(String(text.prefix(limit * 2))), to: limit)
    }
    return text(value, limit: limit)
  }
}
