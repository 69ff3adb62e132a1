import RunClient
import Runs
import Testing
import Transport

@Suite struct ExaminationTests {
  private typealias Subject = Examination.Subject

  private let now = Timestamp(milliseconds: 1_795_000_000_000)

  private func server(token: String? = "crt_secret") throws -> Server {
    try Server(url: "https://api.example.com", token: token, tenant: "acme")
  }

  private func answer(
    _ status: Int = 200,
    _ body: String = "{}",
    _ headers: [(String, String)] = []
  ) -> Result<Response, Transport.Failure> {
    .success(
      Response(
        status: status,
        headers: ResponseHeaders(headers.map { Header(name: $0.0, value: $0.1) }),
        body: Array(body.utf8),
        httpVersion: "2",
        timing: Timing(connect: 10_000, firstByte: 20_000, total: 30_000)
      )
    )
  }

  private let runs = #"{"runs":[{"id":"r1","workflow_id":"w1","status":"running"}]}"#

  /// Answers everything by subject; what is not given is a 404.
  private func examine(
    _ answers: [Subject: Result<Response, Transport.Failure>]
  ) throws -> (visits: [Examination.Visit], asked: [Examination.Wanted]) {
    var examination = Examination(of: try server())
    var waiting = examination.begin()
    var asked: [Examination.Wanted] = []
    while !waiting.isEmpty {
      let next = waiting.removeFirst()
      asked.append(next)
      waiting += examination.receive(
        answers[next.subject] ?? answer(404, #"{"error":"no"}"#),
        for: next.subject,
        at: now
      )
    }
    #expect(examination.isOver)
    return (examination.visits, asked)
  }

  @Test func `a server with every part is asked for each, once, and only read`() throws {
    let (visits, asked) = try examine([
      .runs: answer(200, runs, [("ETag", "\"7\"")]), .tasks: answer(200, #"{"tasks":[]}"#),
      .workflows: answer(200, #"{"workflows":[]}"#), .unchanged: answer(304, ""),
      .news: answer(200, #"{"runs":[]}"#), .run: answer(), .summary: answer(), .events: answer(),
      .versions: answer(), .analytics: answer(),
    ])
    #expect(Set(asked.map(\.subject)) == Set(Subject.allCases))
    #expect(asked.count == Subject.allCases.count)
    #expect(asked.allSatisfy { $0.request.method == "GET" })
    #expect(asked.allSatisfy { $0.request.limits.totalMilliseconds <= 8_000 })
    #expect(visits.allSatisfy { $0.isOffered == true && $0.fault == nil })
    #expect(visits.first?.count == 1)
    #expect(visits.first?.httpVersion == "2")
    let unchanged = try #require(asked.first { $0.subject == .unchanged })
    #expect(unchanged.request.headers.contains(Header(name: "If-None-Match", value: "\"7\"")))
    let urls = asked.map(\.request.url)
    #expect(urls.contains("https://api.example.com/v1/workflows/w1/runs/r1/summary"))
    #expect(urls.contains { $0.contains("updated_since=2999") })
  }

  @Test func `a server with the documented parts alone lacks the others`() throws {
    let (visits, asked) = try examine([
      .runs: answer(200, runs), .tasks: answer(200, #"{"tasks":[]}"#),
      .workflows: answer(200, #"{"workflows":[]}"#), .news: answer(200, runs),
      .summary: answer(), .events: answer(), .versions: answer(500),
    ])
    // Without a tag there is nothing to ask again with.
    #expect(!asked.map(\.subject).contains(.unchanged))
    let offered = visits.reduce(into: [Subject: Bool?]()) { $0[$1.subject] = $1.isOffered }
    #expect(offered[.run] == false)
    #expect(offered[.analytics] == false)
    #expect(offered[.news] == false)
    #expect(offered[.summary] == true)
    #expect(offered[.versions] == .some(nil))
  }

  @Test func `a server that is not there is asked once, one that refuses a list for the other`()
    throws
  {
    let absent = try examine([
      .runs: .failure(Transport.Failure(code: .refused, sentence: "refused", sent: false))
    ])
    #expect(absent.visits.map(\.subject) == [.runs])
    #expect(absent.visits.first?.fault?.kind == .unreachable)
    let refused = try examine([
      .runs: answer(403, #"{"error":"no"}"#), .tasks: answer(403, #"{"error":"no"}"#),
    ])
    #expect(refused.visits.map(\.subject) == [.runs, .tasks])
    #expect(refused.visits.map(\.fault?.kind) == [.forbidden, .forbidden])
  }

  @Test func `the server's clock is told with how far that may be off`() throws {
    let dated = answer(200, runs, [("Date", "Wed, 18 Nov 2026 11:08:20 GMT")])
    let visit = try #require(try examine([.runs: dated]).visits.first)
    let skew = try #require(visit.skew)
    #expect(skew.uncertainty == .milliseconds(515))
    let wanted = Timestamp(iso8601: "2026-11-18T11:08:20Z").map { $0 - now }
    #expect(wanted.map { $0 + .milliseconds(515) } == skew.difference)
  }

  @Test func `what is no list is a fault`() throws {
    let visit = try #require(try examine([.runs: answer(200, "<html>")]).visits.first)
    #expect(visit.fault?.kind == .notTheAPI)
  }
}
