/// What can be asked of analytics, by the last part of its path.
enum AnalyticsQuestion: String, Sendable, CaseIterable {
  case liveRuns = "live-runs"
  case successRate = "success-rate"
  case executionDuration = "execution-duration"
  case runsCount = "runs-count"
  case stepsExecuted = "steps-executed"
  case creditsConsumed = "credits-consumed"
  case stepsSummary = "steps-summary"
  case runsSeries = "runs-timeseries"
  case usageSeries = "usage-timeseries"
}
