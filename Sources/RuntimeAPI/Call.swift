package import JSON
package import Runs

/// One call of the API as a value, without the server's address or the token.
package struct Call: Sendable, Equatable {
  /// What a call may do, and so how it must travel.
  package enum Kind: Sendable, Hashable {
    /// Reads; may be repeated and use any connection.
    case read
    /// Acts; goes out once, on a fresh connection, with its key.
    case command
  }

  /// One `name=value` of the query.
  package struct Parameter: Sendable, Equatable {
    package var name: String
    package var value: String

    /// A parameter.
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package var method: String
  /// From the root, percent-encoded: `/v1/runs`.
  package var path: String
  package var query: [Parameter]
  package var body: JSONValue?
  /// Sent as `Idempotency-Key`.
  package var key: DecisionID?

  /// A call.
  package init(
    _ method: String,
    _ path: String,
    query: [Parameter] = [],
    body: JSONValue? = nil,
    key: DecisionID? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.key = key
  }

  /// Whether the call reads or acts.
  package var kind: Kind { method == "GET" ? .read : .command }

  /// Path and query as they stand in the request line.
  package var target: String {
    guard !query.isEmpty else { return path }
    let pairs = query.map {
      "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))"
    }
    return "\(path)?\(pairs.joined(separator: "&"))"
  }
}

/// Percent-encoding of one path segment or query part.
package enum PercentEncoding {
  /// The text with everything but unreserved characters encoded.
  package static func encode(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        out += digits.count < 2 ? "%0\(digits)" : "%\(digits)"
      }
    }
    // Dots alone would be read as a step within the path by what stands between us and the server.
    return out.allSatisfy { $0 == "." } ? out.replacing(".", with: "%2E") : out
  }
}
