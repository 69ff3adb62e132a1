package import CommandCenter
internal import JSON
package import Runs

extension Sample {
  /// So many runs that wait for an approval of one workflow, the oldest first, and their tasks.
  package static func approvals(_ count: Int) -> Reading {
    var runs: [Run] = []
    var tasks: [HumanTask] = []
    for number in 1...max(1, count) {
      let id = "\(String(number + 0x1000_0000, radix: 16))-0000"
      let run = run(id, "refund-approvals", .paused, began: .seconds(9000 - number)) {
        $0.statusAt = ago(.seconds(8000 - number))
        $0.lastEvent = number
      }
      runs.append(run)
      tasks.append(
        task(
          of: run,
          step: "review-refund",
          type: "approval",
          age: .seconds(8000 - number),
          ["title": .string("Refund $\(number) to customer-\(number)"), "amount": .int(number)]
        )
      )
    }
    return reading(runs: runs, tasks: tasks)
  }
}

extension Desk {
  /// The page on which decisions are reviewed, while it is on the screen.
  package var review: ReviewPage? {
    if case .review(let page) = model.top { page } else { nil }
  }

  /// Whether the page is on the screen on which a bulk is sent.
  package var isSending: Bool {
    if case .sending = model.top { true } else { false }
  }

  /// Tells what became of a decision.
  @discardableResult
  package mutating func settle(_ decision: Decision, _ outcome: Outcome) -> [Effect] {
    send(.decision(.outcome(decision, outcome, recorded: true)))
  }
}
