internal import JSON
internal import Runs
internal import RuntimeAPI

/// Reads what there is to know of a workflow before a run of it is started.
///
/// Only when nothing at all could be read it fails: a form without a schema is better than none.
struct StartJob: Job {
  private enum Purpose: Sendable {
    case versions
    case workflow
    case run
    case newest
    case context
  }

  private let workflow: WorkflowID
  private let wanted: RunReference?
  private let place: String
  private let knowledge: Knowledge
  private var open = OpenAsks<Purpose>()
  private var facts = StartFacts()
  private var draft: Graph?
  private var fault: Fault?
  private var hasRead = false

  private(set) var learnt = Knowledge()
  private(set) var result: Result<StartFacts, Fault>?

  /// A question about a workflow, with the input of the run `wanted`, or of the newest.
  init(_ workflow: WorkflowID, input wanted: RunReference?, knowledge: Knowledge, place: String) {
    self.workflow = workflow
    self.wanted = wanted
    self.knowledge = knowledge
    self.place = place
  }

  mutating func begin() -> [Ask] {
    var asks = [open.ask(Endpoint.workflow(workflow), for: .workflow)]
    if knowledge.offers(.versions) {
      asks.append(open.ask(Endpoint.versions(workflow), for: .versions))
    }
    if let wanted {
      asks.append(open.ask(Endpoint.context(wanted), for: .context))
      if knowledge.offers(.run) { asks.append(open.ask(Endpoint.run(wanted), for: .run)) }
    } else {
      asks.append(open.ask(Endpoint.runs(of: workflow, limit: 1), for: .newest))
    }
    return asks
  }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard let purpose = open.close(number) else { return [] }
    var asks: [Ask] = []
    do throws(Fault) {
      asks = try take(answer, for: purpose)
      hasRead = true
    } catch {
      // What the workflow itself answers says more than what is missing beside it.
      if fault == nil || purpose == .workflow { fault = error }
    }
    if open.isEmpty { finish() }
    return asks
  }

  private mutating func take(_ answer: Answer, for purpose: Purpose) throws(Fault) -> [Ask] {
    let response = try answer.response(place: place)
    switch purpose {
    case .versions:
      let versions = try response.decoded(place: place) {
        (body) throws(JSONMistake) in try WorkflowWire.publications(body)
      }
      learnt.prove(.versions)
      guard let newest = versions.max(by: { $0.version < $1.version }) else { break }
      facts.version = newest.version
      facts.publishedAt = newest.publishedAt
      facts.schema = newest.graph?.inputSchema
    case .workflow:
      let found = try response.decoded(place: place) {
        (body) throws(JSONMistake) in try WorkflowWire.one(body)
      }
      facts.version = facts.version ?? found.version
      draft = found.graph
    case .run:
      guard let wanted else { break }
      let run = try response.decoded(place: place) {
        (body) throws(JSONMistake) in try RunWire.one(body, asked: wanted)
      }
      facts.run = run
      facts.input = facts.input ?? run.input?.object
    case .newest:
      let page = try response.decoded(place: place) {
        (body) throws(JSONMistake) in try RunWire.page(body)
      }
      guard let run = page.items.first else { break }
      facts.run = run
      facts.input = run.input?.object
      guard facts.input == nil else { break }
      let reference = RunReference(workflow: workflow, run: run.id)
      return [open.ask(Endpoint.context(reference), for: .context)]
    case .context:
      let input = try response.decoded(place: place) {
        (body) throws(JSONMistake) in try WorkflowWire.input(ofContext: body)
      }
      facts.input = input ?? facts.input
    }
    return []
  }

  private mutating func finish() {
    if !hasRead, let fault {
      result = .failure(fault)
      return
    }
    // Runs execute what was published; the graph of the workflow may be a draft of what comes next,
    // and counts only where versions are not told.
    if facts.schema == nil, !learnt.proven.contains(.versions) { facts.schema = draft?.inputSchema }
    result = .success(facts)
  }
}
