import JSON
import Runs
import Shell
import Testing

/// Runs that look stuck, as the shell writes them.
@Suite struct AttentionOutputTests {
  private static func silent(_ seconds: Int) -> Reading {
    var run = Run(id: RunID("77aa01fe-1"), workflow: WorkflowID("w"), status: .running)
    run.workflowName = "lead-enrich"
    run.startedAt = now + .seconds(-1260)
    run.updatedAt = now + .seconds(-seconds)
    run.currentSteps = [StepID("enrich")]
    return Reading(runs: [run], tasks: [], at: now, clockSkew: .zero)
  }

  @Test func `the table says it in words, and JSON as attention`() throws {
    let table = output(effects(task(.inbox(filter: "")), .reading(.success(Self.silent(840)))))
    #expect(table.contains("stuck? no event 14m, enrich"))
    let json = output(
      effects(task(.inbox(filter: ""), form: .json), .reading(.success(Self.silent(840))))
    )
    let item = try #require(try JSONValue(parsing: json).array?.first)
    #expect(item["attention"]?["kind"] == "silent")
    #expect(item["attention"]?["step_id"] == "enrich")
    #expect(item["attention"]?["since"]?.string == (now + .seconds(-840)).iso8601)
  }

  @Test func `what moves has none, and the filter finds what does not`() throws {
    let lively = output(
      effects(task(.inbox(filter: ""), form: .json), .reading(.success(Self.silent(20))))
    )
    #expect(try JSONValue(parsing: lively).array?.first?["attention"] == nil)
    let found = output(
      effects(task(.inbox(filter: "stuck")), .reading(.success(Self.silent(840))))
    )
    #expect(found.contains("lead-enrich"))
  }
}
