internal import JSON
package import Runs
internal import RuntimeAPI
package import Transport

/// Looks a server over, only reading.
///
/// First come the calls that the inbox needs, one after the other, then, all at once, those that tell
/// which optional parts the server has.
/// It does nothing itself: whoever drives it makes the calls and brings what came of them.
package struct Examination: Sendable {
  /// What is looked at.
  package enum Subject: String, Sendable, CaseIterable {
    case runs
    case tasks
    case workflows
    /// The feed once more, when it has not changed.
    case unchanged
    /// The feed, what has changed lately.
    case news
    case run
    case summary
    case events
    case versions
    case analytics
  }

  /// A call that is to be made.
  package struct Wanted: Sendable {
    package var subject: Subject
    package var request: Request
  }

  /// What came of a call.
  package struct Visit: Sendable {
    package var subject: Subject
    /// Without the query.
    package var path: String
    /// How many are listed, where that is what was asked.
    package var count: Int?
    /// What is wrong.
    package var fault: Fault?
    /// Whether the server has the part; nil when that could not be told.
    package var isOffered: Bool?
    /// As the answer says: `1.1`, `2`; nil without an answer.
    package var httpVersion: String?
    package var bytes = 0
    package var timing = Timing()
    /// The server's clock less ours, and by how much that may be off.
    package var skew: (difference: Duration, uncertainty: Duration)?
  }

  /// What came so far, in the order in which it came.
  package private(set) var visits: [Visit] = []
  private let server: Server
  private var open: [Subject: Call] = [:]
  private var etag: String?
  private var run: RunReference?
  private var workflow: WorkflowID?
  private var feedCount = 0

  /// An examination of a server.
  package init(of server: Server) { self.server = server }

  /// Whether nothing is to be waited for.
  package var isOver: Bool { open.isEmpty }

  /// The first call.
  package mutating func begin() -> [Wanted] { [ask(.runs)] }

  /// Takes what came of a call; gives the calls that follow from it.
  package mutating func receive(
    _ result: Result<Response, Transport.Failure>,
    for subject: Subject,
    at now: Timestamp
  ) -> [Wanted] {
    guard let call = open.removeValue(forKey: subject) else { return [] }
    let answer = Answer(result, at: now)
    var visit = Visit(subject: subject, path: call.path)
    if case .success(let response) = result {
      visit.httpVersion = response.httpVersion
      visit.bytes = response.bytesReceived
      visit.timing = response.timing
      // A date has whole seconds, and was written somewhere on the answer's way.
      visit.skew = answer.clockSkew.map { skew in
        let way = Duration.milliseconds(response.timing.total / 2000)
        return (skew + .milliseconds(500) + way, .milliseconds(500) + way)
      }
    }
    judge(&visit, answer)
    visits.append(visit)
    return following(visit)
  }

  // MARK: Judging

  private mutating func judge(_ visit: inout Visit, _ answer: Answer) {
    do throws(Fault) {
      let response = try answer.response(place: server.place, accepts304: true)
      visit.isOffered = true
      switch visit.subject {
      case .runs:
        let page = try response.decoded(place: server.place, RunWire.page)
        visit.count = page.items.count
        feedCount = page.items.count
        etag = response.headers["ETag"]
        run = page.items.lazy.compactMap(\.reference).first
      case .tasks:
        visit.count = try response.decoded(place: server.place) { (body) throws(JSONMistake) in
          try TaskWire.page(body)
        }.items.count
      case .workflows:
        let page = try response.decoded(place: server.place, WorkflowWire.page)
        visit.count = page.items.count
        workflow = page.items.first?.id
      case .unchanged: visit.isOffered = response.status == 304
      case .news:
        // Nothing changes in the future: a server that knows the word lists nothing.
        let page = try response.decoded(place: server.place, RunWire.page)
        visit.isOffered = page.items.isEmpty
      case .run, .summary, .events, .versions, .analytics: break
      }
    } catch {
      visit.fault = error
      visit.isOffered = answer.isMissing ? false : nil
    }
  }

  // MARK: Asking

  private mutating func following(_ visit: Visit) -> [Wanted] {
    switch visit.subject {
    case .runs:
      // A server that refuses one list may answer the other; one that is not there answers neither.
      let isThere = ![.unreachable, .timedOut].contains(visit.fault?.kind)
      return isThere ? [ask(.tasks)] : []
    case .tasks: return visits.contains { $0.fault == nil } ? [ask(.workflows)] : []
    case .workflows:
      var subjects: [Subject] = [.analytics]
      if etag != nil { subjects.append(.unchanged) }
      if feedCount > 0 { subjects.append(.news) }
      if run != nil { subjects += [.run, .summary, .events] }
      if run?.workflow ?? workflow != nil { subjects.append(.versions) }
      return subjects.map { ask($0) }
    case .unchanged, .news, .run, .summary, .events, .versions, .analytics: return []
    }
  }

  private mutating func ask(_ subject: Subject) -> Wanted {
    let call = call(for: subject)
    open[subject] = call
    var request = server.request(Ask(0, call, etag: subject == .unchanged ? etag : nil))
    request.limits.connectMilliseconds = 4_000
    request.limits.totalMilliseconds = [.runs, .tasks].contains(subject) ? 8_000 : 5_000
    return Wanted(subject: subject, request: request)
  }

  private func call(for subject: Subject) -> Call {
    // Only asked where there is one.
    let run = self.run ?? RunReference(workflow: WorkflowID(""), run: RunID(""))
    switch subject {
    case .runs, .unchanged: return Endpoint.runs(limit: AgentRuntimeBackend.pageLimit)
    case .tasks: return Endpoint.pendingTasks()
    case .workflows: return Endpoint.workflows()
    case .news:
      var call = Endpoint.runs(limit: 1)
      call.query.append(.init("updated_since", "2999-01-01T00:00:00Z"))
      return call
    case .run: return Endpoint.run(run)
    case .summary: return Endpoint.summary(run)
    case .events: return Endpoint.events(run, limit: 1)
    case .versions: return Endpoint.versions(self.run?.workflow ?? workflow ?? run.workflow)
    case .analytics:
      return Call("GET", "/v1/analytics/live-runs", query: [.init("window", "week")])
    }
  }
}
