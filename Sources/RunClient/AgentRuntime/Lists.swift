internal import JSON
internal import Runs
internal import RuntimeAPI

extension ListShape<Run> {
  /// The feed, or what has changed of it since a moment, or the runs of one workflow.
  static func runs(
    of workflow: WorkflowID? = nil,
    statuses: [RunStatus] = [],
    updatedSince: Timestamp? = nil
  ) -> ListShape {
    let limit = AgentRuntimeBackend.pageLimit
    return ListShape(
      limit: limit,
      call: { cursor, offset in
        if let workflow {
          return Endpoint.runs(
            of: workflow,
            limit: limit,
            cursor: cursor,
            offset: offset,
            statuses: statuses
          )
        }
        return Endpoint.runs(
          limit: limit,
          cursor: cursor,
          offset: offset,
          statuses: statuses,
          updatedSince: updatedSince
        )
      },
      key: { run in "\(run.workflow?.text ?? "")/\(run.id.text)" },
      decode: { (body) throws(JSONMistake) in
        var page = try RunWire.page(body)
        guard let workflow else { return page }
        for index in page.items.indices where page.items[index].workflow == nil {
          page.items[index].workflow = workflow
        }
        return page
      }
    )
  }
}

extension ListShape<HumanTask> {
  /// The tasks that wait, of all runs; a server may list answered ones beside them.
  static var pendingTasks: ListShape {
    ListShape(
      limit: nil,
      call: { cursor, _ in Endpoint.pendingTasks(cursor: cursor) },
      key: { task in "\(task.run.text)/\(task.id.text)" },
      decode: { (body) throws(JSONMistake) in
        var page = try TaskWire.page(body)
        page.items.removeAll { !$0.isPending }
        return page
      }
    )
  }
}

extension ListShape<HumanTask> {
  /// The tasks of one run that wait, picked from those of all runs.
  static func pendingTasks(in run: RunReference) -> ListShape {
    var shape = ListShape.pendingTasks
    shape.decode = { (body) throws(JSONMistake) in
      var page = try TaskWire.page(body)
      page.items.removeAll { !$0.isPending || $0.run != run.run }
      return page
    }
    return shape
  }

  /// The tasks of one run that wait.
  static func pendingTasks(of run: RunReference) -> ListShape {
    ListShape(
      limit: nil,
      call: { cursor, _ in Endpoint.pendingTasks(of: run).paged(cursor) },
      key: { task in task.id.text },
      decode: { (body) throws(JSONMistake) in
        var page = try TaskWire.page(body, of: run)
        page.items.removeAll { !$0.isPending || $0.run != run.run }
        return page
      }
    )
  }
}

extension Call {
  /// The call for the page at a cursor.
  func paged(_ cursor: String?) -> Call {
    guard let cursor else { return self }
    var call = self
    call.query.append(Parameter("cursor", cursor))
    return call
  }
}

extension ListShape<Workflow> {
  /// The workflows.
  static var workflows: ListShape {
    ListShape(
      limit: nil,
      call: { cursor, _ in Endpoint.workflows(cursor: cursor) },
      key: { workflow in workflow.id.text },
      decode: { (body) throws(JSONMistake) in try WorkflowWire.page(body) }
    )
  }
}

/// Reads one list.
struct ListJob<Item: Sendable & Equatable>: Job {
  private var walk: Walk<Item>
  private var open = OpenAsks<Void>()
  private let wrap: @Sendable ([Item]) -> Listed.Items
  private(set) var result: Result<Listed, Fault>?
  var learnt: Knowledge { Knowledge() }

  init(
    _ shape: ListShape<Item>,
    place: String,
    wrap: @escaping @Sendable ([Item]) -> Listed.Items
  ) {
    walk = Walk(shape, place: place)
    self.wrap = wrap
  }

  mutating func begin() -> [Ask] { [open.ask(walk.next.call, for: ())] }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard open.close(number) != nil else { return [] }
    do throws(Fault) {
      if try walk.receive(answer) { return begin() }
      let listed = Listed(
        wrap(walk.items),
        unreadable: walk.unreadable,
        isCut: walk.isCut,
        at: answer.receivedAt
      )
      result = .success(listed)
    } catch {
      result = .failure(error)
    }
    return []
  }
}
