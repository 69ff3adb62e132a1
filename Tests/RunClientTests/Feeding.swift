import JSON
import RunClient
import Runs
import RuntimeAPI
import Testing
import Transport

/// The moment at which the tests begin.
let start = Timestamp(milliseconds: 1_775_818_800_000)

/// What a peer that exists only on paper answers.
enum Fed {
  static func json(
    _ text: String,
    status: Int = 200,
    headers: [String: String] = [:]
  ) -> Result<Response, Transport.Failure> {
    let lines = headers.map { Header(name: $0.key, value: $0.value) }
    return .success(
      Response(status: status, headers: ResponseHeaders(lines), body: Array(text.utf8))
    )
  }

  static func status(_ status: Int, _ text: String = "") -> Result<Response, Transport.Failure> {
    json(text, status: status)
  }

  static let missing = status(404, #"{"error":"not found","code":"NOT_FOUND"}"#)

  static func failure(
    _ code: Transport.Failure.Code = .cut,
    sent: Bool = true
  ) -> Result<Response, Transport.Failure> {
    .failure(Transport.Failure(code: code, sentence: "api:443: \(code)", sent: sent))
  }

  /// So many runs as a JSON list, numbered from a number on.
  static func runs(_ count: Int, from first: Int = 0) -> String {
    let items = (first..<(first + count)).map {
      #"{"id":"r\#($0)","workflow_id":"w","workflow_name":"W","status":"running"}"#
    }
    return "[\(items.joined(separator: ","))]"
  }
}

/// A job as it is fed, with what it asked.
struct Conversation<Value: Sendable> {
  var result: Result<Value, Fault>
  /// Each target in the order asked, with `METHOD ` in front.
  var asked: [String]
  var etags: [String?]
  var learnt: Knowledge
}

/// Feeds a job with the answers that a function gives, in the order in which they are asked for.
func feed<Value>(
  _ job: any Job<Value>,
  at now: Timestamp = start,
  _ answer: (Call) -> Result<Response, Transport.Failure>
) throws -> Conversation<Value> {
  var job = job
  var asked: [String] = []
  var etags: [String?] = []
  var open = job.begin()
  while !open.isEmpty {
    let ask = open.removeFirst()
    asked.append("\(ask.call.method) \(ask.call.target)")
    etags.append(ask.etag)
    try #require(asked.count < 200, "the job never ends")
    open += job.receive(Answer(answer(ask.call), at: now), for: ask.number)
  }
  let result = try #require(job.result, "the job has nothing to ask and no result")
  return Conversation(result: result, asked: asked, etags: etags, learnt: job.learnt)
}

extension Result {
  /// The failure, or nil.
  var fault: Failure? { if case .failure(let fault) = self { fault } else { nil } }
}

let backend = AgentRuntimeBackend(place: "api:443")
let reference = RunReference(workflow: WorkflowID("w"), run: RunID("r1"))
