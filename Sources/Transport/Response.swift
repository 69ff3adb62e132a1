/// The headers of an answer, looked up without regard to case.
package struct ResponseHeaders: Hashable, Sendable {
  /// Every line in the order it came.
  package var lines: [Header]

  package init(_ lines: [Header] = []) {
    self.lines = lines
  }

  /// The first value of a header, nil when the answer has none of that name.
  package subscript(name: String) -> String? {
    lines.first { ASCII.equalIgnoringCase($0.name, name) }?.value
  }

  /// Every value of a header, in order.
  package func values(for name: String) -> [String] {
    lines.filter { ASCII.equalIgnoringCase($0.name, name) }.map(\.value)
  }
}

/// How long the parts of an exchange took, in microseconds from its start to the end of each; 0 where
/// a part did not happen, as on a kept connection.
package struct Timing: Hashable, Sendable {
  package var lookup: Int
  package var connect: Int
  package var handshake: Int
  /// The first byte of the answer.
  package var firstByte: Int
  package var total: Int

  package init(
    lookup: Int = 0,
    connect: Int = 0,
    handshake: Int = 0,
    firstByte: Int = 0,
    total: Int = 0
  ) {
    self.lookup = lookup
    self.connect = connect
    self.handshake = handshake
    self.firstByte = firstByte
    self.total = total
  }
}

/// A complete answer, whatever its status; redirects are answers too and are not followed.
package struct Response: Hashable, Sendable {
  package var status: Int
  package var headers: ResponseHeaders
  /// The body after decompression.
  package var body: [UInt8]
  /// `1.0`, `1.1` or `2`.
  package var httpVersion: String
  /// From the start of the exchange to its last byte.
  package var milliseconds: Int
  /// Header and body bytes as they came over the wire, before decompression.
  package var bytesReceived: Int
  package var timing: Timing

  package init(
    status: Int,
    headers: ResponseHeaders = ResponseHeaders(),
    body: [UInt8] = [],
    httpVersion: String = "1.1",
    milliseconds: Int = 0,
    bytesReceived: Int = 0,
    timing: Timing = Timing()
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.httpVersion = httpVersion
    self.milliseconds = milliseconds
    self.bytesReceived = bytesReceived
    self.timing = timing
  }
}
