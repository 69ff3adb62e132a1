internal import Cells
internal import JSON

/// A run's context as the shell writes it.
enum ContextOutput {
  /// A place in a value that is not there.
  struct Mistake: Error, Equatable {
    var sentence: String
  }

  /// What lies at a path: names of members and numbers of elements between dots; a name may have
  /// dots in it itself.
  /// - Throws: ``Mistake`` that says where the path ends and what there is.
  static func value(at path: String, in context: JSONValue) throws(Mistake) -> JSONValue {
    var value = context
    var walked: [Substring] = []
    var rest = path.split(separator: ".", omittingEmptySubsequences: false)[...]
    while !rest.isEmpty {
      guard let (count, next) = step(rest, into: value) else {
        throw mistake(walked.joined(separator: "."), rest.first ?? "", value)
      }
      value = next
      walked += rest.prefix(count)
      rest = rest.dropFirst(count)
    }
    return value
  }

  /// How many parts of a path lead further, and to what; the longest name counts.
  private static func step(
    _ parts: ArraySlice<Substring>,
    into value: JSONValue
  ) -> (count: Int, value: JSONValue)? {
    if value.array != nil {
      guard let index = parts.first.flatMap({ Int($0) }), let next = value[index] else {
        return nil
      }
      return (1, next)
    }
    for count in stride(from: parts.count, to: 0, by: -1) {
      if let next = value[parts.prefix(count).joined(separator: ".")] { return (count, next) }
    }
    return nil
  }

  private static func mistake(
    _ walked: String,
    _ name: Substring,
    _ value: JSONValue
  ) -> Mistake {
    let place = walked.isEmpty ? "the context" : walked
    let offer: String
    switch value {
    case .object(let object) where object.isEmpty: offer = "it is empty"
    case .object(let object):
      let names = object.keys.prefix(20).joined(separator: ", ")
      offer = "there are \(names)\(object.count > 20 ? " and \(object.count - 20) more" : "")"
    case .array(let items) where items.isEmpty: offer = "it is empty"
    case .array(let items): offer = "it has elements 0 to \(items.count - 1)"
    default: offer = "it is \(value.typeName)"
    }
    return Mistake(sentence: "--path: \(place) has no \(name); \(offer)")
  }

  /// A value: for people and for fields between tabs one leaf a line, unless it is one itself.
  static func text(_ value: JSONValue, path: String?, _ context: ShellContext) -> String {
    switch context.form {
    case .json, .jsonl: return JSONOutput.text(value, context.form)
    case .table, .tsv:
      guard value.object != nil || value.array != nil else {
        return (context.form == .tsv ? TSV.escaped(plain(value)) : lines(plain(value))) + "\n"
      }
      var leaves: [(path: String, value: JSONValue)] = []
      collect(value, at: path ?? "", into: &leaves)
      guard context.form == .table else {
        return TSV.text(
          leaves,
          [Field("path") { $0.path }, Field("value") { JSONWriter.text($0.value) }]
        )
      }
      var table = Table(columns: [
        .init(title: "PATH", gives: true), .init(title: "VALUE", gives: true),
      ])
      table.rows = leaves.map { [$0.path, JSONWriter.text($0.value, .spaced)] }
      return table.lines(width: context.width).map { $0 + "\n" }.joined()
    }
  }

  private static func lines(_ text: String) -> String {
    Text.sanitisedLines(text).joined(separator: "\n")
  }

  private static func plain(_ value: JSONValue) -> String {
    value.string ?? JSONWriter.text(value)
  }

  private static func collect(
    _ value: JSONValue,
    at path: String,
    into leaves: inout [(path: String, value: JSONValue)]
  ) {
    let below = { (name: String) in path.isEmpty ? name : "\(path).\(name)" }
    switch value {
    case .object(let object) where !object.isEmpty:
      for member in object.members { collect(member.value, at: below(member.key), into: &leaves) }
    case .array(let items) where !items.isEmpty:
      for (index, item) in items.enumerated() {
        collect(item, at: below(String(index)), into: &leaves)
      }
    default: leaves.append((path, value))
    }
  }
}
