import JSON

extension Router {
  /// Whether the runtime can do its work; asked without a token, so that it tells no names of files.
  func health() async -> Answer {
    guard let trouble = await store.findTrouble() else {
      return Answer(200, ["status": "ok", "store": "writable"])
    }
    let why: JSONValue = trouble.kind == .full ? "full" : "unwritable"
    var answer = Answer(503, ["status": "degraded", "store": why])
    answer.headers["Retry-After"] = "2"
    return answer
  }
}
