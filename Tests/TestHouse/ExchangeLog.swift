import Glibc
import JSON
import Synchronization

/// Writes down what tests ask a runtime of ours and what it answers, a line of JSON each, when
/// `RECORD_EXCHANGES` names a folder; `tools/contract` holds that against `openapi.yaml`.
///
/// What is longer than ``longest`` is left out: it tells nothing new and is long to check.
package enum ExchangeLog {
  private static let longest = 256 << 10
  /// Headers that are part of the contract; what authorizes is not among them.
  private static let asked: Set<String> = ["content-type", "idempotency-key", "if-none-match"]

  private static let file: Mutex<Int32?> = {
    let folder = unsafe getenv("RECORD_EXCHANGES").map { unsafe String(cString: $0) }
    guard let folder, !folder.isEmpty else { return Mutex(nil) }
    let path = "\(folder)/\(getpid()).jsonl"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    return Mutex(descriptor < 0 ? nil : descriptor)
  }()

  /// Writes down one exchange.
  /// - Parameters:
  ///   - method: The method of the request.
  ///   - target: Its path and query, as they were sent.
  ///   - headers: Its headers; those of the contract are kept.
  ///   - body: Its body.
  ///   - answer: The status, the headers by lower-case name and the body of the answer.
  package static func note(
    _ method: String,
    _ target: String,
    headers: [String: String],
    body: [UInt8],
    answer: (status: Int, headers: [String: String], body: [UInt8])
  ) {
    guard file.withLock({ $0 != nil }), body.count <= longest, answer.body.count <= longest,
      let sent = String(validating: body, as: UTF8.self),
      let received = String(validating: answer.body, as: UTF8.self)
    else { return }
    var request: JSONObject = [:]
    for (name, value) in headers where asked.contains(name.lowercased()) {
      request[name.lowercased()] = .string(value)
    }
    var reply: JSONObject = [:]
    for (name, value) in answer.headers { reply[name] = .string(value) }
    let exchange: JSONValue = [
      "method": .string(method), "target": .string(target), "headers": .object(request),
      "body": .string(sent), "status": .int(answer.status), "answer_headers": .object(reply),
      "answer": .string(received),
    ]
    write(JSONWriter.bytes(exchange) + [0x0A])
  }

  private static func write(_ line: [UInt8]) {
    file.withLock { descriptor in
      guard let open = descriptor else { return }
      var rest = line[...]
      while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes {
          unsafe Glibc.write(open, $0.baseAddress, $0.count)
        }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}
