import Testing

@testable import LocalRuntime

@Suite struct LimitsConfigTests {
  @Test func `workspace, project and limits are read`() throws {
    let config = try RuntimeConfig.read(
      text: """
        tenant = "acme"
        project = "prod"
        [limits]
        requests_per_minute = 120
        """,
      file: "runtime.toml"
    )
    #expect(config.tenant == "acme")
    #expect(config.project == "prod")
    #expect(config.limits.requestsPerMinute == 120)
    #expect(config.limits.webhooksPerMinute == RuntimeConfig.Limits().webhooksPerMinute)
    let settings = Router.Settings(config)
    #expect(settings.tenant == "acme")
    #expect(settings.limits == config.limits)
  }

  @Test(
    arguments: [
      ("tenant = 7", "“tenant” is a number"), ("project = \"\"", "“project” is empty"),
      ("limits = 3", "“limits” is a number"),
      ("[limits]\nrequests_per_minute = 0", "“limits.requests_per_minute” must be"),
      ("[limits]\nwebhooks_per_minute = 1.5", "“limits.webhooks_per_minute” must be"),
      ("[limits]\nrequest_per_minute = 9", "“limits.requests_per_minute” was meant?"),
    ]
  )
  func `what is wrong with them is said with its key`(_ text: String, _ words: String) throws {
    let mistake = #expect(throws: ConfigMistake.self) {
      try RuntimeConfig.read(text: text, file: "runtime.toml")
    }
    #expect(mistake?.sentence.contains(words) == true)
  }
}
