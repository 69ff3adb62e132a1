/// Writes JSON.
package enum JSONWriter {
  /// How the text is laid out.
  package enum Layout: Sendable {
    /// On one line, without blanks.
    case compact
    /// On one line, with a blank behind commas and colons: how a value is shown in a row.
    case spaced
    /// One member a line, two blanks a level.
    case indented
    /// Compact with the keys in order, so that equal values have equal texts.
    case canonical
  }

  /// The text of a value.
  package static func text(_ value: JSONValue, _ layout: Layout = .compact) -> String {
    var out = ""
    write(value, layout, level: 0, into: &out)
    return out
  }

  /// The UTF-8 of a value.
  package static func bytes(_ value: JSONValue, _ layout: Layout = .compact) -> [UInt8] {
    Array(text(value, layout).utf8)
  }

  private static func write(
    _ value: JSONValue,
    _ layout: Layout,
    level: Int,
    into out: inout String
  ) {
    switch value {
    case .null: out += "null"
    case .bool(let truth): out += truth ? "true" : "false"
    case .number(let number): out += number.text
    case .string(let text): quote(text, into: &out)
    case .array(let items):
      list(items, "[", "]", layout, level, &out) { item, out in
        write(item, layout, level: level + 1, into: &out)
      }
    case .object(let object):
      var members = object.members
      if layout == .canonical { members.sort { $0.key < $1.key } }
      list(members, "{", "}", layout, level, &out) { member, out in
        quote(member.key, into: &out)
        out += layout == .compact || layout == .canonical ? ":" : ": "
        write(member.value, layout, level: level + 1, into: &out)
      }
    }
  }

  private static func list<Item>(
    _ items: [Item],
    _ open: String,
    _ close: String,
    _ layout: Layout,
    _ level: Int,
    _ out: inout String,
    _ each: (Item, inout String) -> Void
  ) {
    out += open
    for (index, item) in items.enumerated() {
      if index > 0 { out += layout == .spaced ? ", " : "," }
      if layout == .indented { newLine(level + 1, &out) }
      each(item, &out)
    }
    if layout == .indented, !items.isEmpty { newLine(level, &out) }
    out += close
  }

  private static func newLine(_ level: Int, _ out: inout String) {
    out += "\n"
    out += String(repeating: "  ", count: level)
  }

  /// Writes a string in quotes.
  ///
  /// Control characters are escaped, C1 and line separators too: the text may end on a terminal.
  static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || scalar.value == 0x2028 || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
