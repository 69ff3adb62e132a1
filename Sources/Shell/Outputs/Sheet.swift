internal import Cells
internal import JSON

/// A column of `-o tsv`, by the API's name for it.
struct Field<Item> {
  var name: String
  /// What stands there; nil where there is nothing.
  var value: (Item) -> String?

  init(_ name: String, _ value: @escaping (Item) -> String?) {
    self.name = name
    self.value = value
  }
}

/// Things of one kind, in every form.
enum Sheet {
  static func text<Item>(
    _ items: [Item],
    _ context: ShellContext,
    fields: [Field<Item>],
    json: (Item) -> JSONValue,
    table: ([Item]) -> Table
  ) -> String {
    switch context.form {
    case .table:
      guard !items.isEmpty else { return "" }
      return table(items).lines(width: context.width).map { $0 + "\n" }.joined()
    case .json, .jsonl: return JSONOutput.text(items.map(json), context.form)
    case .tsv: return TSV.text(items, fields)
    }
  }
}

/// Fields between tabs, a thing a line.
///
/// A tab, a line break and a backslash within a field are written `\t`, `\n`, `\r`, `\\`, so that a
/// line has as many fields as the first; the rest passes the sanitiser.
enum TSV {
  static func text<Item>(_ items: [Item], _ fields: [Field<Item>]) -> String {
    header(fields) + items.map { line($0, fields) }.joined()
  }

  static func header<Item>(_ fields: [Field<Item>]) -> String {
    fields.map(\.name).joined(separator: "\t") + "\n"
  }

  static func line<Item>(_ item: Item, _ fields: [Field<Item>]) -> String {
    fields.map { escaped($0.value(item) ?? "") }.joined(separator: "\t") + "\n"
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t": out += "\\t"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\\": out += "\\\\"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return Text.sanitised(out)
  }
}

/// Values as JSON or JSON lines.
enum JSONOutput {
  /// Several things: one list, or a line each.
  static func text(_ values: [JSONValue], _ form: OutputForm) -> String {
    form == .jsonl
      ? values.map { JSONWriter.text($0) + "\n" }.joined()
      : JSONWriter.text(.array(values), .indented) + "\n"
  }

  /// One thing.
  static func text(_ value: JSONValue, _ form: OutputForm) -> String {
    JSONWriter.text(value, form == .jsonl ? .compact : .indented) + "\n"
  }
}
