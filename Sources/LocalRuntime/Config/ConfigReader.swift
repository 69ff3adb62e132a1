import JSON
import Runs
import TOMLKit

/// Reads `runtime.toml`, refusing what it does not know.
struct ConfigReader {
  private let file: String

  init(file: String) {
    self.file = file
  }

  /// Reads the text of a configuration.
  func read(_ text: String) throws(ConfigMistake) -> RuntimeConfig {
    let root = Keyed(path: "", members: try parse(text))
    try check(
      root,
      known: [
        "listen", "data", "mcp", "llm", "prices", "budget", "retention", "tenant", "project",
        "limits", "runs",
      ]
    )
    var config = RuntimeConfig()
    if let text = try self.text("listen", root) {
      guard let address = ListenAddress(text) else {
        throw mistake("“listen” is “\(text)”, not host and port such as “127.0.0.1:8080”")
      }
      config.listen = address
    }
    config.data = try self.text("data", root)
    config.tenant = try self.text("tenant", root)
    config.project = try self.text("project", root)
    if let limits = try table("limits", root) { config.limits = try self.limits(limits) }
    if let runs = try table("runs", root) { config.runs = try self.runs(runs) }
    if let servers = try table("mcp", root) {
      for name in servers.members.keys.sorted() {
        guard let server = try table(name, servers) else { continue }
        config.servers.append(try self.server(name, server))
      }
    }
    if let models = try table("llm", root) {
      for name in models.members.keys.sorted() {
        guard let model = try table(name, models) else { continue }
        config.models.append(try self.model(name, model))
      }
    }
    if let prices = try table("prices", root) { config.prices = try self.prices(prices) }
    config.budget = try budget("budget", root)
    config.retention = try retention(root)
    return config
  }

  // MARK: Values

  /// A table and where it stands.
  struct Keyed {
    let path: String
    let members: [String: JSONValue]

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
  }

  func check(_ table: Keyed, known: [String]) throws(ConfigMistake) {
    guard let stranger = table.members.keys.sorted().first(where: { !known.contains($0) }) else {
      return
    }
    let meant = Spelling.nearest(to: stranger, in: known)
    let listed = known.map { "“\($0)”" }.joined(separator: ", ")
    throw mistake(
      "“\(table.path(of: stranger))” is no setting; "
        + (meant.map { "“\(table.path(of: $0))” was meant?" } ?? "known here are \(listed)")
    )
  }

  func text(
    _ key: String,
    _ table: Keyed,
    mayBeEmpty: Bool = false
  ) throws(ConfigMistake) -> String? {
    guard let value = table.members[key] else { return nil }
    return try plain(value, table.path(of: key), mayBeEmpty)
  }

  func plain(
    _ value: JSONValue,
    _ path: String,
    _ mayBeEmpty: Bool
  ) throws(ConfigMistake) -> String {
    guard let text = value.string else { throw wrongType(path, value, "a text") }
    guard mayBeEmpty || !text.isEmpty else { throw mistake("“\(path)” is empty") }
    return text
  }

  func texts(_ key: String, _ table: Keyed) throws(ConfigMistake) -> [String]? {
    guard let value = table.members[key] else { return nil }
    let path = table.path(of: key)
    guard let items = value.array else { throw wrongType(path, value, "a list of texts") }
    var texts: [String] = []
    for (index, item) in items.enumerated() {
      texts.append(try plain(item, "\(path)[\(index)]", true))
    }
    return texts
  }

  func table(_ key: String, _ table: Keyed) throws(ConfigMistake) -> Keyed? {
    guard let value = table.members[key] else { return nil }
    guard let object = value.object else {
      throw wrongType(table.path(of: key), value, "a table")
    }
    let members = Dictionary(object.members.map { ($0.key, $0.value) }) { _, last in last }
    return Keyed(path: table.path(of: key), members: members)
  }

  // MARK: TOML

  private func parse(_ text: String) throws(ConfigMistake) -> [String: JSONValue] {
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let begin = error.source.begin
      throw ConfigMistake(
        file: file,
        position: .init(line: begin.line, column: begin.column),
        reason: error.description
      )
    } catch {
      throw mistake("the file cannot be read as TOML: \(error)")
    }
    return try members(of: table, "")
  }

  private func members(
    of table: TOMLTable,
    _ path: String
  ) throws(ConfigMistake) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    for key in table.keys {
      guard let value = table[key] else { continue }
      members[key] = try json(value, path.isEmpty ? key : "\(path).\(key)")
    }
    return members
  }

  private func json(
    _ value: any TOMLValueConvertible,
    _ path: String
  ) throws(ConfigMistake) -> JSONValue {
    if let table = value.table {
      let members = try members(of: table, path)
      return .object(
        JSONObject(members.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, $0.value) })
      )
    }
    if let array = value.array {
      var items: [JSONValue] = []
      for (index, item) in array.enumerated() {
        items.append(try json(item, "\(path)[\(index)]"))
      }
      return .array(items)
    }
    if let text = value.string { return .string(text) }
    if let truth = value.bool { return .bool(truth) }
    if let whole = value.int { return .int(whole) }
    if let double = value.double, let number = JSONNumber("\(double)") { return .number(number) }
    throw mistake("“\(path)” is a \(value.type), which no setting takes")
  }

  // MARK: Mistakes

  func wrongType(_ path: String, _ value: JSONValue, _ wanted: String) -> ConfigMistake {
    mistake("“\(path)” is \(value.typeName), not \(wanted)")
  }

  func mistake(_ reason: String) -> ConfigMistake {
    ConfigMistake(file: file, position: nil, reason: reason)
  }
}
