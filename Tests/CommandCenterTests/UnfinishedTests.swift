import CommandCenter
import Runs
import TestHouse
import Testing

/// What is said of decisions that an ended program left behind.
@Suite struct UnfinishedTests {
  private static let now = Sample.desk().model.now

  private static func record(
    _ verb: Verb = .pause,
    _ fate: JournalRecord.Fate = .open,
    ago seconds: Int = 60
  ) -> JournalRecord {
    let run = RunReference(workflow: WorkflowID("w"), run: RunID("7c9e6679-7425"))
    return JournalRecord(
      decision: Decision(
        id: DecisionID("key-\(seconds)"),
        verb: verb,
        subject: .run(run),
        title: "refunds",
        madeAt: now + .seconds(-seconds)
      ),
      place: JournalPlace(profile: "prod", url: "https://api"),
      fate: fate,
      file: "journal"
    )
  }

  private static func sentence(_ outcome: Result<Outcome, Fault>) -> String {
    UnfinishedWords.sentence(
      Unfinished.Settled(record: record(), outcome: outcome),
      zone: .utc,
      at: now
    )
  }

  @Test func `each outcome is a sentence of what was decided, when, and what became of it`() {
    let clock = Zone.utc.clock(Self.now + .seconds(-60)).prefix(5)
    let beginning = "pause refunds 7c9e6679, decided \(clock): "
    let fault = Fault(.timedOut, "no answer to it came; the run is running")
    let done = Confirmation(status: .paused, readBack: true, by: "kim")
    for (outcome, words) in [
      (.success(.done(done)), "done, as the server shows, by kim; the run is paused"),
      (
        .success(
          .changed(.answered(by: "alex", at: Self.now + .seconds(-20), approved: true))
        ), "not done: already approved by alex 20s ago"
      ),
      (.success(.unknown(fault)), "nobody knows: no answer to it came; the run is running"),
      (
        .failure(Fault(.unreachable, "no route")),
        "still open, it could not be read back: no route"
      ),
    ] as [(Result<Outcome, Fault>, String)] {
      #expect(Self.sentence(outcome) == beginning + words)
    }
    let old = Unfinished.Settled(
      record: Self.record(ago: 86_400 * 3),
      outcome: .success(.done(done))
    )
    let day = CalendarTime(Self.now + .seconds(-86_400 * 3)).date
    #expect(
      UnfinishedWords.sentence(old, zone: .utc, at: Self.now).contains("decided \(day) ")
    )
  }

  @Test func `all that was found is one notice that stays, and the inbox is read again`() throws {
    var desk = Sample.desk()
    let settled = (1...5).map { number in
      Unfinished.Settled(
        record: Self.record(ago: 60 * (6 - number)),
        outcome: .success(.done(Confirmation(status: .paused, readBack: true)))
      )
    }
    let effects = desk.send(.decision(.unfinished(Unfinished(settled: settled))))
    #expect(effects == [.refresh])
    let notice = try #require(desk.model.notice)
    #expect(notice.tone == .good && notice.until == nil)
    #expect(notice.text.hasPrefix("found open, since the program ended: pause refunds 7c9e6679"))
    #expect(notice.text.hasSuffix("; 2 more are in the journal"))
    #expect(notice.text.components(of: "pause refunds") == 3)
  }

  @Test func `plans that were left are kept for the operator, and nothing else is said of nothing`()
    throws
  {
    var desk = Sample.desk()
    let before = desk.model.notice
    desk.send(.decision(.unfinished(Unfinished())))
    #expect(desk.model.notice == before)
    let plan = Self.record(.pause, .planned(BatchID("b")))
    desk.send(.decision(.unfinished(Unfinished(planned: [plan], remarks: ["a line is cut"]))))
    #expect(desk.model.leftPlans == [plan])
    let notice = try #require(desk.model.notice)
    #expect(notice.tone == .bad)
    #expect(
      notice.text.contains("1 decision of a bulk that was cut short never sent")
        && notice.text.hasSuffix("a line is cut")
    )
  }

  @Test func `what was never sent since its window was not over is told, and not offered`() throws {
    var desk = Sample.desk()
    let unsent = (1...4).map { Self.record(.stop(.immediate), .held, ago: 60 * $0) }
    desk.send(.decision(.unfinished(Unfinished(unsent: unsent))))
    #expect(desk.decisions.isEmpty && desk.model.leftPlans.isEmpty && desk.model.held.isEmpty)
    let notice = try #require(desk.model.notice)
    #expect(notice.tone == .bad && notice.until == nil)
    #expect(
      notice.text.hasPrefix(
        "not sent, since the program ended inside the undo window: stop now refunds 7c9e6679, "
          + "decided "
      )
    )
    #expect(notice.text.hasSuffix("; 1 more is in the journal"))
  }

  @Test func `whether decisions can be recorded is kept`() {
    var desk = Sample.desk()
    let full = Fault(.local, "the disk is full")
    desk.send(.decision(.journal(full)))
    #expect(desk.model.journalFault == full)
    desk.send(.decision(.journal(nil)))
    #expect(desk.model.journalFault == nil)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
