/// Something that goes wrong between a client and a server, as a value: at which calls, what, and
/// how often.
package struct ServerFault: Sendable {
  /// The calls that a fault is about.
  package struct Calls: Sendable {
    private let matches: @Sendable (_ method: String, _ path: String) -> Bool

    /// Calls by their method and their path without its query.
    package init(_ matches: @escaping @Sendable (_ method: String, _ path: String) -> Bool) {
      self.matches = matches
    }

    package static let all = Calls { _, _ in true }
    package static let reads = Calls { method, _ in method == "GET" }
    package static let commands = Calls { method, _ in method != "GET" }

    /// The calls of a method to one path.
    package static func only(_ method: String, _ path: String) -> Calls {
      Calls { $0 == method && $1 == path }
    }

    func include(_ method: String, _ path: String) -> Bool { matches(method, path) }
  }

  /// A place in an exchange.
  package enum Boundary: Hashable, Sendable {
    /// The connection is there, and nothing of a request was read.
    case connection
    /// So many bytes of the request have reached the server.
    case requestBytes(Int)
    /// The request line has reached the server.
    case requestLine
    /// The request's headers have reached the server.
    case requestHead
    /// The request has reached the server, which may do it or not.
    case request
    /// The server has done it and answered; none of that has come back.
    case performed
    /// The status line has come back.
    case statusLine
    /// The headers have come back.
    case head
    /// Half of the body has come back.
    case halfBody
    /// So many bytes of the answer have come back.
    case answerBytes(Int)
    /// All has come back.
    case answer
  }

  /// What is done.
  package enum Deed: Sendable {
    /// Nobody listens; connections that there are end.
    case refuse
    /// Ends the connection there, with a reset when it is abrupt.
    case end(Boundary, abruptly: Bool)
    /// Stands still there until the fault is lifted, then goes on.
    case hold(Boundary)
    /// Sends the body byte by byte, one a second, until the fault is lifted.
    case creep
    /// Answers this without asking the server.
    case answer(HTTPAnswer)
    /// Points to another place with this status, which must not be visited.
    case redirect(String)
    /// Answers without an end: so many megabytes.
    case flood(megabytes: Int)
    /// Changes what the server answers.
    case change(@Sendable (inout HTTPAnswer) -> Void)
  }

  /// What the log calls it.
  package var name: String
  package var calls: Calls
  package var deed: Deed
  /// How many calls it hits; nil hits all until it is lifted.
  package var times: Int?

  /// A fault.
  package init(_ name: String, on calls: Calls = .all, _ deed: Deed, times: Int? = nil) {
    self.name = name
    self.calls = calls
    self.deed = deed
    self.times = times
  }

  /// Where the connection of a request ends or stands still; nil for other deeds.
  var boundary: Boundary? {
    switch deed {
    case .end(let boundary, _), .hold(let boundary): boundary
    default: nil
    }
  }
}
