internal import CCurl

/// Where a request goes, as libcurl reads its URL.
struct Address: Hashable, Sendable {
  /// `http` or `https`.
  var scheme: String
  /// With brackets around an IPv6 address.
  var host: String
  var port: String

  /// The words for it in a sentence.
  var words: String { "\(host):\(port)" }

  /// Reads a URL.
  ///
  /// - Throws: `badURL` with a sentence that does not repeat a password.
  init(url: String) throws(Failure) {
    guard !ASCII.hasControlByte(url), !url.utf8.contains(0x09) else {
      throw Failure(.badURL, "the URL has a control character in it; write it again")
    }
    guard !url.isEmpty else { throw Failure(.badURL, "the URL is empty; write https://host/") }
    guard let parts = unsafe curl_url() else {
      throw Failure(.other, "libcurl is out of memory")
    }
    defer { unsafe curl_url_cleanup(parts) }
    let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER)
    let code = unsafe curl_url_set(parts, CURLUPART_URL, url, flags)
    guard code == CURLUE_OK else {
      throw Failure(.badURL, Self.mistake(code, url))
    }
    let scheme = unsafe Self.part(CURLUPART_SCHEME, of: parts) ?? ""
    guard scheme == "http" || scheme == "https" else {
      throw Failure(
        .badURL,
        "\(ASCII.printable(url)): \(ASCII.printable(scheme)) is not supported; "
          + "write an http or https URL"
      )
    }
    guard let host = unsafe Self.part(CURLUPART_HOST, of: parts), !host.isEmpty else {
      throw Failure(.badURL, "\(ASCII.printable(url)): no host; write https://host/")
    }
    self.scheme = scheme
    self.host = ASCII.printable(host)
    port = unsafe Self.part(CURLUPART_PORT, of: parts) ?? (scheme == "https" ? "443" : "80")
  }

  private static func part(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(parts, part, &text, 0) == CURLUE_OK, let text = unsafe text else {
      return nil
    }
    defer { unsafe curl_free(text) }
    return unsafe String(cString: text)
  }

  private static func mistake(_ code: CURLUcode, _ url: String) -> String {
    switch code {
    case CURLUE_USER_NOT_ALLOWED:
      "the URL carries a user name or password; leave it out and give a token instead"
    case CURLUE_BAD_SCHEME:
      "\(ASCII.printable(url)): no scheme; write http:// or https:// in front"
    case CURLUE_BAD_PORT_NUMBER:
      "\(ASCII.printable(url)): the port is not a number from 0 to 65535"
    default:
      "\(ASCII.printable(url)): not a URL; write https://host/"
    }
  }
}
