import Glibc
package import JSON

/// The embedded runtime as a process of its own, which ends with the test.
package final class RuntimeProcess: Sendable {
  /// What it serves.
  package enum Kind: Sendable {
    /// Examples at work.
    case demo
    /// What a test publishes; tools are those of the demo, as the server `demo`.
    case empty
  }

  package let url: String
  /// The token of the operator at the front.
  package let token: String
  package let port: Int
  /// Where its data lies.
  package let folder: String
  /// The token of somebody else, who is called alex; an empty runtime knows it.
  package static let alexToken = "crt_alex_at_another_desk"
  private static let operatorToken = "crt_operator_at_this_desk"
  private let child: Child
  private let kind: Kind
  private let home: TemporaryHome

  /// Starts it and waits until it listens.
  package convenience init(_ kind: Kind, home: TemporaryHome) throws {
    try self.init(kind, home: home, port: 0)
  }

  private init(_ kind: Kind, home: TemporaryHome, port: Int) throws {
    let program = try BuiltProgram.runtime.path()
    folder = home.path("runs")
    var command = [program]
    switch kind {
    case .demo: command += ["demo"]
    case .empty:
      try home.write("[mcp.demo]\ncommand = [\"\(program)\", \"demo-tools\"]\n", to: "runtime.toml")
      try home.write("\(Self.operatorToken)\nalex \(Self.alexToken)\n", to: "tokens")
      command += [
        "serve", "--config", home.path("runtime.toml"), "--token-file", home.path("tokens"),
      ]
    }
    command += ["--data", folder, "--port", "\(port)", "--announce", "json", "--lifeline"]
    let complaints = home.path("runtime.log")
    child = try Child(command, environment: home.environment, complaints: complaints)
    let line: String
    do {
      line = try child.readLine()
    } catch {
      let said = (try? TextFile.read(complaints)) ?? ""
      throw WaitMistake(description: "the runtime did not begin to listen: \(error)\n\(said)")
    }
    let announced = try JSONValue(parsing: Array(line.utf8))
    guard let url = announced["url"]?.string, let tokenFile = announced["token_file"]?.string,
      let digits = url.split(separator: ":").last, let number = Int(digits)
    else { throw WaitMistake(description: "the runtime announced “\(line)”") }
    self.url = url
    self.port = number
    let firstLine = try TextFile.read(tokenFile).split(separator: "\n").first
    token = firstLine?.split(separator: " ").last.map(String.init) ?? ""
    self.kind = kind
    self.home = home
  }

  package var pid: Int32 { child.pid }

  /// Sends it a signal and waits for its end.
  package func kill(_ signal: Int32) throws {
    child.send(signal)
    try child.wait()
  }

  /// Another one on the same port and folder; this one has ended.
  package func restarted() throws -> RuntimeProcess {
    try RuntimeProcess(kind, home: home, port: port)
  }

  /// Asks it something, as whoever holds the token.
  package func ask(
    _ method: String,
    _ path: String,
    _ body: JSONValue? = nil,
    token other: String? = nil
  ) throws -> (status: Int, body: JSONValue) {
    let sent = body.map { Array(JSONWriter.text($0).utf8) } ?? []
    let answer = try LoopbackHTTP.ask(
      port: port,
      method,
      path,
      headers: ["Authorization: Bearer \(other ?? token)", "Content-Type: application/json"],
      body: sent
    )
    ExchangeLog.note(
      method,
      path,
      headers: ["content-type": "application/json"],
      body: sent,
      answer: (answer.status, answer.headers, answer.body)
    )
    return (answer.status, answer.body.isEmpty ? .null : try JSONValue(parsing: answer.body))
  }
}

/// One exchange over HTTP/1.1 with a server on this machine.
package enum LoopbackHTTP {
  /// Asks and reads the whole answer.
  package static func ask(
    port: Int,
    _ method: String,
    _ path: String,
    headers: [String],
    body: [UInt8]
  ) throws -> (status: Int, headers: [String: String], body: [UInt8]) {
    let descriptor = try LoopbackSocket.connected(to: port)
    defer { close(descriptor) }
    let head =
      ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)"] + headers
      + ["Content-Length: \(body.count)", "Connection: close"]
    try send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body, descriptor)
    var answer: [UInt8] = []
    while true {
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe recv(descriptor, &piece, piece.count, 0)
      try SystemMistake.check("recv", Int32(count))
      answer += piece[..<count]
      if count == 0 || isWhole(answer) { break }
    }
    guard let end = endOfHead(answer) else {
      throw WaitMistake(description: "no answer to \(method) \(path)")
    }
    let lines = String(decoding: answer[..<end], as: UTF8.self).split(separator: "\r\n")
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
      fields[line.prefix { $0 != ":" }.lowercased()] = String(value)
    }
    return (status ?? 0, fields, Array(answer[end...]))
  }

  private static func send(_ bytes: [UInt8], _ descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      try SystemMistake.check("send", Int32(count))
      rest = rest.dropFirst(count)
    }
  }

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (4...bytes.count).first { bytes[($0 - 4)..<$0].elementsEqual([13, 10, 13, 10]) }
  }

  /// Whether as much came as the head promises.
  private static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard let end = endOfHead(bytes) else { return false }
    let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    guard let start = head.firstRange(of: "content-length:") else { return false }
    let digits = head[start.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
    return Int(digits).map { bytes.count >= end + $0 } ?? false
  }
}
