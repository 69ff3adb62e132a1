import Cells
import CommandCenter
import Runs
import TestHouse
import Testing
import Triage

/// Profiles, tokens, themes and the line behind `:`, without leaving the screen.
@Suite struct ProfileTests {
  private static let refused = Fault(
    .unauthenticated,
    "api.example.com:443 does not accept the token (401); set a valid one and try again"
  )

  /// A desk with a profile whose token comes from somewhere.
  private func desk(_ origin: Access.Origin = .file("~/prod.token")) -> Desk {
    var desk = Sample.desk()
    desk.model.access = Access(origin)
    desk.model.offers = Offers(
      profiles: ["prod", "staging"],
      themes: ["midnight", "monochrome", "paper"]
    )
    return desk
  }

  private func opening(_ name: String, snapshot: Reading? = nil) -> ProfileOpening {
    ProfileOpening(
      facts: ProfileFacts(name: name, tenant: "acme", place: "\(name).example.com:443"),
      offers: Offers(profiles: ["prod", "staging"], themes: ["midnight", "paper"]),
      snapshot: snapshot
    )
  }

  private func fail(_ desk: inout Desk, _ fault: Fault, missed: Int = 1) {
    desk.send(.inbox(.failed(fault, nextTry: desk.now + .seconds(8), missed: missed)))
  }

  // MARK: The line

  @Test func `the line offers what can be asked, and does it`() {
    var desk = desk()
    desk.press(":")
    expectScreen(desk.frame, "command-line")
    desk.type("pro")
    desk.press("tab")
    desk.type("st")
    expectScreen(desk.frame, "command-line-profile")
    desk.effects = []
    desk.press("enter")
    expectScreen(desk.frame, "command-line-mistake")
    desk.press("tab enter")
    #expect(unkept(desk.effects) == [.open(profile: "staging")])
    #expect(desk.model.layers == [.inbox])
  }

  @Test(arguments: [
    ("nonsense", "there is no command nonsense; there are approve, reject"),
    ("profile", "write the name of a profile: there are prod, staging"),
    ("profile nowhere", "there is no profile nowhere; there are prod, staging"),
    ("profile a b", "profile takes one name behind it"),
    ("token x", "token takes nothing behind it"),
    ("t", "t can be task, tasks, theme, themes, token"),
  ])
  func `a line that cannot be done stays, with a sentence`(line: String, sentence: String) {
    var desk = desk()
    desk.press(":")
    desk.type(line)
    desk.press("enter")
    #expect(desk.text.contains(sentence), "\(desk.text)")
    #expect(desk.model.layers.count == 2)
    desk.press("esc")
    #expect(desk.model.layers == [.inbox])
    #expect(desk.effects.isEmpty)
  }

  @Test(arguments: ["q", "quit", "qu"])
  func `the line leaves`(line: String) {
    var desk = desk()
    desk.press(":")
    desk.type(line)
    #expect(unkept(desk.press("enter")) == [.quit(.done)])
  }

  /// What is wanted besides keeping the line for the next session.
  private func unkept(_ effects: [Effect]) -> [Effect] {
    effects.filter { if case .keep = $0 { false } else { true } }
  }

  @Test func `an empty line closes by Enter and by Backspace`() {
    for key in ["enter", "backspace", "esc"] {
      var desk = desk()
      desk.press(": \(key)")
      #expect(desk.model.layers == [.inbox])
      #expect(desk.effects.isEmpty)
    }
  }

  @Test func `of pasted text the first line goes into the line`() {
    var desk = desk()
    desk.press(":")
    desk.send(.paste("profile st\u{1b}[31m\nquit\n"))
    #expect(desk.text.contains(":profile st"))
    #expect(!desk.text.contains("quit"))
    #expect(!desk.text.contains("\u{1b}"))
  }

  // MARK: Themes

  @Test func `a theme is looked at while its name stands in the line, and taken back`() {
    var desk = desk()
    desk.press(":")
    #expect(desk.type("theme pape") == [])
    #expect(desk.type("r") == [.useTheme("paper", isPreview: true)])
    #expect(desk.press("backspace") == [.useTheme("midnight", isPreview: true)])
    #expect(desk.type("r") == [.useTheme("paper", isPreview: true)])
    #expect(desk.press("esc") == [.useTheme("midnight", isPreview: true)])
  }

  @Test func `a theme that is chosen stays, and a broken one says why`() {
    var desk = desk()
    desk.press(":")
    desk.type("theme paper")
    #expect(unkept(desk.press("enter")) == [.useTheme("paper", isPreview: false)])
    desk.send(.theme(.used("paper", isPreview: false)))
    #expect(desk.model.config.theme == "paper")
    #expect(desk.text.contains("theme paper, until you leave"))
    desk.send(.theme(.refused("themes/broken.toml, line 3, column 1: wrong")))
    #expect(desk.text.contains("line 3, column 1"))
    #expect(desk.model.config.theme == "paper")
  }

  // MARK: Switching

  @Test func `each profile keeps its filter and its cursor`() throws {
    var desk = desk()
    desk.press("] ] /")
    desk.type("agent")
    desk.press("enter")
    let selected = try #require(desk.model.inbox.listing.selected)
    desk.send(.profile(.opened(opening("staging"))))
    #expect(desk.model.profile.name == "staging")
    #expect(desk.model.inbox.filterText.isEmpty)
    #expect(desk.model.inbox.listing.rows.isEmpty)
    #expect(desk.model.link.lastGood == nil)
    #expect(desk.text.contains("now on staging"))
    desk.send(.profile(.opened(opening("prod"))))
    #expect(desk.model.inbox.filterText == "agent")
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    #expect(desk.model.inbox.listing.selected == selected)
  }

  @Test func `a cursor that was left on a row that is gone goes to the first`() {
    var desk = desk()
    desk.press("j")
    desk.send(.profile(.opened(opening("staging"))))
    desk.send(.profile(.opened(opening("prod"))))
    let reading = Sample.reading(runs: [Sample.invoice], tasks: [])
    desk.send(.inbox(.reading(reading, changed: true)))
    #expect(desk.model.inbox.listing.index == 0)
  }

  @Test func `nobody leaves a profile while a decision is on its way`() throws {
    var desk = desk()
    desk.press("a y")
    #expect(desk.decisions.count == 1)
    desk.effects = []
    desk.press(":")
    desk.type("profile staging")
    desk.press("enter")
    #expect(unkept(desk.effects).isEmpty)
    #expect(desk.text.contains("is on its way: wait for its outcome, then switch"))
  }

  @Test func `the profile that is open is not opened again, and one that cannot be says why`() {
    var desk = desk()
    desk.press(":")
    desk.type("profile prod")
    #expect(unkept(desk.press("enter")) == [])
    #expect(desk.text.contains("prod is the profile already"))
    desk.send(.profile(.refused("profile staging: the token file is not there")))
    #expect(desk.text.contains("profile staging: the token file is not there"))
    #expect(desk.model.profile.name == "prod")
    #expect(!desk.model.inbox.listing.rows.isEmpty)
  }

  // MARK: Tokens

  @Test func `a refused token is fetched anew once, until one was accepted`() {
    var desk = desk()
    fail(&desk, Self.refused)
    #expect(desk.effects == [.renewToken])
    desk.effects = []
    desk.send(.access(.fetched))
    fail(&desk, Self.refused, missed: 2)
    #expect(desk.effects.isEmpty)
    #expect(desk.text.contains("TOKEN REFUSED"))
    #expect(desk.text.contains("t new token"))
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    desk.effects = []
    fail(&desk, Self.refused)
    #expect(desk.effects == [.renewToken])
  }

  @Test(arguments: [Access.Origin.none, .variable("TOKEN")])
  func `a token from nowhere else is not fetched anew`(origin: Access.Origin) {
    var desk = desk(origin)
    fail(&desk, Self.refused)
    #expect(desk.effects.isEmpty)
  }

  @Test func `no other fault fetches a token`() {
    var desk = desk()
    fail(&desk, Fault(.forbidden, "forbidden"))
    fail(&desk, InboxScreenTests.timedOut)
    #expect(desk.effects.isEmpty)
  }

  @Test func `a token that cannot be had says why, and r tries again`() {
    var desk = Desk(Sample.blank())
    desk.model.access = Access(.command("pass"), state: .fetching)
    #expect(desk.text.contains("waiting for the token"))
    desk.send(.access(.failed("profile prod: token_command pass ended with 1: no such entry")))
    expectScreen(desk.frame, "no-token")
    #expect(!desk.text.contains("Waiting for the first answer"), "nothing was asked")
    #expect(desk.press("r") == [.renewToken])
    #expect(desk.text.contains("waiting for the token"))
    // A second wish neither runs it twice at once nor asks the server without it.
    #expect(desk.press("r") == [])
    desk.send(.access(.fetched))
    #expect(desk.press("r") == [.refresh])
  }

  @Test func `nothing is asked of a server before there is a token for it`() {
    var desk = Desk(Sample.blank())
    for state in [Access.State.fetching, .missing("token_command pass ended with 1")] {
      desk.model.access = Access(.command("pass"), state: state)
      desk.send(.inbox(.snapshot(old(.seconds(60)))))
      desk.effects = []
      desk.send(.resumed)
      desk.send(.resized(Size(columns: 120, rows: 30)))
      desk.press("down enter")
      #expect(desk.effects == [], "\(state)")
      desk.press("q")
    }
    // A token that was typed is taken before it is kept.
    desk.effects = []
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    #expect(desk.effects.contains { if case .load = $0 { true } else { false } })
    desk.effects = []
    desk.send(.resumed)
    #expect(desk.effects == [.refresh])
  }

  @Test func `who comes back to the first screen asks nobody`() {
    var desk = Desk(Sample.blank())
    desk.model.layers = [.firstStart(FirstStart(configPath: "~/config.toml"))]
    desk.send(.resumed)
    #expect(desk.effects == [])
  }

  @Test func `a token that is typed is not waited for with the one that is being fetched`() {
    var desk = Desk(Sample.blank())
    desk.model.access = Access(.command("pass"), state: .fetching)
    desk.press("t")
    desk.type("pat_wrong")
    desk.press("enter")
    desk.effects = []
    desk.send(.access(.refused))
    fail(&desk, Self.refused)
    #expect(desk.effects == [.renewToken])
  }

  @Test func `a profile brings its theme, and what is wrong with it is said`() {
    var desk = desk()
    var next = opening("staging")
    next.theme = "paper"
    next.remark = "paper.toml: roles.titel is no role"
    desk.send(.profile(.opened(next)))
    #expect(desk.text.contains("now on staging: paper.toml: roles.titel is no role"))
    desk.press(":")
    desk.type("theme midnight")
    desk.effects = []
    desk.press("esc")
    #expect(desk.effects == [.useTheme("paper", isPreview: true)])
  }

  @Test func `a token is typed in place and shows nothing of itself`() {
    var desk = desk()
    fail(&desk, Self.refused)
    desk.effects = []
    desk.press("t")
    desk.type("pat_secret")
    expectScreen(desk.frame, "token")
    #expect(!"\(desk.model)".contains("pat_secret"))
    #expect(desk.press("enter") == [.useToken(Secret("pat_secret"))])
    desk.send(.access(.taken(keptIn: "~/prod.token")))
    #expect(desk.text.contains("the token is kept in ~/prod.token"))
  }

  @Test func `the file of a token is named as the question named it`() {
    var desk = desk()
    desk.model.access = Access(.file("~/.config/command-center/prod.token"))
    desk.send(.access(.taken(keptIn: "/home/op/.config/command-center/prod.token")))
    #expect(desk.text.contains("the token is kept in ~/.config/command-center/prod.token"))
  }

  @Test(arguments: [
    ("", "nothing was typed"), ("two words", "a token is one word"), ("tök", "a token is one word"),
  ])
  func `what is no token is not sent`(text: String, sentence: String) {
    var desk = desk()
    desk.press("t")
    desk.effects = []
    desk.send(.paste(text))
    desk.press("enter")
    #expect(desk.effects.isEmpty)
    #expect(desk.text.contains(sentence))
    desk.press("esc")
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `a pasted token loses the line break that came with it`() {
    var desk = desk()
    desk.press("t")
    desk.effects = []
    desk.send(.paste("  pat_abc\r\n"))
    #expect(desk.press("enter") == [.useToken(Secret("pat_abc"))])
  }

  @Test func `a token that is refused is kept nowhere, and that is said`() {
    var desk = desk()
    desk.send(.access(.refused))
    #expect(desk.text.contains("the server refuses the token that was typed; it is not kept"))
  }

  // MARK: The form

  @Test func `the first profile is typed into a form`() {
    var desk = Desk(Sample.blank())
    desk.model.layers = [
      .firstStart(FirstStart(configPath: "~/.config/command-center/config.toml"))
    ]
    desk.press("2")
    desk.press("ctrl-u")
    desk.type("https://api.example.com")
    desk.press("enter")
    desk.type("acme")
    desk.press("tab")
    desk.type("payments")
    desk.press("down")
    desk.send(.paste("pat_secret\n"))
    expectScreen(desk.frame, "first-start-form")
    desk.press("enter")
    let effects = desk.press("enter")
    let draft = ProfileDraft(
      name: "prod",
      url: "https://api.example.com",
      tenant: "acme",
      project: "payments",
      token: Secret("pat_secret")
    )
    #expect(effects == [.add(draft)])
    // While it is being written, Enter does not write it twice.
    #expect(desk.press("enter") == [])
    desk.send(.profile(.refused("config.toml has a profile prod already; take another name")))
    expectScreen(desk.frame, "first-start-form-mistake")
    #expect(desk.press("enter") == [.add(draft)])
    desk.send(.profile(.opened(opening("prod"))))
    #expect(desk.model.layers == [.inbox])
  }

  @Test func `the form says what is missing`() {
    var desk = Desk(Sample.blank())
    desk.model.layers = [.firstStart(FirstStart(configPath: "~/config.toml"))]
    desk.press("2 ctrl-u backtab")
    #expect(desk.press("enter") == [])
    #expect(desk.text.contains("the address is missing; write https://host"))
    desk.type("https://x")
    desk.press("up ctrl-u enter")
    #expect(desk.text.contains("the profile has no name"))
    desk.press("esc")
    #expect(desk.text.contains("Command Center has no profile yet."))
  }

  // MARK: What was seen last

  private func old(_ duration: Duration) -> Reading {
    var reading = Sample.reading()
    reading.at = Sample.ago(duration)
    return reading
  }

  @Test func `what an earlier session saw is shown as old as it is`() {
    var desk = Desk(Sample.blank())
    desk.send(.inbox(.snapshot(old(.seconds(7500)))))
    expectScreen(desk.frame, "snapshot")
    fail(&desk, InboxScreenTests.timedOut)
    expectScreen(desk.frame, "snapshot-offline")
    desk.send(.inbox(.reading(Sample.reading(), changed: true)))
    #expect(desk.text.contains("live"))
    #expect(!desk.model.link.isStale)
  }

  @Test func `a cursor that nobody moved goes to the first row of the first answer`() {
    let newer = Sample.run("aaaa0000", "newest", .running, began: .seconds(1))
    for keys in ["", "j k"] {
      var desk = Desk(Sample.blank())
      desk.send(
        .inbox(.snapshot(Sample.reading(runs: [Sample.invoice, Sample.enrich], tasks: [])))
      )
      let before = desk.model.inbox.listing.selected
      desk.press(keys)
      let reading = Sample.reading(runs: [newer, Sample.invoice, Sample.enrich], tasks: [])
      desk.wait(.seconds(10))
      desk.send(.inbox(.reading(reading, changed: true)))
      let selection = desk.model.inbox.listing
      if keys.isEmpty {
        #expect(selection.index == 0)
      } else {
        #expect(selection.selected == before)
      }
    }
  }

  @Test func `what was seen in the future is of unknown age`() {
    var desk = Desk(Sample.blank())
    var reading = Sample.reading()
    reading.at = Sample.now + .seconds(3600)
    desk.send(.inbox(.snapshot(reading)))
    #expect(desk.text.contains("data of unknown age"))
  }

  @Test func `a clock that is set back lets ages go on`() {
    var desk = Sample.desk()
    desk.wait(.seconds(5))
    fail(&desk, InboxScreenTests.timedOut)
    #expect(desk.frame.lines()[0].contains("data 5s old"), "\(desk.frame.lines()[0])")
    desk.now = desk.now + .seconds(-3600)
    desk.send(.tick)
    #expect(desk.frame.lines()[0].contains("data 5s old"), "\(desk.frame.lines()[0])")
    desk.wait(.seconds(60))
    desk.send(.tick)
    #expect(desk.frame.lines()[0].contains("data 1m05s old"), "\(desk.frame.lines()[0])")
  }
}
