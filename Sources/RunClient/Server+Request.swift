internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Transport

extension Server {
  /// The exchange that makes a call here.
  ///
  /// What reads may travel on a kept connection and has 15 s; a command has 30 s and a connection of
  /// its own, on which it cannot leave twice.
  func request(_ ask: Ask) -> Request {
    let call = ask.call
    var headers = [Header(name: "Accept", value: "application/json")]
    let wanted = [
      ("Authorization", token.map { "Bearer \($0)" }),
      ("X-Tenant-Id", tenant),
      ("X-Project-Id", project),
      ("If-None-Match", ask.etag),
      ("Idempotency-Key", call.key?.text),
      ("Content-Type", call.body == nil ? nil : "application/json"),
    ]
    headers += wanted.compactMap { name, value in value.map { Header(name: name, value: $0) } }
    let isRead = call.kind == .read
    return Request(
      method: call.method,
      url: url + call.target,
      headers: headers,
      body: call.body.map { JSONWriter.bytes($0) } ?? (isRead ? nil : []),
      connection: isRead ? .kept : .fresh,
      limits: Limits(connectMilliseconds: 5_000, totalMilliseconds: isRead ? 15_000 : 30_000)
    )
  }
}
