import Foundation
import FoundationNetworking
import JSON
import TestHouse
import Testing

/// Whoever talks to a runtime over HTTP.
struct Peer: Sendable {
  var url: String
  var token: String?

  /// What the runtime answered.
  struct Reply: Sendable {
    var status: Int
    /// By lower-case name.
    var headers: [String: String]
    var text: String

    var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
  }

  func send(
    _ method: String,
    _ path: String,
    _ body: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> Reply {
    try await send(method, path, bytes: body.map { Array($0.utf8) }, headers: headers)
  }

  func send(
    _ method: String,
    _ path: String,
    bytes: [UInt8]?,
    headers: [String: String] = [:]
  ) async throws -> Reply {
    var request = URLRequest(url: try #require(URL(string: url + path)))
    request.httpMethod = method
    request.httpBody = bytes.map { Data($0) }
    request.cachePolicy = .reloadIgnoringLocalCacheData
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let session = URLSession(configuration: .ephemeral)
    defer { session.finishTasksAndInvalidate() }
    let (data, response) = try await session.data(for: request)
    let http = try #require(response as? HTTPURLResponse)
    var fields: [String: String] = [:]
    for (name, value) in http.allHeaderFields { fields["\(name)".lowercased()] = "\(value)" }
    ExchangeLog.note(
      method,
      path,
      headers: headers,
      body: bytes ?? [],
      answer: (http.statusCode, fields, Array(data))
    )
    return Reply(
      status: http.statusCode,
      headers: fields,
      text: String(decoding: data, as: UTF8.self)
    )
  }

  /// The answer to a GET, as soon as it is as wanted.
  func get(_ path: String, until wanted: (JSONValue) -> Bool) async throws -> JSONValue {
    while true {
      let value = try await send("GET", path).json
      if wanted(value) { return value }
      // Asked again until it is so; the pause only spares the machine.
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
