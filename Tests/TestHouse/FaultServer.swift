import Synchronization

/// The API as a script: every path answers what a test said, byte for byte.
package final class FaultServer: Sendable {
  /// The answer to a request.
  package struct Answer: Sendable {
    package var actions: [RawServer.Action]
    /// What requests are answered with once this was asked for.
    package var later: [String: Answer]

    /// What a server does, in order.
    package init(_ actions: [RawServer.Action], later: [String: Answer] = [:]) {
      self.actions = actions
      self.later = later
    }

    /// JSON, or what passes for it.
    package static func json(_ text: String, status: String = "200 OK") -> Answer {
      body(text, type: "application/json", status: status)
    }

    /// A web page.
    package static func html(_ text: String) -> Answer {
      body(text, type: "text/html; charset=utf-8", status: "200 OK")
    }

    private static func body(_ text: String, type: String, status: String) -> Answer {
      Answer([.answer(status, headers: ["Content-Type: \(type)"], body: Array(text.utf8))])
    }
  }

  /// The answers by method and path; the threads of the server ask it too.
  private final class Script: Sendable {
    let answers: Mutex<[String: Answer]>

    init(_ answers: [String: Answer]) {
      self.answers = Mutex(answers)
    }
  }

  private let script: Script
  private let server: RawServer

  /// Begins to listen.
  ///
  /// An inbox with nothing in it is answered until a test says otherwise; what is not there is 404.
  package init() throws {
    let script = Script([
      "GET /v1/runs": .json(#"{"runs":[]}"#), "GET /v1/tasks/pending": .json(#"{"tasks":[]}"#),
      "GET /v1/workflows": .json(#"{"workflows":[]}"#),
    ])
    self.script = script
    server = try RawServer { request in
      let path = request.line.split(separator: " ").dropFirst().first?.prefix { $0 != "?" } ?? ""
      let answer = script.answers.withLock { answers in
        let answer = answers["\(request.method) \(path)"]
        answers.merge(answer?.later ?? [:]) { _, later in later }
        return answer
      }
      let missing = #"{"error":"not found","code":"NOT_FOUND"}"#
      return (answer ?? .json(missing, status: "404 Not Found")).actions
    }
  }

  deinit { server.stop() }

  package var url: String { server.url("") }
  package var place: String { "127.0.0.1:\(server.port)" }

  /// Answers a request with this from now on.
  package func answer(_ request: String, _ answer: Answer) {
    script.answers.withLock { $0[request] = answer }
  }

  /// The requests of a method so far.
  package func received(_ method: String) -> [RawServer.Received] {
    server.received.filter { $0.method == method }
  }
}
