/// One header line, of a request or an answer.
package struct Header: Hashable, Sendable, CustomStringConvertible {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// The line as it may be logged: values that authenticate are left out.
  package var description: String {
    ASCII.equalIgnoringCase(name, "authorization")
      || ASCII.equalIgnoringCase(name, "proxy-authorization")
      ? "\(name): (not shown)" : "\(name): \(value)"
  }
}

/// Which connection an exchange may use.
package enum ConnectionUse: Hashable, Sendable {
  /// A kept-alive connection where there is one, HTTP/2 over TLS where the server offers it.
  ///
  /// libcurl repeats a request by itself when a kept connection turns out to be dead, so this is
  /// for requests that may arrive twice.
  case kept

  /// A connection of its own, HTTP/1.1, closed afterwards: the request leaves at most once.
  case fresh
}

/// The bounds of one exchange.
package struct Limits: Hashable, Sendable {
  /// A rate below which an answer counts as hung.
  package struct LowSpeed: Hashable, Sendable {
    package var bytesPerSecond: Int
    package var seconds: Int

    package init(bytesPerSecond: Int, seconds: Int) {
      self.bytesPerSecond = bytesPerSecond
      self.seconds = seconds
    }
  }

  /// Name lookup, connecting and the TLS handshake together; at least 1.
  package var connectMilliseconds: Int
  /// The whole exchange; at least 1.
  package var totalMilliseconds: Int
  /// Ends an exchange that creeps; nil leaves that to `totalMilliseconds`.
  package var lowSpeed: LowSpeed?
  /// The longest body taken, counted after decompression.
  package var maximumBodyBytes: Int
  /// The longest status line and headers taken, together.
  package var maximumHeaderBytes: Int

  package init(
    connectMilliseconds: Int = 5_000,
    totalMilliseconds: Int = 20_000,
    lowSpeed: LowSpeed? = nil,
    maximumBodyBytes: Int = 32 << 20,
    maximumHeaderBytes: Int = 64 << 10
  ) {
    self.connectMilliseconds = connectMilliseconds
    self.totalMilliseconds = totalMilliseconds
    self.lowSpeed = lowSpeed
    self.maximumBodyBytes = maximumBodyBytes
    self.maximumHeaderBytes = maximumHeaderBytes
  }
}

/// One HTTP exchange as a value, before it happens.
package struct Request: Hashable, Sendable {
  package var method: String
  /// An absolute `http` or `https` URL without a user part, already percent-encoded.
  package var url: String
  package var headers: [Header]
  /// Nil sends none; empty sends a body of no bytes.
  package var body: [UInt8]?
  package var connection: ConnectionUse
  package var limits: Limits

  /// Describes an exchange.
  ///
  /// Without a word about the connection it is `kept` for GET and HEAD and `fresh` for every other
  /// method, since those may not arrive twice.
  package init(
    method: String = "GET",
    url: String,
    headers: [Header] = [],
    body: [UInt8]? = nil,
    connection: ConnectionUse? = nil,
    limits: Limits = Limits()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.connection = connection ?? (method == "GET" || method == "HEAD" ? .kept : .fresh)
    self.limits = limits
  }
}
