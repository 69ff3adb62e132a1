/// A key of the filter language: `status:failed` looks at one column, or compares one amount.
package enum FilterKey: String, Sendable, Hashable, CaseIterable {
  case status
  case section
  case workflow
  case step
  case code
  case trigger
  case age
  case credits
  case by
  case id

  /// What the key is about, in a few words.
  package var description: String {
    switch self {
    case .status: "how the run stands"
    case .section: "the part of the inbox"
    case .workflow: "the workflow's name or id"
    case .step: "a step that runs, waits or failed"
    case .code: "the code of a failure"
    case .trigger: "what started the run"
    case .age: "how old: >10m, <1h, 2h..3d"
    case .credits: "what it cost: >5, 1..2"
    case .by: "who paused or stopped it"
    case .id: "how the run's id begins"
    }
  }

  /// What has to stand behind the key.
  var wants: String {
    switch self {
    case .status: "wants a word such as failed, paused"
    case .section: "wants one of \(Section.allCases.map(\.word).joined(separator: ", "))"
    case .workflow: "wants a part of a workflow's name"
    case .step: "wants a part of a step's name"
    case .code: "wants a part of a failure's code"
    case .trigger: "wants a word such as api, cron"
    case .age: "wants a duration such as 10m, 2h, 3d"
    case .credits: "wants an amount such as 5, 0.2"
    case .by: "wants a part of a person's name"
    case .id: "wants the beginning of a run's id"
    }
  }

  /// Whether amounts are compared, rather than texts.
  package var isAmount: Bool { self == .age || self == .credits }
}
