import Foundation
import JSON
import Runs

extension Router {
  /// Agrees to a live stream, or answers as to any request.
  ///
  /// - Throws: ``Rejection``; 404 when workflow or run is not there, 400 and 426 when the request is
  ///   no handshake that can be answered.
  func live(_ workflow: String, _ request: Request) async throws(Rejection) -> Answer {
    try await require(workflow: workflow)
    var query = LiveQuery(workflow: workflow)
    if let run = request.parameter("run_id"), !run.isEmpty {
      _ = try await row(
        of: RunReference(workflow: WorkflowID(workflow), run: RunID(run))
      )
      query.run = run
    }
    query.after = try request.number("after", from: 0, default: 0)
    guard query.run != nil || request.parameter("after") == nil else {
      throw .malformed("“after” counts the events of one run; name it as run_id")
    }
    var answer = Answer(101, text: "")
    answer.headers = [
      "Upgrade": "websocket", "Connection": "Upgrade",
      "Sec-WebSocket-Accept": WebSocketFrame.accept(try Self.key(request)),
    ]
    answer.live = query
    return answer
  }

  /// The key of a handshake.
  private static func key(_ request: Request) throws(Rejection) -> String {
    let options = (request.headers["connection"] ?? "").lowercased().split(separator: ",")
      .map { $0.filter { $0 != " " } }
    guard request.headers["upgrade"]?.lowercased() == "websocket", options.contains("upgrade")
    else {
      throw Rejection(
        426,
        "UPGRADE_REQUIRED",
        "this is a live stream; open it with a WebSocket client, or read the events by polling"
      )
    }
    guard request.headers["sec-websocket-version"] == "13" else {
      throw Rejection(426, "UPGRADE_REQUIRED", "Sec-WebSocket-Version must be 13")
    }
    guard let key = request.headers["sec-websocket-key"], Data(base64Encoded: key)?.count == 16
    else { throw .malformed("Sec-WebSocket-Key must be 16 bytes in Base64") }
    return key
  }
}
