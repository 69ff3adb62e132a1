import JSON

/// What is said of how runs go.
extension ConfigReader {
  private static let longest = 604_800.0

  /// Reads `[runs]`.
  func runs(_ table: Keyed) throws(ConfigMistake) -> RuntimeConfig.Runs {
    try check(table, known: ["drain_timeout_s", "max_parallel_steps", "max_call_depth"])
    var runs = RuntimeConfig.Runs()
    if let value = table.members["drain_timeout_s"] {
      guard case .number(let number) = value, number.double > 0, number.double <= Self.longest
      else {
        throw mistake(
          "“\(table.path(of: "drain_timeout_s"))” must be a number of seconds above 0 and up to "
            + "\(Int(Self.longest))"
        )
      }
      runs.drainTimeout = .seconds(number.double)
    }
    if let count = try whole("max_parallel_steps", table, upTo: 1000) { runs.parallelSteps = count }
    if let count = try whole("max_call_depth", table, upTo: 32) { runs.callDepth = count }
    return runs
  }

  private func whole(
    _ key: String,
    _ table: Keyed,
    upTo most: Int
  ) throws(ConfigMistake) -> Int? {
    guard let value = table.members[key] else { return nil }
    guard let count = value.int, (1...most).contains(count) else {
      throw mistake("“\(table.path(of: key))” must be a whole number from 1 to \(most)")
    }
    return count
  }
}

extension RuntimeConfig {
  /// How runs go.
  package struct Runs: Sendable, Equatable {
    /// How long a run may drain before it fails with `DRAIN_TIMEOUT`.
    package var drainTimeout = Duration.seconds(900)
    /// How many steps of one run execute at once, those of loops aside.
    package var parallelSteps = 8
    /// How deep workflows may nest that call workflows.
    package var callDepth = 8

    /// What holds when the file says nothing.
    package init() {}
  }
}
