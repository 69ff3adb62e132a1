import Testing

@testable import LocalRuntime

@Suite struct RunsConfigTests {
  private func read(_ text: String) throws -> RuntimeConfig.Runs {
    try RuntimeConfig.read(text: text, file: "runtime.toml").runs
  }

  @Test func `the table says how runs go`() throws {
    let runs = try read(
      "[runs]\ndrain_timeout_s = 1.5\nmax_parallel_steps = 3\nmax_call_depth = 2"
    )
    #expect(runs.drainTimeout == .milliseconds(1500))
    #expect(runs.parallelSteps == 3)
    #expect(runs.callDepth == 2)
    #expect(try read("") == RuntimeConfig.Runs())
  }

  @Test(
    arguments: [
      ("drain_timeout_s = 0", "a number of seconds above 0"),
      ("drain_timeout_s = \"1\"", "a number of seconds above 0"),
      ("max_parallel_steps = 0", "a whole number from 1 to 1000"),
      ("max_call_depth = 33", "a whole number from 1 to 32"),
      ("drain_timout_s = 1", "“runs.drain_timeout_s” was meant?"),
    ]
  )
  func `what cannot be is refused with the key`(_ line: String, _ words: String) throws {
    let mistake = #expect(throws: ConfigMistake.self) { try read("[runs]\n\(line)") }
    #expect(mistake?.sentence.contains(words) == true)
    #expect(mistake?.sentence.contains("runs.") == true)
  }

  @Test func `the place of a step is one word that is read back`() {
    for place in [
      StepPlace("a"), StepPlace("a#b-c"),
      StepPlace("x", in: StepPlace.Round(loop: "l#body#m", index: 12)),
      StepPlace(StepPlace.Round(loop: "l", index: 0)),
    ] {
      #expect(StepPlace(text: place.text) == place)
    }
  }
}
