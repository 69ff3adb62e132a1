/// Repeated figures of one thing.
struct Spread {
  /// The figures as they came.
  let samples: [Double]
  private let sorted: [Double]

  /// A spread of samples; nil without any.
  init?(_ samples: [Double]) {
    guard !samples.isEmpty else { return nil }
    self.samples = samples
    sorted = samples.sorted()
  }

  var min: Double { sorted[0] }
  var median: Double { percentile(50) }
  var max: Double { sorted[sorted.count - 1] }

  /// The sample that so many of a hundred do not exceed (nearest rank).
  func percentile(_ percent: Int) -> Double {
    let rank = (sorted.count * percent + 99) / 100
    return sorted[Swift.min(Swift.max(rank, 1), sorted.count) - 1]
  }
}
