import JSON
import Runs

/// Analytics: answers from sums that were written with what they sum up.
extension Router {
  func analytics(
    _ question: AnalyticsQuestion,
    _ request: Request
  ) async throws(Rejection) -> Answer {
    let first = try await reading { () throws(StoreMistake) in try await store.firstHour() }
    let window = try UsageWindow.read(request.parameter, now: engine.clock.now(), first: first)
    var body: JSONObject
    switch question {
    case .liveRuns: body = try await liveRuns()
    case .successRate: body = try await successRate(window)
    case .executionDuration: body = try await executionDuration(window)
    case .runsCount: body = try await runsCount(window)
    case .stepsExecuted: body = try await stepsExecuted(window)
    case .creditsConsumed: body = try await creditsConsumed(window)
    case .stepsSummary: body = try await stepsSummary(window)
    case .runsSeries, .usageSeries:
      let size = try Granularity.read(request.parameter("granularity"), in: window)
      let buckets =
        question == .runsSeries
        ? try await runsSeries(window, size) : try await usageSeries(window, size)
      body = ["buckets": .array(buckets), "granularity": .string(size.rawValue)]
    }
    body["window"] = window.json
    return Answer(200, .object(body))
  }

  private func liveRuns() async throws(Rejection) -> JSONObject {
    let counts = try await reading { () throws(StoreMistake) in try await store.liveCounts() }
    var byStatus: JSONObject = [:]
    for (status, count) in counts { byStatus[status] = .int(count) }
    return ["value": .int(counts.reduce(0) { $0 + $1.count }), "by_status": .object(byStatus)]
  }

  private func successRate(_ window: UsageWindow) async throws(Rejection) -> JSONObject {
    let ended = try await sums(.runsEnded, window)
    let all = ended.total(\.count)
    let good = ended.first { $0.key == RunStatus.completed.word }?.count ?? 0
    // The product shows no rate of so few runs.
    let rate: JSONValue = all < 3 ? .null : Self.ratio(good, all)
    return ["value": rate, "completed": .int(Int(good)), "terminal": .int(Int(all))]
  }

  /// A share with four digits behind the point, rounded down, so that only all is 1.
  static func ratio(_ part: Int64, _ all: Int64) -> JSONValue {
    let digits = part * 10_000 / max(1, all)
    let fraction = String(digits % 10_000 + 10_000).dropFirst()
    return JSONNumber("\(digits / 10_000).\(fraction)").map { .number($0) } ?? .null
  }

  /// How long ended runs took in all.
  private func executionDuration(_ window: UsageWindow) async throws(Rejection) -> JSONObject {
    let ended = try await sums(.runsEnded, window)
    let (count, took) = (ended.total(\.count), ended.total(\.amount))
    return [
      "value": .int(Int(took)), "unit": "ms", "runs": .int(Int(count)),
      "average_ms": count == 0 ? .null : .int(Int(took / count)),
    ]
  }

  private func runsCount(_ window: UsageWindow) async throws(Rejection) -> JSONObject {
    let started = try await sums(.runsStarted, window)
    let ended = try await sums(.runsEnded, window)
    return [
      "value": .int(Int(started.total(\.count))),
      "by_trigger": Self.counts(started), "ended": Self.counts(ended),
    ]
  }

  private static func counts(_ sums: [UsageSum]) -> JSONValue {
    var object: JSONObject = [:]
    for sum in sums { object[sum.key] = .int(Int(sum.count)) }
    return .object(object)
  }

  /// Steps that were begun, each once; what was skipped, or failed before, was not executed.
  private func stepsExecuted(_ window: UsageWindow) async throws(Rejection) -> JSONObject {
    ["value": .int(Int(try await sums(.stepsBegun, window).total(\.count)))]
  }

  private func creditsConsumed(_ window: UsageWindow) async throws(Rejection) -> JSONObject {
    let charges = try await sums(.credits, window)
    let all = charges.reduce(Credits(microcredits: 0)) { $0 + Credits(microcredits: $1.amount) }
    var byAction: JSONObject = [:]
    for charge in charges { byAction[charge.key] = .int(Int(charge.amount)) }
    return [
      "value": .int(Int(all.microcredits)), "unit": "microcredits", "credits": .string(all.text),
      "by_action": .object(byAction),
    ]
  }

  private func stepsSummary(_ window: UsageWindow) async throws(Rejection) -> JSONObject {
    var types: [String: JSONObject] = [:]
    var times: [String: (count: Int64, took: Int64)] = [:]
    for sum in try await sums(.stepsEnded, window) {
      let parts = sum.key.split(separator: "|", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      types[parts[0], default: ["type": .string(parts[0])]][parts[1]] = .int(Int(sum.count))
      guard parts[1] == "completed" || parts[1] == "failed" else { continue }
      let time = times[parts[0]] ?? (0, 0)
      times[parts[0]] = (time.count.plus(sum.count), time.took.plus(sum.amount))
    }
    var rows: [JSONValue] = []
    for (type, known) in types.sorted(by: { $0.key < $1.key }) {
      var row: JSONObject = ["type": .string(type)]
      for outcome in ["completed", "failed", "cancelled", "skipped"] {
        row[outcome] = known[outcome] ?? 0
      }
      let time = times[type] ?? (0, 0)
      row["latency_ms"] = time.count == 0 ? .null : .int(Int(time.took / time.count))
      rows.append(.object(row))
    }
    return [
      "steps": .array(rows),
      "tokens_in": .int(Int(try await sums(.tokensRead, window).total(\.amount))),
      "tokens_out": .int(Int(try await sums(.tokensWritten, window).total(\.amount))),
    ]
  }

  // MARK: Series

  private func runsSeries(
    _ window: UsageWindow,
    _ size: Granularity
  ) async throws(Rejection) -> [JSONValue] {
    var buckets = Buckets(["started", "completed", "failed", "stopped"], window, size)
    for (hour, sum) in try await hours(.runsStarted, window) {
      buckets.add(sum.count, "started", hour)
    }
    for (hour, sum) in try await hours(.runsEnded, window) {
      buckets.add(sum.count, sum.key, hour)
    }
    return buckets.json
  }

  private func usageSeries(
    _ window: UsageWindow,
    _ size: Granularity
  ) async throws(Rejection) -> [JSONValue] {
    var buckets = Buckets(["microcredits", "steps", "tokens_in", "tokens_out"], window, size)
    for (hour, sum) in try await hours(.credits, window) {
      buckets.add(sum.amount, "microcredits", hour)
    }
    for (hour, sum) in try await hours(.stepsBegun, window) {
      buckets.add(sum.count, "steps", hour)
    }
    for (hour, sum) in try await hours(.tokensRead, window) {
      buckets.add(sum.amount, "tokens_in", hour)
    }
    for (hour, sum) in try await hours(.tokensWritten, window) {
      buckets.add(sum.amount, "tokens_out", hour)
    }
    return buckets.json
  }

  /// The buckets of a series, those in which nothing happened too.
  private struct Buckets {
    private let names: [String]
    private let size: Granularity
    private let starts: [Int64]
    private var sums: [Int64: [String: Int64]] = [:]

    init(_ names: [String], _ window: UsageWindow, _ size: Granularity) {
      self.names = names
      self.size = size
      starts = Array(size.starts(in: window))
    }

    mutating func add(_ amount: Int64, _ name: String, _ hour: Int64) {
      let start = size.start(of: hour)
      sums[start, default: [:]][name] = (sums[start]?[name] ?? 0).plus(amount)
    }

    var json: [JSONValue] {
      starts.map { start in
        var bucket: JSONObject = [
          "at": .string(Timestamp(milliseconds: start * 3_600_000).iso8601)
        ]
        for name in names { bucket[name] = .int(Int(sums[start]?[name] ?? 0)) }
        return .object(bucket)
      }
    }
  }

  // MARK: Reading

  private func sums(
    _ measure: Measure,
    _ window: UsageWindow
  ) async throws(Rejection) -> [UsageSum] {
    try await reading { () throws(StoreMistake) in
      try await store.usage(measure, in: window.hours)
    }
  }

  private func hours(
    _ measure: Measure,
    _ window: UsageWindow
  ) async throws(Rejection) -> [(hour: Int64, sum: UsageSum)] {
    try await reading { () throws(StoreMistake) in
      try await store.hourlyUsage(measure, in: window.hours)
    }
  }
}
