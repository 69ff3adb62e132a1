import Glibc
import JSON
import RunClient
import Runs
import RuntimeAPI
import TestHouse
import Testing

/// Where a command's exchange is cut.
private struct Cut: CustomStringConvertible {
  var boundary: ServerFault.Boundary
  var isAbrupt: Bool

  var description: String { "\(boundary)\(isAbrupt ? ", abruptly" : "")" }

  /// Each boundary of an exchange.
  static let boundaries: [Cut] = [
    .requestBytes(0), .requestLine, .requestHead, .request, .performed, .statusLine, .head,
    .halfBody,
    .answer,
  ].flatMap { [Cut(boundary: $0, isAbrupt: false), Cut(boundary: $0, isAbrupt: true)] }

  /// So many places, anywhere in what goes there and comes back.
  static func seeded(_ count: Int, seed: UInt64) -> [Cut] {
    var state = seed
    return (0..<count).map { number in
      let place = Int(random(&state) % 480)
      return Cut(
        boundary: number.isMultiple(of: 2) ? .requestBytes(place) : .answerBytes(place),
        isAbrupt: random(&state).isMultiple(of: 2)
      )
    }
  }

  private static func random(_ state: inout UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}

extension EndToEnd {
  /// Commands over spoiled connections: what the operator is told agrees with the runtime's record.
  @Suite struct CommandSoak {
    /// How many places of an exchange are cut; `make soak` has time for more.
    private static var places: Int { unsafe getenv("SOAK_SECONDS") == nil ? 50 : 300 }

    @Test(arguments: Runs.Verb.all)
    func `wherever the exchange is cut, a decision is made once and told as it is on record`(
      verb: Runs.Verb
    ) throws {
      let scene = try Scene()
      let proxy = try FaultProxy(before: scene.runtime.port)
      let cuts = Cut.boundaries + Cut.seeded(Self.places, seed: UInt64(verb.word.utf8.count))
      let matters = try scene.matters(verb, cuts.count)
      let folder = scene.home.path("journal")
      var told: [DecisionID: [OutcomeWord]] = [:]
      for (number, (matter, cut)) in zip(matters, cuts).enumerated() {
        let decision = matter.decision
        let courier = try Courier(
          url: proxy.url,
          token: scene.runtime.token,
          folder: folder,
          process: Int32(number)
        )
        let fault = try proxy.impose(
          ServerFault("cut", on: .commands, .end(cut.boundary, abruptly: cut.isAbrupt), times: 1)
        )
        let first = try courier.outcome(of: decision)
        try proxy.lift(fault)
        let what = "\(verb.word) cut at \(cut): \(first)"
        try expect(matter, agreesWith: first, what)
        var words = [first.record.word]
        // Who gives it again keeps its key; where it was done, nothing is sent.
        if words != [.done] {
          let second = try courier.outcome(of: decision)
          words.append(second.record.word)
          #expect(words.last == .done, "\(what), then \(second)")
        }
        #expect(try matter.performed() == 1, "\(what), told \(words)")
        told[decision.id] = words
      }
      // The journal has a line before each command, and the last word of each.
      let contents = JournalFolder(directory: folder).read()
      #expect(contents.remarks.isEmpty)
      #expect(contents.records.count == matters.count)
      for record in contents.records {
        #expect(record.sentAt != nil, "\(record)")
        guard case .settled(let word, _, _, _, later: false) = record.fate else {
          Issue.record("\(record.id) is not settled: \(record.fate)")
          continue
        }
        #expect(word == told[record.id]?.last, "\(record)")
      }
    }

    /// What the operator is told is what the runtime has.
    private func expect(
      _ matter: Matter,
      agreesWith outcome: Outcome,
      _ what: String
    ) throws {
      let count = try matter.performed()
      switch outcome.record.word {
      case .done: #expect(count == 1, "\(what)")
      case .unknown: #expect(count <= 1, "\(what)")
      case .notSent, .changed, .refused: #expect(count == 0, "\(what)")
      }
    }

    @Test(arguments: Runs.Verb.all)
    func `an answer that a gateway spoils or holds up is no other decision`(verb: Runs.Verb) throws
    {
      let scene = try Scene()
      let proxy = try FaultProxy(before: scene.runtime.port)
      let answers: [HTTPAnswer] = [
        .json(#"{"error":"bad gateway"}"#, status: "502 Bad Gateway"),
        .json(#"{"error":"no time"}"#, status: "504 Gateway Timeout"),
        HTTPAnswer("200 OK", headers: ["Content-Type: text/html"], body: Array("<html>hi".utf8)),
        .json("{}", status: "500 Internal Server Error"),
      ]
      let matters = try scene.matters(verb, answers.count + 2)
      let folder = scene.home.path("journal")
      let courier = try Courier(url: proxy.url, token: scene.runtime.token, folder: folder)
      for (matter, answer) in zip(matters, answers) {
        let fault = try proxy.impose(
          ServerFault("spoilt", on: .commands, .change { $0 = answer }, times: 1)
        )
        let outcome = try courier.outcome(of: matter.decision)
        try proxy.lift(fault)
        #expect(outcome.record.word == .done, "\(verb.word) after \(answer): \(outcome)")
        #expect(try matter.performed() == 1)
      }
      // The answers come in another order than the commands went.
      let (slow, quick) = (matters[answers.count], matters[answers.count + 1])
      let fault = try proxy.impose(
        ServerFault("late", on: .commands, .hold(.performed), times: 1)
      )
      courier.begin(slow.decision)
      var told: [(Decision, Outcome)] = []
      let turn = {
        for case .outcome(let decision, let outcome, _) in courier.turn() {
          told.append((decision, outcome))
        }
      }
      while proxy.count(of: "late") == 0 { turn() }
      courier.begin(quick.decision)
      while told.isEmpty { turn() }
      #expect(told.map(\.0) == [quick.decision])
      try proxy.lift(fault)
      while told.count < 2 { turn() }
      #expect(told.map(\.0) == [quick.decision, slow.decision])
      #expect(told.allSatisfy { $0.1.record.word == .done }, "\(told)")
      for matter in [slow, quick] { #expect(try matter.performed() == 1) }
      // A gateway that asks again because it got no answer: the key makes it the same command.
      let call = Endpoint.command(slow.decision)
      let again = try LoopbackHTTP.ask(
        port: scene.runtime.port,
        call.method,
        call.target,
        headers: [
          "Authorization: Bearer \(scene.runtime.token)", "Content-Type: application/json",
          "Idempotency-Key: \(slow.decision.id)",
        ],
        body: JSONWriter.bytes(call.body ?? .null)
      )
      #expect(again.status == 200)
      #expect(try slow.performed() == 1)
    }

    @Test func `a command that comes behind somebody else's is told by whom it was overtaken`()
      throws
    {
      let scene = try Scene()
      let proxy = try FaultProxy(before: scene.runtime.port)
      let matter = try scene.matters(.approve, 1)[0]
      let courier = try Courier(
        url: proxy.url,
        token: scene.runtime.token,
        folder: scene.home.path("journal")
      )
      let fault = try proxy.impose(
        ServerFault("late", on: .commands, .hold(.requestHead), times: 1)
      )
      courier.begin(matter.decision)
      while proxy.count(of: "late") == 0 { _ = courier.turn() }
      try matter.run.answer(try matter.run.task(), approved: false)
      try proxy.lift(fault)
      let outcome: Outcome = try courier.run {
        if case .outcome(_, let outcome, _) = $0 { outcome } else { nil }
      }
      guard case .changed(.answered(by: "alex", at: .some, approved: false)) = outcome else {
        Issue.record("alex came first: \(outcome)")
        return
      }
      #expect(try matter.performed() == 0)
      #expect(try matter.run.events("task_completed").count == 1)
    }

    @Test func `a start whose name the server does not take is not claimed`() throws {
      let scene = try Scene()
      let proxy = try FaultProxy(before: scene.runtime.port)
      let matters = try scene.matters(.start, 2)
      var capabilities = Capabilities.agentRuntime
      capabilities.takesRunID = false
      let courier = try Courier(
        url: proxy.url,
        token: scene.runtime.token,
        folder: scene.home.path("journal"),
        capabilities: capabilities
      )
      let fault = try proxy.impose(
        ServerFault("cut", on: .commands, .end(.performed, abruptly: false), times: 1)
      )
      let lost = matters[0]
      guard case .unknown(let words) = try courier.outcome(of: lost.decision) else {
        Issue.record("nobody can know")
        return
      }
      try proxy.lift(fault)
      #expect(try lost.performed() == 1)
      #expect(words.sentence.contains("it may be "), "\(words)")
      // Given again it is not started again, since it may be there.
      #expect(try courier.outcome(of: lost.decision).record.word == .unknown)
      #expect(try lost.performed() == 1)
      #expect(try courier.outcome(of: matters[1].decision).record.word == .done)
      #expect(try matters[1].performed() == 1)
    }
  }
}
