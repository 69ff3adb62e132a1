import JSON
import Runs
import Shell
import Testing

@Suite struct DoctorTests {
  private let found = [
    Check("locale", .good, "C.UTF-8"),
    Check("terminal", .note, "TERM is dumb: the front needs a terminal that can be addressed"),
  ]

  @Test func `a server in order is reported with times`() {
    var reading = busy
    reading.clockSkew = .seconds(90)
    let told = effects(
      task(.doctor(found, asks: true), width: 50),
      .probed(.runs, .success(40)),
      .probed(.tasks, .success(1)),
      .reading(.success(reading))
    )
    #expect(
      told.filter { if case .progress = $0 { false } else { true } }.prefix(3) == [
        .probe(.runs), .probe(.tasks), .poll,
      ]
    )
    #expect(
      output(told) == """
        ok    locale             C.UTF-8
        note  terminal           TERM is dumb: the front
                                 needs a terminal that can
                                 be addressed
        ok    /v1/runs           40 in 0 ms
        ok    token              accepted
        ok    /v1/tasks/pending  1 in 0 ms
        note  clock              the server's is 1m30s
                                 ahead: ages are off by as
                                 much

        """
    )
    #expect(code(told) == .done)
  }

  @Test(arguments: faults)
  func `a fault ends in its code`(kind: Fault.Kind, wanted: ExitCode) {
    var task = task(.doctor(found, asks: true), form: .json)
    var told =
      task.begin(at: now) + task.receive(.probed(.runs, .failure(Fault(kind, "x"))), at: now)
    if code(told) == nil {
      told += task.receive(.probed(.tasks, .failure(Fault(kind, "y"))), at: now)
    }
    #expect(code(told) == wanted)
    let asked = told.count { $0 == .probe(.tasks) }
    #expect(asked == ([.unreachable, .timedOut].contains(kind) ? 0 : 1))
  }

  @Test func `without a server what was found decides`() throws {
    let bad = found + [Check("config", .bad, "c.toml, line 1: wrong", code: .usage)]
    let told = effects(task(.doctor(bad, asks: false), form: .json))
    #expect(code(told) == .usage)
    let items = try #require(try JSONValue(parsing: output(told)).array)
    #expect(items.count == 3)
    #expect(items[2] == ["check": "config", "verdict": "bad", "detail": "c.toml, line 1: wrong"])
  }
}
