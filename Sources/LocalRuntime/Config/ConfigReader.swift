import JSON
import Runs
import TOMLKit

/// Reads `runtime.toml`, refusing what it does not know.
struct ConfigReader {
  private static let longestName = 128
  private static let largestAmount = 1e9

  private let file: String

  init(file: String) {
    self.file = file
  }

  /// Reads the text of a configuration.
  func read(_ text: String) throws(ConfigMistake) -> RuntimeConfig {
    let root = Keyed(path: "", members: try parse(text))
    try check(root, known: ["listen", "data", "mcp", "prices", "budget"])
    var config = RuntimeConfig()
    if let text = try self.text("listen", root) {
      guard let address = ListenAddress(text) else {
        throw mistake("“listen” is “\(text)”, not host and port such as “127.0.0.1:8080”")
      }
      config.listen = address
    }
    config.data = try self.text("data", root)
    if let servers = try table("mcp", root) {
      for name in servers.members.keys.sorted() {
        guard let server = try table(name, servers) else { continue }
        config.servers.append(try self.server(name, server))
      }
    }
    if let prices = try table("prices", root) { config.prices = try self.prices(prices) }
    config.budget = try credits("budget", root)
    return config
  }

  // MARK: Parts

  private func server(
    _ name: String,
    _ table: Keyed
  ) throws(ConfigMistake) -> RuntimeConfig.Server {
    let sound =
      !name.isEmpty && name.unicodeScalars.count <= Self.longestName
      && name.unicodeScalars.allSatisfy { TemplateParser.isLetter($0) }
    guard sound else {
      throw mistake(
        "“\(table.path)” names a server in a way that graphs cannot; use letters, digits, “-” "
          + "and “_”"
      )
    }
    try check(table, known: ["command", "env", "directory"])
    guard let command = try texts("command", table), command.first?.isEmpty == false else {
      throw mistake(
        "“\(table.path).command” is missing; write a list of the program and its arguments"
      )
    }
    var server = RuntimeConfig.Server(name: name, command: command)
    server.directory = try text("directory", table)
    if case .object? = table.members["env"], let values = try self.table("env", table) {
      for key in values.members.keys.sorted() {
        try checkVariable(key, values.path)
        server.values[key] = try text(key, values, mayBeEmpty: true)
      }
    } else if let env = table.members["env"] {
      guard case .array = env else {
        throw wrongType("\(table.path).env", env, "a list of names or a table of values")
      }
      server.allowed = try texts("env", table) ?? []
      for name in server.allowed { try checkVariable(name, "\(table.path).env") }
    }
    return server
  }

  private func checkVariable(_ name: String, _ path: String) throws(ConfigMistake) {
    guard !name.isEmpty, !name.contains("=") else {
      throw mistake("“\(path)” holds “\(name)”, which is no name of a variable")
    }
  }

  private func prices(_ table: Keyed) throws(ConfigMistake) -> RuntimeConfig.Prices {
    try check(table, known: ["step", "tool_call", "llm_token"])
    var prices = RuntimeConfig.Prices()
    if let price = try credits("step", table) { prices.step = price }
    if let price = try credits("tool_call", table) { prices.toolCall = price }
    if let price = try credits("llm_token", table) { prices.llmToken = price }
    return prices
  }

  // MARK: Values

  /// A table and where it stands.
  private struct Keyed {
    let path: String
    let members: [String: JSONValue]

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
  }

  private func check(_ table: Keyed, known: [String]) throws(ConfigMistake) {
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

  private func text(
    _ key: String,
    _ table: Keyed,
    mayBeEmpty: Bool = false
  ) throws(ConfigMistake) -> String? {
    guard let value = table.members[key] else { return nil }
    return try plain(value, table.path(of: key), mayBeEmpty)
  }

  private func plain(
    _ value: JSONValue,
    _ path: String,
    _ mayBeEmpty: Bool
  ) throws(ConfigMistake) -> String {
    guard let text = value.string else { throw wrongType(path, value, "a text") }
    guard mayBeEmpty || !text.isEmpty else { throw mistake("“\(path)” is empty") }
    return text
  }

  private func texts(_ key: String, _ table: Keyed) throws(ConfigMistake) -> [String]? {
    guard let value = table.members[key] else { return nil }
    let path = table.path(of: key)
    guard let items = value.array else { throw wrongType(path, value, "a list of texts") }
    var texts: [String] = []
    for (index, item) in items.enumerated() {
      texts.append(try plain(item, "\(path)[\(index)]", true))
    }
    return texts
  }

  private func table(_ key: String, _ table: Keyed) throws(ConfigMistake) -> Keyed? {
    guard let value = table.members[key] else { return nil }
    guard let object = value.object else {
      throw wrongType(table.path(of: key), value, "a table")
    }
    let members = Dictionary(object.members.map { ($0.key, $0.value) }) { _, last in last }
    return Keyed(path: table.path(of: key), members: members)
  }

  private func credits(_ key: String, _ table: Keyed) throws(ConfigMistake) -> Credits? {
    guard let value = table.members[key] else { return nil }
    guard case .number(let number) = value else {
      throw wrongType(table.path(of: key), value, "a number of credits")
    }
    let amount = number.double
    guard amount >= 0, amount <= Self.largestAmount else {
      throw mistake("“\(table.path(of: key))” is \(number.text), not from 0 to 1000000000 credits")
    }
    return Credits(microcredits: Int64((amount * 1_000_000).rounded()))
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

  private func wrongType(_ path: String, _ value: JSONValue, _ wanted: String) -> ConfigMistake {
    mistake("“\(path)” is \(value.typeName), not \(wanted)")
  }

  private func mistake(_ reason: String) -> ConfigMistake {
    ConfigMistake(file: file, position: nil, reason: reason)
  }
}
