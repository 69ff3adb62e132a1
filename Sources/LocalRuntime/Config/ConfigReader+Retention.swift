import JSON

/// What is said of how long things are kept.
extension ConfigReader {
  private static let units = ["h": 3600, "d": 86_400, "w": 7 * 86_400]
  private static let longestYears = 100

  /// `[retention] runs = "30d"`.
  func retention(_ root: Keyed) throws(ConfigMistake) -> Duration? {
    guard let table = try table("retention", root) else { return nil }
    try check(table, known: ["runs"])
    guard let text = try text("runs", table) else { return nil }
    guard let unit = text.last, let seconds = Self.units[String(unit)],
      let count = Int(text.dropLast()), count > 0,
      count <= Self.longestYears * 366 * 86_400 / seconds
    else {
      throw mistake(
        "“retention.runs” is “\(text)”, not a time such as “12h”, “30d” or “8w”, at most 100 years"
      )
    }
    return .seconds(count * seconds)
  }
}
