package import Runs

/// How a verb ended, as the shell that called it is told.
package enum ExitCode: Int32, Sendable, Equatable, CaseIterable {
  case done = 0
  /// It was tried and did not come about, or the answer was not the API's.
  case failed = 1
  /// The command line cannot be understood, or an id matches no run or several.
  case usage = 2
  case notReachable = 3
  /// The token, the role, the run's status or our own settings forbid it.
  case refused = 4
  /// What it was about is no longer what it was.
  case changed = 5
  /// Sent, but nobody knows whether it was done.
  case unknown = 6

  /// The code in a word or two.
  package var word: String {
    switch self {
    case .done: "done"
    case .failed: "failed"
    case .usage: "usage"
    case .notReachable: "server not reachable"
    case .refused: "refused"
    case .changed: "changed meanwhile"
    case .unknown: "outcome unknown"
    }
  }

  /// All codes in one sentence.
  package static var summary: String {
    allCases.map { "\($0.rawValue) \($0.word)" }.joined(separator: ", ")
  }

  /// What the code means.
  package var meaning: String {
    switch self {
    case .done: "Done. With --wait: the run completed, or was stopped as it should be."
    case .failed:
      "It was tried and did not come about, or the answer was not the API's. With --wait: the run "
        + "failed or was stopped. Of several: some were not done."
    case .usage:
      "The command line cannot be understood, or an id matches nothing or several things."
    case .notReachable: "The server cannot be reached, or cannot be trusted."
    case .refused:
      "The token, the role, the run's status, read-only mode or a protected profile forbids it."
    case .changed:
      "It was answered or changed meanwhile, or a condition of --if-status or --if-seq is not met."
    case .unknown:
      "It was sent, but nobody knows whether it was done. With --timeout: the run had not ended."
    }
  }

  /// The code of an outcome.
  package init(_ outcome: Outcome) {
    switch outcome {
    case .done: self = .done
    case .changed: self = .changed
    case .refused(let refusal): self = ExitCode(refusal.reason)
    case .notSent(let fault): self = ExitCode(fault)
    case .unknown: self = .unknown
    }
  }

  /// The code of something that could not be read or sent.
  package init(_ fault: Fault) {
    switch fault.kind {
    case .unreachable, .untrusted, .timedOut: self = .notReachable
    case .unauthenticated, .forbidden: self = .refused
    case .notFound, .limited, .server, .notTheAPI, .rejected, .tooLarge, .local: self = .failed
    }
  }

  private init(_ reason: Refusal.Reason) {
    switch reason {
    case .unauthenticated, .forbidden, .illegal: self = .refused
    case .notFound, .invalid, .busy, .other: self = .failed
    }
  }
}
