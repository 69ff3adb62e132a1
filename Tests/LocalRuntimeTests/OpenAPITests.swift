import Foundation
import Testing

@testable import LocalRuntime

@Suite struct OpenAPITests {
  private static let path = "/v1/openapi.yaml"

  /// `openapi.yaml` as it lies in this checkout.
  private static func document() throws -> String {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "openapi.yaml"), encoding: .utf8)
  }

  @Test func `whoever asks gets the description, without a token`() async throws {
    let server = try await TestServer()
    let reply = try await server.send("GET", Self.path, token: nil)
    #expect(reply.status == 200)
    #expect(reply.headers["content-type"] == "application/yaml")
    #expect(reply.text == (try Self.document()))
  }

  @Test func `a description that is there already is not sent again`() async throws {
    let server = try await TestServer()
    let tag = try #require(try await server.get(Self.path).headers["etag"])
    let again = try await server.get(Self.path, headers: ["If-None-Match": tag])
    #expect(again.status == 304)
    #expect(again.text == "")
    #expect(try await server.get(Self.path, headers: ["If-None-Match": "\"other\""]).status == 200)
  }

  @Test func `a head says how long the description is, and nothing can be posted to it`()
    async throws
  {
    let server = try await TestServer()
    let head = try await server.send("HEAD", Self.path, token: nil)
    #expect(head.headers["content-type"] == "application/yaml")
    #expect(head.headers["content-length"] == String(try Self.document().utf8.count))
    #expect(head.text == "")
    let posted = try await server.send("POST", Self.path)
    #expect(posted.status == 405)
    #expect(posted.headers["allow"] == "GET, HEAD")
    #expect(try await server.send("POST", Self.path, token: nil).status == 401)
  }

  @Test func `each path of the description is a route, with the methods that it knows`() throws {
    var described: [String: Set<String>] = [:]
    var path: String?
    for line in try Self.document().split(separator: "\n") {
      if line.hasPrefix("  /"), line.hasSuffix(":") {
        path = String(line.dropFirst(2).dropLast())
      } else if !line.hasPrefix("    ") {
        path = nil
      } else if let path, let method = Self.method(line) {
        described[path, default: []].insert(method)
      }
    }
    #expect(described.count > 30)
    for (path, methods) in described {
      let route = Route(Request.split(path: path, query: "").path.map(Self.example))
      let known = try #require(route, "nothing stands at \(path)").methods
      #expect(methods == Set(known), "\(path)")
    }
  }

  /// A part of a path; a name in braces stands for itself, but where a number must be.
  private static func example(_ part: String) -> String { part == "{version}" ? "1" : part }

  /// The method that a line describes.
  private static func method(_ line: Substring) -> String? {
    let word = line.dropFirst(4).dropLast()
    return line.hasSuffix(":") && ["get", "post", "patch", "delete"].contains(word)
      ? word.uppercased() : nil
  }
}
