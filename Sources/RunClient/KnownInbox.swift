package import Runs

/// What the last poll brought, so that the next need not decode what is the same.
package struct KnownInbox: Sendable {
  var feed = KnownFeed()
  var tasks = KnownList<HumanTask>()
  var names: [WorkflowID: String] = [:]
  /// Workflows whose names the server did not give, and for how many polls not to ask again.
  var nameless: Set<WorkflowID> = []
  var namesPause = 0
  /// For how many polls not to ask again for the tasks, where the server has no list of them.
  var tasksPause = 0
  var reading: Reading?

  /// Nothing known yet.
  package init() {}
}

/// What a poll brought.
package struct Refreshed: Sendable {
  package var reading: Reading
  /// Whether anything but the time is new.
  package var changed: Bool
  /// Whether everything was read, rather than what has changed.
  package var isWhole: Bool
  /// For the next poll.
  package var known: KnownInbox
}
