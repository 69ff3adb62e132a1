/// A request that may be sent: nothing in it can be read as something else on the wire.
struct CheckedRequest: Sendable {
  let request: Request
  let address: Address

  /// Checks a request.
  ///
  /// - Throws: `badURL` or `badRequest`, before a byte has left.
  init(_ request: Request) throws(Failure) {
    let address = try Address(url: request.url)
    guard ASCII.isToken(request.method) else {
      throw Failure(.badRequest, "\(address.words): the method is not a word HTTP allows")
    }
    for header in request.headers {
      try Self.check(header, to: address)
    }
    self.request = request
    self.address = address
  }

  /// The header lines in libcurl's spelling.
  var lines: [String] {
    var lines = request.headers.map { header in
      // `Name:` without a value would take the header out; `Name;` sends it empty.
      header.value.allSatisfy { $0 == " " || $0 == "\t" }
        ? "\(header.name);" : "\(header.name): \(header.value)"
    }
    // libcurl would call a body a form, and ask before it sends a long one: the answer to that
    // question (417) makes it send again.
    if !request.headers.contains(where: { ASCII.equalIgnoringCase($0.name, "content-type") }) {
      lines.append("Content-Type:")
    }
    lines.append("Expect:")
    return lines
  }

  private static func check(_ header: Header, to address: Address) throws(Failure) {
    guard ASCII.isToken(header.name) else {
      throw Failure(.badRequest, "\(address.words): the name of a header is not a word HTTP allows")
    }
    guard !ASCII.hasControlByte(header.value) else {
      throw Failure(
        .badRequest,
        "\(address.words): the value of \(header.name) has a control character in it; "
          + "look for a line break in it"
      )
    }
    let framing = ["content-length", "transfer-encoding", "expect"]
    guard !framing.contains(where: { ASCII.equalIgnoringCase($0, header.name) }) else {
      throw Failure(.badRequest, "\(address.words): \(header.name) follows from the body")
    }
  }
}
