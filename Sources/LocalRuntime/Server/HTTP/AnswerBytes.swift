import Runs

extension Answer {
  /// The answer as it goes over the wire.
  /// - Parameters:
  ///   - keepsAlive: Whether the connection stays.
  ///   - now: For the `Date` header.
  /// - Returns: Head and body.
  func bytes(keepsAlive: Bool, now: Timestamp) -> [UInt8] {
    var fields = [("Date", HTTPDate.text(now))]
    if headers["Connection"] == nil {
      fields.append(("Connection", keepsAlive ? "keep-alive" : "close"))
    }
    let hasBody = status >= 200 && status != 204 && status != 304
    if hasBody, headers["Content-Length"] == nil {
      fields.append(("Content-Length", String(body.utf8.count)))
    }
    if !body.isEmpty, headers["Content-Type"] == nil {
      fields.append(("Content-Type", "application/json"))
    }
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fields.append((name, value)) }
    var text = "HTTP/1.1 \(status) \(Self.phrase(status))\r\n"
    for (name, value) in fields {
      // A value never ends its line, whatever it was made from.
      let sound = value.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }
      text += "\(name): \(String(sound))\r\n"
    }
    text += "\r\n"
    if hasBody { text += body }
    return Array(text.utf8)
  }

  private static func phrase(_ status: Int) -> String {
    switch status {
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Status \(status)"
    }
  }
}
