internal import JSON

/// How long the steps of a workflow took in those of its runs that completed last.
package struct StepHistory: Sendable, Equatable {
  /// How long one step took.
  package struct Times: Sendable, Equatable {
    /// The median.
    package var usual: Duration
    package var longest: Duration
    /// In how many runs it was seen.
    package var runs: Int

    /// What a step took in some runs.
    package init(usual: Duration, longest: Duration, runs: Int) {
      self.usual = usual
      self.longest = longest
      self.runs = runs
    }
  }

  private struct Samples: Sendable, Equatable {
    /// Milliseconds, shortest first.
    var took: [Int64] = []
    var runs = 0

    var times: Times? {
      guard let longest = took.last else { return nil }
      return Times(
        usual: .milliseconds(took[took.count / 2]),
        longest: .milliseconds(longest),
        runs: runs
      )
    }
  }

  /// How many steps are remembered, and how often each: graphs and loops may be of any size.
  private static let stepBound = 500
  private static let sampleBound = 200

  private var samples: [StepID: Samples] = [:]
  /// How many runs were read.
  package private(set) var runs = 0
  /// Whether the workflow's runs go on until something closes them.
  package var isEpisodic: Bool

  /// A history of no run yet.
  package init(isEpisodic: Bool = false) { self.isEpisodic = isEpisodic }

  /// Takes in the events of a run: what lies between a step's start and its success.
  ///
  /// A step that was tried again, or that stands in a loop, counts each time.
  package mutating func add(_ events: [RunEvent]) {
    runs += 1
    var begun: [StepID: Timestamp] = [:]
    var seen: Set<StepID> = []
    for event in events {
      guard let step = event.step else { continue }
      switch event.type {
      case "step_started": begun[step] = event.at
      case "step_completed" where !event.isSkip:
        guard let start = begun.removeValue(forKey: step), let end = event.at, end >= start
        else { continue }
        add((end - start).inMilliseconds, of: step, isFirst: seen.insert(step).inserted)
      case "step_failed", "step_cancelled": begun[step] = nil
      default: break
      }
    }
  }

  private mutating func add(_ took: Int64, of step: StepID, isFirst: Bool) {
    guard samples[step] != nil || samples.count < StepHistory.stepBound else { return }
    var known = samples[step] ?? Samples()
    if isFirst { known.runs += 1 }
    if known.took.count < StepHistory.sampleBound {
      known.took.insert(took, at: known.took.firstIndex { $0 > took } ?? known.took.count)
    }
    samples[step] = known
  }

  /// How long a step took; nil when none of the runs has been through it.
  ///
  /// A step inside a loop (`parent#body#inner`) that is not known goes by the loop.
  package func times(of step: StepID) -> Times? {
    if let times = samples[step]?.times { return times }
    guard let sign = step.text.lastIndex(of: "#") else { return nil }
    return times(of: StepID(String(step.text[..<sign])))
  }

  /// The step that took longest, for runs that do not say where they are.
  package var slowest: Times? {
    samples.values.compactMap(\.times).max { $0.longest < $1.longest }
  }
}

extension Graph {
  /// Whether runs of it are in episode mode: a step that nothing starts by itself keeps a run going
  /// until something closes it.
  package var isEpisodic: Bool {
    steps.contains { $0.source["no_auto_start"]?.bool == true }
  }
}
