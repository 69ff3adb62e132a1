/// Why an exchange has no answer.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure; more may come.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// The name of the host, or of the proxy, has no address.
    package static let couldNotResolve = Code(description: "could not resolve")
    /// The host answered that nothing listens there.
    package static let refused = Code(description: "refused")
    /// No connection came about, for another reason than a refusal.
    package static let couldNotConnect = Code(description: "could not connect")
    /// A limit of time ran out.
    package static let timedOut = Code(description: "timed out")
    /// No trusted TLS connection came about.
    package static let tls = Code(description: "tls")
    /// The body is longer than the request allows.
    package static let bodyTooLarge = Code(description: "body too large")
    /// The headers are longer than the request allows.
    package static let headersTooLarge = Code(description: "headers too large")
    /// The connection ended before the answer did.
    package static let cut = Code(description: "cut")
    /// What came is not an HTTP answer.
    package static let protocolBroken = Code(description: "protocol broken")
    /// The URL cannot be used.
    package static let badURL = Code(description: "bad URL")
    /// The method or a header cannot be sent.
    package static let badRequest = Code(description: "bad request")
    /// A setting of the pool cannot be used.
    package static let badSetting = Code(description: "bad setting")
    /// The owner of the pool gave the exchange up.
    package static let cancelled = Code(description: "cancelled")
    /// Anything else libcurl says.
    package static let other = Code(description: "other")
  }

  package var code: Code
  /// What happened, where, and what to do: plain words without a full stop.
  package var sentence: String
  /// Whether a byte of the request may have reached the server; false only when that is certain.
  package var sent: Bool

  package init(code: Code, sentence: String, sent: Bool) {
    self.code = code
    self.sentence = sentence
    self.sent = sent
  }

  /// A failure before anything was sent.
  init(_ code: Code, _ sentence: String) {
    self.init(code: code, sentence: sentence, sent: false)
  }

  package var description: String { sentence }
}
