/// A run with everything that is shown of it.
package struct RunDetail: Sendable, Equatable {
  package var run: Run
  /// Its events in order.
  package var events: [RunEvent]
  /// Its tasks that wait.
  package var tasks: [HumanTask]
  /// The graph of the version that it executes; nil where the server does not tell.
  package var graph: Graph?
  /// Events that could not be read and are missing here.
  package var unreadable: Int
  /// When it was read.
  package var at: Timestamp
  /// Whether the server has more events than one reading is bound to.
  package var isCut: Bool
  /// Why events or tasks are missing or old, where they could not be read.
  package var fault: Fault?

  /// A run with its events.
  package init(
    run: Run,
    events: [RunEvent] = [],
    tasks: [HumanTask] = [],
    graph: Graph? = nil,
    unreadable: Int = 0,
    at: Timestamp,
    isCut: Bool = false,
    fault: Fault? = nil
  ) {
    self.run = run
    self.events = events
    self.tasks = tasks
    self.graph = graph
    self.unreadable = unreadable
    self.at = at
    self.isCut = isCut
    self.fault = fault
  }

  /// The steps as the events leave them.
  package var steps: [Step] {
    StepLedger.steps(
      graph: graph,
      events: events,
      run: run,
      waiting: Set(tasks.filter(\.isPending).map(\.step))
    )
  }
}
