import Foundation
import JSON

/// A workflow of the `Examples` folder.
struct Example: Sendable, Equatable {
  var name: String
  var summary: String?
  var graph: JSONValue
  /// What its runs are started with, in turn; never empty.
  var inputs: [JSONValue]
  /// Whether the demo publishes it: `"demo": false` stands in what needs a language model.
  var isForDemo = true

  /// What stands before the name of an example that another calls, in place of its id.
  private static let placeholder = "REPLACE_CHILD_"

  /// Reads an example.
  /// - Throws: ``RuntimeMistake`` naming the file.
  init(reading text: String, file: String) throws(RuntimeMistake) {
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(parsing: text)
    } catch {
      throw RuntimeMistake("\(file): \(error.sentence)")
    }
    guard let name = value["name"]?.string, let graph = value["graph"] else {
      throw RuntimeMistake("\(file): an example is an object with a name and a graph")
    }
    self.name = name
    self.graph = graph
    summary = value["description"]?.string
    isForDemo = value["demo"]?.bool ?? true
    inputs =
      [value["example_trigger_payload"] ?? [:]] + (value["demo_trigger_payloads"]?.array ?? [])
  }

  /// The names of the examples that its steps call.
  var calls: [String] { Self.calls(in: graph) }

  /// The graph with the ids of the workflows that it calls, by their names.
  func graph(calling ids: [String: String]) -> JSONValue {
    ids.isEmpty ? graph : Self.replaced(graph, ids)
  }

  private static func calls(in value: JSONValue) -> [String] {
    switch value {
    case .array(let items): items.flatMap { calls(in: $0) }
    case .object(let object):
      object.members.flatMap { member in
        name(called: member).map { [$0] } ?? calls(in: member.value)
      }
    default: []
    }
  }

  private static func replaced(_ value: JSONValue, _ ids: [String: String]) -> JSONValue {
    switch value {
    case .array(let items): return .array(items.map { replaced($0, ids) })
    case .object(let object):
      let members = object.members.map { member in
        let id = name(called: member).flatMap { ids[$0] }
        return JSONObject.Member(
          member.key,
          id.map { .string($0) } ?? replaced(member.value, ids)
        )
      }
      return .object(JSONObject(members))
    default: return value
    }
  }

  private static func name(called member: JSONObject.Member) -> String? {
    guard member.key == "workflow_id", let text = member.value.string,
      text.hasPrefix(placeholder)
    else { return nil }
    return String(text.dropFirst(placeholder.count))
  }

  /// The examples of a folder, by name.
  /// - Throws: ``RuntimeMistake`` when one cannot be read, or there is none.
  static func all(in folder: String) throws(RuntimeMistake) -> [Example] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var examples: [Example] = []
    for name in names.sorted() where name.hasSuffix(".json") {
      let file = "\(folder)/\(name)"
      guard let text = try PrivateFile.read(file) else { continue }
      examples.append(try Example(reading: text, file: file))
    }
    guard !examples.isEmpty else { throw RuntimeMistake("\(folder) holds no example (*.json)") }
    return examples
  }

  /// Where the examples are: named by `COMMAND_CENTER_EXAMPLES`, beside the program, in the checkout
  /// that it was built in, or where they are installed.
  /// - Throws: ``RuntimeMistake`` when they are nowhere.
  static func folder(
    program: String,
    environment: [String: String],
    exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
  ) throws(RuntimeMistake) -> String {
    if let named = environment["COMMAND_CENTER_EXAMPLES"], !named.isEmpty {
      guard exists(named) else {
        throw RuntimeMistake("COMMAND_CENTER_EXAMPLES names \(named), which is not there")
      }
      return named
    }
    var parts = program.split(separator: "/").dropLast()
    var candidates = ["/" + parts.joined(separator: "/") + "/Examples"]
    candidates.append(
      "/" + parts.dropLast().joined(separator: "/") + "/share/command-center/examples"
    )
    while !parts.isEmpty {
      parts = parts.dropLast()
      let folder = "/" + parts.joined(separator: "/")
      // A checkout, not just any folder of that name.
      if exists("\(folder)/Package.swift") { candidates.append("\(folder)/Examples") }
    }
    guard let found = candidates.first(where: exists) else {
      throw RuntimeMistake(
        "the example workflows are not there (looked for \(candidates[0]) and others); name their "
          + "folder in COMMAND_CENTER_EXAMPLES"
      )
    }
    return found
  }
}
