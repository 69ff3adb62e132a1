internal import Cells
internal import Runs

/// Tells what this machine's journal has.
struct ActivityWork: VerbWork {
  private let wanted: ActivityWanted
  private let context: ShellContext

  init(_ wanted: ActivityWanted, _ context: ShellContext) {
    self.wanted = wanted
    self.context = context
  }

  func begin(at now: Timestamp) -> [ShellEffect] { [.records] }

  func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .records(_, let remarks, isUnread: true): return fail(remarks, .failed)
    case .records(let records, let remarks, _):
      let picked = wanted.picked(of: records, at: now)
      let text = ActivityOutput.text(picked, context)
      let isNothing = picked.isEmpty && context.form == .table
      let nothing = records.isEmpty ? "nothing was decided here yet" : "no decision fits"
      return remarks.map { .complain(Text.sanitised($0)) }
        + [isNothing ? .progress(nothing) : .out(text), .finish(.done)]
    case .interrupted: return [.leave]
    default: return []
    }
  }
}

/// Writes a hand-over.
struct HandoverWork: VerbWork {
  private let since: Since
  private let place: JournalPlace
  private let context: ShellContext
  private var records: [JournalRecord] = []
  private var remarks: [String] = []
  private var isUnread = false

  init(_ since: Since, _ place: JournalPlace, _ context: ShellContext) {
    self.since = since
    self.place = place
    self.context = context
  }

  func begin(at now: Timestamp) -> [ShellEffect] { [.records, .poll] }

  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .records(let records, let remarks, let isUnread):
      self.records = records
      self.remarks = remarks
      self.isUnread = isUnread
      return []
    case .reading(let reading): return told(reading, now)
    case .interrupted: return [.leave]
    default: return []
    }
  }

  private func told(_ reading: Result<Reading, Fault>, _ now: Timestamp) -> [ShellEffect] {
    let handover = Handover(
      place: place,
      since: since.moment(at: now),
      at: now,
      zone: context.zone,
      records: isUnread ? nil : records,
      reading: reading
    )
    var effects: [ShellEffect] = [.out(handover.markdown)]
    effects += remarks.map { .complain(Text.sanitised($0)) }
    // Half of a hand-over is better than none, but it is not whole.
    switch reading {
    case .failure(let fault): return effects + fail(fault)
    case .success(let reading):
      guard let fault = reading.taskFault else {
        return effects + [.finish(isUnread ? .failed : .done)]
      }
      return effects + fail(fault)
    }
  }
}
