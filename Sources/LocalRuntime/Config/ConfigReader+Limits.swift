import JSON

extension ConfigReader {
  private static let most = 100_000_000

  /// Reads `[limits]`.
  func limits(_ table: Keyed) throws(ConfigMistake) -> RuntimeConfig.Limits {
    try check(table, known: ["requests_per_minute", "webhooks_per_minute"])
    var limits = RuntimeConfig.Limits()
    if let count = try count("requests_per_minute", table) { limits.requestsPerMinute = count }
    if let count = try count("webhooks_per_minute", table) { limits.webhooksPerMinute = count }
    return limits
  }

  private func count(_ key: String, _ table: Keyed) throws(ConfigMistake) -> Int? {
    guard let value = table.members[key] else { return nil }
    guard let count = value.int, (1...Self.most).contains(count) else {
      throw mistake("“\(table.path(of: key))” must be a whole number from 1 to \(Self.most)")
    }
    return count
  }
}
