/// What one poll of the inbox brought.
///
/// Feed and tasks belong together: they are one reading.
package struct Reading: Sendable, Equatable {
  /// The feed, newest first as the server lists it; each run once.
  package var runs: [Run]
  /// The tasks that wait; nil when that list could not be read, which is not the same as none.
  package var tasks: [HumanTask]?
  /// When the first part of it arrived: nothing in it is older, and it must not look fresher.
  package var at: Timestamp
  /// Items that could not be read and are missing here.
  package var unreadable: Int
  /// Whether the server has more runs than the bound of one poll.
  package var isCut: Bool
  /// Why the task list is missing.
  package var taskFault: Fault?
  /// The server's clock less ours, where an answer carried a date.
  package var clockSkew: Duration?

  /// A reading.
  package init(
    runs: [Run],
    tasks: [HumanTask]?,
    at: Timestamp,
    unreadable: Int = 0,
    isCut: Bool = false,
    taskFault: Fault? = nil,
    clockSkew: Duration? = nil
  ) {
    self.runs = runs
    self.tasks = tasks
    self.at = at
    self.unreadable = unreadable
    self.isCut = isCut
    self.taskFault = taskFault
    self.clockSkew = clockSkew
  }
}

extension Reading {
  /// A clock that is further off than this makes ages wrong.
  package static let clockTolerance = Duration.seconds(5)

  /// When it was made by the server's clock, by which runs tell their times.
  ///
  /// The date of an answer is exact to the second; what is within the tolerance counts as none.
  package var serverTime: Timestamp { clockIsOff.map { at + $0 } ?? at }

  /// How far the server's clock is ahead of ours; nil where that makes no difference.
  package var clockIsOff: Duration? {
    guard let clockSkew, abs(clockSkew.inMilliseconds) > Reading.clockTolerance.inMilliseconds
    else { return nil }
    return clockSkew
  }
}

/// One page of a list.
package struct Page<Item: Sendable & Equatable>: Sendable, Equatable {
  package var items: [Item]
  /// Items of the page that could not be read.
  package var unreadable: Int
  /// Where the next page begins; nil on the last, or where the server pages by offset.
  package var nextCursor: String?
  /// How many there are in all, where the server says.
  package var total: Int?

  /// A page.
  package init(
    items: [Item],
    unreadable: Int = 0,
    nextCursor: String? = nil,
    total: Int? = nil
  ) {
    self.items = items
    self.unreadable = unreadable
    self.nextCursor = nextCursor
    self.total = total
  }
}
