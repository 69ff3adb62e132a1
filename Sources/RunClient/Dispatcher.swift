internal import Runs

/// Which decisions wait their turn, of which nobody knows what became, and which are read back for
/// programs that ended before they knew.
struct Dispatcher {
  /// A decision and what is to be done about it.
  struct Order {
    var decision: Decision
    var purpose: CommandJob.Purpose
  }

  /// Journals of ended programs that are being settled.
  private struct Settling {
    /// Keeps others from settling the same.
    var claim: JournalClaim
    var waiting: [JournalRecord]
    var running: [DecisionID: JournalRecord] = [:]
    var result: Unfinished

    mutating func ended(_ record: JournalRecord, _ outcome: Result<Outcome, Fault>) {
      running[record.id] = nil
      result.settled.append(Unfinished.Settled(record: record, outcome: outcome))
    }
  }

  /// How many decisions of ended programs are read back at a time, and how many at one start.
  private static let settledAtOnce = 8
  private static let settledInAll = 200

  private var queue: [Order] = []
  /// Those of bulks: they wait for each other, and for all others.
  private var bulkQueue: [Order] = []
  /// The names of all that wait.
  private var waiting: Set<DecisionID> = []
  /// Decisions that were sent without anybody knowing what became of them, and when.
  private var doubtful: [DecisionID: (decision: Decision, sentAt: Timestamp, isRead: Bool)] = [:]
  /// Those of them that could not be read back either.
  private var unread: Set<DecisionID> = []
  private var settling: Settling?
  /// Journals with decisions that were planned and are left to the operator: nobody else takes them
  /// up meanwhile.
  private var held: JournalClaim?

  /// Whether nothing waits and nothing is being settled.
  var isIdle: Bool { queue.isEmpty && bulkQueue.isEmpty && settling == nil }

  /// Whether a decision waits.
  func holds(_ id: DecisionID) -> Bool { waiting.contains(id) }

  /// Whether a decision was sent and nobody knows what became of it.
  func doubts(_ id: DecisionID) -> Bool { doubtful[id] != nil }

  /// Forgets a decision that waits; one that could not be read back before is read back yet.
  mutating func drop(_ id: DecisionID) {
    guard waiting.remove(id) != nil else { return }
    queue.removeAll { $0.decision.id == id }
    bulkQueue.removeAll { $0.decision.id == id }
    if doubtful[id]?.isRead == false { unread.insert(id) }
  }

  /// Takes a decision of the operator's; one of which nobody knows what became is read back first.
  mutating func take(_ decision: Decision) {
    let doubt = doubtful[decision.id]
    unread.remove(decision.id)
    let order = Order(
      decision: decision,
      purpose: doubt.map { .again(sentAt: $0.sentAt) } ?? .send
    )
    waiting.insert(decision.id)
    if decision.batch == nil { queue.append(order) } else { bulkQueue.append(order) }
  }

  /// Takes out what may begin: one for each run that none is under way for, no more of bulks than
  /// there is room for, and what was decided singly first.
  mutating func next(busy: Set<RunReference>, roomForBulk room: Int) -> [Order] {
    if var work = settling {
      while work.running.count < Dispatcher.settledAtOnce, let record = work.waiting.first {
        work.waiting.removeFirst()
        work.running[record.id] = record
        let sentAt = record.sentAt ?? record.decision.madeAt
        queue.append(
          Order(decision: record.decision, purpose: .readBack(sentAt: sentAt, later: true))
        )
      }
      settling = work
    }
    var busy = busy
    let begun =
      Dispatcher.take(from: &queue, atMost: .max, &busy)
      + Dispatcher.take(from: &bulkQueue, atMost: room, &busy)
    waiting.subtract(begun.map(\.decision.id))
    return begun
  }

  /// Takes the first orders out of a queue whose runs are not busy; those that are passed keep their
  /// place.
  private static func take(
    from queue: inout [Order],
    atMost limit: Int,
    _ busy: inout Set<RunReference>
  ) -> [Order] {
    guard limit > 0, !queue.isEmpty else { return [] }
    var taken: [Order] = []
    var passed: [Order] = []
    var place = 0
    while place < queue.count, taken.count < limit {
      let order = queue[place]
      place += 1
      if busy.insert(order.decision.subject.run).inserted {
        taken.append(order)
      } else {
        passed.append(order)
      }
    }
    queue.replaceSubrange(..<place, with: passed)
    return taken
  }

  /// The server answers: what could not be read back is, now.
  mutating func reached() {
    for id in unread {
      guard let doubt = doubtful[id] else { continue }
      queue.append(
        Order(decision: doubt.decision, purpose: .readBack(sentAt: doubt.sentAt, later: false))
      )
    }
    unread = []
  }

  // MARK: Ends

  /// Takes what became of a decision; gives what is to be told.
  mutating func ended(
    _ job: CommandJob,
    _ outcome: Outcome,
    recorded: Bool
  ) -> ClientEvent? {
    let id = job.decision.id
    if case .unknown = outcome {
      doubtful[id] = (job.decision, job.sentAt ?? job.decision.madeAt, job.isRead)
      if !job.isRead { unread.insert(id) }
    } else {
      doubtful[id] = nil
    }
    guard let record = settling?.running[id] else {
      return .outcome(job.decision, outcome, recorded: recorded)
    }
    settling?.ended(record, .success(outcome))
    return settled()
  }

  /// Takes that what became of a decision could not be read; gives what is to be told.
  mutating func left(_ job: CommandJob, _ fault: Fault) -> ClientEvent? {
    let id = job.decision.id
    guard let record = settling?.running[id] else {
      unread.insert(id)
      return nil
    }
    settling?.ended(record, .failure(fault))
    return settled()
  }

  // MARK: Programs that ended too early

  /// Begins to settle what journals hold; gives what is to be told when that is nothing.
  mutating func settle(
    _ claim: JournalClaim,
    _ contents: JournalFolder.Contents
  ) -> ClientEvent? {
    let open = contents.records.filter(\.isOpen)
    var result = Unfinished(
      planned: contents.records.filter(\.isLeftPlan),
      unsent: contents.records.filter(\.isLeftHeld),
      remarks: contents.remarks
    )
    if open.count > Dispatcher.settledInAll {
      let rest = open.count - Dispatcher.settledInAll
      result.remarks.append(
        "\(rest) more decisions are open in the journals; they wait for a start"
      )
    }
    held = result.planned.isEmpty ? nil : claim
    settling = Settling(
      claim: claim,
      waiting: open.suffix(Dispatcher.settledInAll),
      result: result
    )
    return settled()
  }

  private mutating func settled() -> ClientEvent? {
    guard var work = settling, work.waiting.isEmpty, work.running.isEmpty else { return nil }
    settling = nil
    work.result.settled.sort { $0.record.at < $1.record.at }
    return .unfinished(work.result)
  }
}

extension CommandJob.Purpose {
  /// Whether another program sent the decision.
  var isLater: Bool { if case .readBack(_, later: true) = self { true } else { false } }
}
