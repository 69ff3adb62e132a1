/// Repeated figures of one thing.
struct Spread {
  let samples: [Double]

  /// A spread of sorted samples; nil without any.
  init?(_ samples: [Double]) {
    guard !samples.isEmpty else { return nil }
    self.samples = samples.sorted()
  }

  var min: Double { samples[0] }
  var median: Double { percentile(50) }
  var max: Double { samples[samples.count - 1] }

  /// The sample that so many of a hundred do not exceed (nearest rank).
  func percentile(_ percent: Int) -> Double {
    let rank = (samples.count * percent + 99) / 100
    return samples[Swift.min(Swift.max(rank, 1), samples.count) - 1]
  }
}
