import Testing
import Transport

/// Ways for a test to drive a pool by states.
extension TransferPool {
  static func make(proxy: String? = nil, caFile: String? = nil) throws -> TransferPool {
    try TransferPool(
      settings: TransportSettings(
        userAgent: "command-center/test",
        proxy: proxy,
        caFile: caFile
      )
    )
  }

  /// Performs one exchange to its end.
  func perform(_ request: Request) throws -> Result<Response, Failure> {
    let id = start(request)
    let results = drive(until: 1)
    let only = try #require(results.first)
    try #require(results.count == 1)
    #expect(only.id == id)
    return only.result
  }

  /// Performs one exchange that must come to an answer.
  func answer(_ request: Request) throws -> Response {
    try perform(request).get()
  }

  /// Performs one exchange that must fail.
  func failure(_ request: Request) throws -> Failure {
    let result = try perform(request)
    return try #require(result.failure, "it must fail: \(result)")
  }

  /// Drives until so many exchanges have ended.
  func drive(until count: Int) -> [(id: TransferID, result: Result<Response, Failure>)] {
    var results: [(id: TransferID, result: Result<Response, Failure>)] = []
    while results.count < count {
      _ = wait(milliseconds: 1_000)
      results += finished()
    }
    return results
  }

  /// Drives until something outside is so.
  func drive(until condition: () -> Bool) {
    while !condition() { _ = wait(milliseconds: 1_000) }
  }
}

extension Result {
  var failure: Failure? {
    guard case .failure(let failure) = self else { return nil }
    return failure
  }
}
