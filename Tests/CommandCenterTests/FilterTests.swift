import Cells
import JSON
import Runs
import TestHouse
import Testing
import Triage

@testable import CommandCenter

/// The filter's prompt, filters that are tabs, and what is done until it changes.
@Suite struct FilterTests {
  /// A desk with two filters in the config.
  private func desk(columns: Int = 80, rows: Int = 24) throws -> Desk {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.model.put([
      try SavedFilter(name: "money", text: "workflow:refund credits:>3"),
      try SavedFilter(name: "broken", text: "status:failed"),
    ])
    return desk
  }

  private func rows(_ desk: Desk) -> [String] {
    desk.model.inbox.listing.rows.map { $0.id.run.short }
  }

  private func prompt(_ desk: Desk) throws -> FilterPrompt {
    guard case .filter(let prompt) = desk.model.top else {
      throw KeyMistake.noPrompt
    }
    return prompt
  }

  private enum KeyMistake: Error { case noPrompt }

  // MARK: The prompt

  @Test func `what is typed can be edited in the middle`() throws {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("status:running agent")
    desk.press("home")
    desk.type("-")
    #expect(try prompt(desk).text == "-status:running agent")
    #expect(rows(desk).isEmpty)
    desk.press("delete")
    desk.type("s")
    #expect(rows(desk) == [])
    desk.press("backspace backspace")
    desk.type("s")
    #expect(try prompt(desk).text == "status:running agent")
    #expect(rows(desk) == ["1f0ab2c4"])
  }

  @Test func `a filter that cannot be read is not kept`() throws {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("order age:")
    let before = rows(desk)
    desk.press("enter")
    #expect(try prompt(desk).mistake?.sentence == "age: wants a duration such as 10m, 2h, 3d")
    desk.type(">1s")
    desk.press("enter")
    #expect(desk.model.top == .inbox)
    #expect(rows(desk) == before)
  }

  @Test func `the list follows what can be read, and the line says what that is`() throws {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("order age:")
    let order = rows(desk)
    #expect(
      !order.isEmpty && desk.model.inbox.listing.rows.allSatisfy { $0.title == "order-triage" }
    )
    let mistake = "age: wants a duration such as 10m, 2h, 3d; the list shows: order"
    #expect(words(desk).contains(mistake))
    // What was typed before the mistake is taken away: nothing stale is left.
    desk.press("home")
    for _ in 0..<6 { desk.press("delete") }
    #expect(rows(desk).count == 12)
    #expect(words(desk).contains("3d; the list is not narrowed yet"))
    desk.press("esc")
    #expect(desk.model.inbox.filterText.isEmpty)
  }

  @Test func `an open quote is followed while it is typed, and not kept before it is closed`()
    throws
  {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("\"401 unau")
    let found = rows(desk)
    #expect(!found.isEmpty && found.count < 12)
    #expect(words(desk).contains("the quote is not closed: \" ends it"))
    #expect(!words(desk).contains("the list shows"))
    desk.press("enter")
    #expect(try prompt(desk).mistake != nil)
    desk.type("\"")
    desk.press("enter")
    #expect(desk.model.top == .inbox)
    #expect(rows(desk) == found)
  }

  /// The screen's words, lines joined.
  private func words(_ desk: Desk) -> String {
    desk.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func `a status that no run has is underlined, and named near the one that was meant`()
    throws
  {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("status:faild")
    expectScreen(desk.frame, "filter-doubt")
    #expect(try prompt(desk).mistake == nil)
    desk.press("enter")
    #expect(desk.model.top == .inbox)
    #expect(words(desk).contains("status: no run is faild; failed was meant?"))
    #expect(desk.text.contains("Nothing passes this filter."))
    // As soon as a run shows the word it is none that nobody has.
    var run = Sample.invoice
    run.status = RunStatus("Faild")
    desk.send(.inbox(.reading(Sample.reading(runs: [run], tasks: []), changed: true)))
    #expect(rows(desk) == [run.id.short])
    #expect(!words(desk).contains("was meant"))
  }

  @Test func `a tab of the config that asks for a status that no run has says where to mend it`()
    throws
  {
    var desk = Sample.desk()
    desk.model.put([try SavedFilter(name: "lost", text: "status:stoped")])
    desk.press("2")
    #expect(
      words(desk).contains(
        "status: no run is stoped; stopped was meant? ([filters] lost in the config)"
      )
    )
    #expect(
      throws: SavedFilter.Mistake(sentence: "stauts: is no key; status: was meant?, at stauts:")
    ) {
      try SavedFilter(name: "x", text: "stauts:failed")
    }
    #expect(throws: SavedFilter.Mistake.self) { try SavedFilter(name: "x", text: "\"open quote") }
  }

  @Test func `a line decides on nothing by a status that no run has`() throws {
    var desk = Sample.desk()
    desk.press(":")
    desk.type("stop -status:runing --graceful")
    desk.press("enter")
    #expect(words(desk).contains("status: no run is runing; running was meant?"))
    #expect(desk.model.screenLayer == .inbox)
  }

  @Test func `keys are completed, and values from what is listed now`() throws {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("wor")
    desk.press("tab")
    #expect(try prompt(desk).text == "workflow:")
    desk.type("ref")
    desk.press("tab")
    #expect(try prompt(desk).text == "workflow:refund-approvals")
    #expect(rows(desk) == ["7c9e6679"])
    desk.type(" -s")
    desk.press("tab")
    #expect(try prompt(desk).text == "workflow:refund-approvals -status:")
    desk.press("tab")
    #expect(try prompt(desk).text == "workflow:refund-approvals -section:")
    desk.press("backtab")
    #expect(try prompt(desk).text == "workflow:refund-approvals -status:")
  }

  @Test func `several values are completed one by one`() throws {
    var desk = Sample.desk()
    desk.press("/")
    desk.type("status:fai")
    desk.press("tab")
    desk.type(",sto")
    desk.press("tab")
    #expect(try prompt(desk).text == "status:failed,stopped")
    #expect(desk.model.inbox.listing.rows.allSatisfy { $0.section == .failed })
  }

  @Test func `a value with blanks is completed in quotes`() throws {
    let run = Sample.run("r", "a workflow, long", .running, began: .seconds(3))
    var desk = Sample.desk(Sample.reading(runs: [run, Sample.invoice], tasks: []))
    desk.press("/")
    desk.type("workflow:a")
    desk.press("tab")
    #expect(try prompt(desk).text == "workflow:\"a workflow, long\"")
    #expect(rows(desk) == [run.id.short])
  }

  @Test func `nothing that completion offers is a mistake`() throws {
    var desk = Sample.desk()
    desk.press("/")
    for key in FilterKey.allCases where key != .id {
      desk.press("ctrl-u")
      desk.type("\(key.rawValue):")
      for _ in 0..<12 {
        desk.press("tab")
        let prompt = try prompt(desk)
        #expect(prompt.candidates.isEmpty || prompt.mistake == nil, "\(prompt.text)")
      }
    }
  }

  @Test(arguments: [(80, 24), (40, 12), (120, 40)])
  func `candidates stand above the hints`(columns: Int, rows: Int) {
    var desk = Sample.desk(columns: columns, rows: rows)
    desk.press("/")
    desk.type("order status:")
    desk.press("tab")
    expectScreen(desk.frame, "filter-completion")
  }

  @Test func `whatever is typed and completed, the screen holds`() throws {
    var random = Seeded(7)
    let scraps = ["sta", "status:", "age:", "~(", "\"", "-", " ", ",", "é", "x", "[", ">1"]
    let keys = ["tab", "backtab", "left", "right", "home", "end", "backspace", "delete", "up"]
    for size in [(40, 8), (80, 24)] {
      var desk = Sample.desk(columns: size.0, rows: size.1)
      desk.press("/")
      for _ in 0..<400 {
        if Bool.random(using: &random) {
          desk.type(scraps.randomElement(using: &random) ?? "")
        } else {
          desk.press(keys.randomElement(using: &random) ?? "tab")
        }
        #expect(desk.frame.size == Size(columns: size.0, rows: size.1))
      }
    }
  }

  // MARK: Tabs

  @Test func `filters of the config are tabs with counts, reached by digits and Tab`() throws {
    var desk = try desk()
    #expect(desk.model.tabs == [.inbox, .saved("money"), .saved("broken"), .activity])
    #expect(desk.text.contains("[1 Inbox 12]  2 money 1  3 broken 3"))
    desk.press("2")
    #expect(rows(desk) == ["7c9e6679"])
    expectScreen(desk.frame, "tab-saved")
    desk.press("tab")
    #expect(desk.model.tab == .saved("broken"))
    desk.press("tab")
    #expect(desk.model.tab == .activity)
    desk.press("tab")
    #expect(desk.model.tab == .inbox)
    desk.press("backtab backtab")
    #expect(desk.model.tab == .saved("broken"))
    desk.press("9")
    #expect(desk.model.tab == .saved("broken"))
  }

  @Test func `each tab has its own cursor and its own filter`() throws {
    var desk = try desk()
    desk.press("j j j")
    let selected = desk.model.inbox.listing.selected
    desk.press("3 j /")
    desk.type("order")
    desk.press("enter")
    let narrowed = rows(desk)
    #expect(desk.model.inbox.listing.rows.allSatisfy { $0.title == "order-triage" })
    desk.press("1")
    #expect(desk.model.inbox.listing.selected == selected)
    #expect(desk.model.inbox.filterText.isEmpty)
    desk.press("3")
    #expect(rows(desk) == narrowed)
    #expect(desk.model.inbox.filterText == "order")
  }

  @Test func `counts of tabs follow every reading`() throws {
    var desk = try desk()
    let fewer = Sample.reading(runs: Sample.runs.filter { $0.status != .failed })
    desk.send(.inbox(.reading(fewer, changed: true)))
    #expect(desk.text.contains("3 broken 0"))
    desk.press("3")
    #expect(desk.text.contains("Nothing in broken."))
  }

  @Test func `a reading that was folded on the side is counted too`() throws {
    var desk = try desk()
    let reading = Sample.reading()
    let folded = Inbox(reading, Arrangement())
    desk.send(.inbox(.reading(reading, changed: true, folded: folded)))
    #expect(desk.text.contains("2 money 1  3 broken 3"))
  }

  @Test(arguments: [40, 60, 80, 120])
  func `many tabs give way with an ellipsis, the open one stays`(columns: Int) throws {
    var desk = Sample.desk(columns: columns, rows: 24)
    let names = ["money", "night-shift", "payments-failed", "stuck", "mine", "eu", "us", "old"]
    desk.model.put(try names.map { try SavedFilter(name: $0, text: "status:failed") })
    for key in 1...9 {
      desk.press("\(key)")
      let line = desk.frame.lines()[1]
      #expect(line.contains("[\(key) "), "\(line)")
      #expect(line.hasSuffix("? help "), "\(line)")
    }
    desk.press("5")
    expectScreen(desk.frame, "tabs-many")
  }

  @Test func `where there is no line of tabs the open one is named on top`() throws {
    var desk = try desk(columns: 40, rows: 12)
    desk.press("2")
    #expect(desk.frame.lines()[0].hasPrefix(" prod  money"))
  }

  // MARK: Saving

  @Test func `a filter becomes a tab under a name`() throws {
    var desk = try desk()
    desk.press("S")
    #expect(desk.text.contains("there is no filter to save: / writes one"))
    desk.press("/")
    desk.type("code:mcp")
    desk.press("enter S")
    expectScreen(desk.frame, "filter-naming")
    desk.type("money")
    #expect(desk.press("enter").isEmpty)
    #expect(desk.text.contains("there is a tab money already; take another name"))
    desk.press("ctrl-u")
    desk.type("no blanks")
    #expect(desk.press("enter").isEmpty)
    #expect(desk.text.contains("has up to 24 letters, digits, hyphens and underscores"))
    desk.press("ctrl-u")
    desk.type("tools")
    let tools = try SavedFilter(name: "tools", text: "code:mcp")
    #expect(desk.press("enter") == [.saveFilter(tools)])
    desk.send(.filter(.saved(tools, among: desk.model.filters + [tools])))
    #expect(desk.model.tab == .saved("tools"))
    #expect(desk.text.contains("[4 tools 2]"))
    #expect(desk.model.inbox.filterText.isEmpty)
  }

  @Test func `what narrows a tab is saved with what the tab lets through`() throws {
    var desk = try desk()
    desk.press("3 /")
    desk.type("order")
    desk.press("enter S")
    desk.type("orders")
    #expect(
      desk.press("enter")
        == [.saveFilter(try SavedFilter(name: "orders", text: "status:failed order"))]
    )
    desk.send(.filter(.refused("config.toml: cannot be written: the disk is full")))
    #expect(desk.text.contains("the disk is full"))
    desk.press("esc")
    #expect(desk.model.inbox.filterText == "order")
  }

  // MARK: Done until it changes

  private func kept(_ effects: [Effect]) -> [ShelfEntry] {
    effects.compactMap { if case .keep(let entry) = $0 { entry } else { nil } }
  }

  @Test func `a failure that is done is hidden, kept, and can be taken back`() throws {
    var desk = Sample.desk()
    desk.press("] ] ]")
    let before = rows(desk)
    let done = try #require(desk.model.inbox.selection)
    let entries = kept(desk.press("d"))
    #expect(entries.map(\.key) == [done.id.run.text])
    #expect(entries.map(\.shelf) == [.hidden])
    #expect(rows(desk) == before.filter { $0 != done.id.run.short })
    #expect(desk.text.contains("[1 Inbox 11]"))
    #expect(desk.text.contains("FAILED RECENTLY 3, 1 hidden"))
    #expect(desk.model.canUndoHide)
    let undo = desk.model.undoHide()
    #expect(kept(undo) == [ShelfEntry(shelf: .hidden, key: done.id.run.text, value: nil)])
    #expect(rows(desk) == before)
    #expect(!desk.model.canUndoHide)
  }

  @Test func `the hidden are shown dimmed, and there they can be shown again`() throws {
    var desk = Sample.desk()
    desk.press("] ] ] d")
    desk.press("D")
    expectScreen(desk.frame, "hidden-shown")
    let hidden = try #require(desk.model.inbox.listing.rows.first { $0.isHidden })
    desk.press("g")
    while desk.model.inbox.selection?.id != hidden.id { desk.press("j") }
    let undone = desk.press("d")
    #expect(kept(undone).map(\.value) == [nil])
    #expect(desk.model.inbox.listing.rows.allSatisfy { !$0.isHidden })
  }

  @Test func `only failures are done with`() {
    var desk = Sample.desk()
    let effects = desk.press("d")
    #expect(kept(effects).isEmpty)
    #expect(desk.text.contains("only failures are done with; this one is under way"))
  }

  @Test func `u takes the hiding back, and not twice`() throws {
    var desk = Sample.desk()
    desk.press("] ] ]")
    let before = rows(desk)
    let done = try #require(desk.model.inbox.selection)
    desk.press("d")
    #expect(desk.text.contains("u takes it back, D shows it"))
    let effects = desk.press("u")
    #expect(kept(effects) == [ShelfEntry(shelf: .hidden, key: done.id.run.text, value: nil)])
    #expect(rows(desk) == before)
    desk.press("u")
    #expect(desk.text.contains("nothing is left to take back"))
  }

  @Test func `with marks the failures among them are done with`() {
    var desk = Sample.desk()
    desk.press("] ] space ] space j space")
    #expect(desk.model.inbox.marks.count == 3)
    let effects = desk.press("d")
    #expect(kept(effects).count == 2)
    #expect(desk.text.contains("done until it changes: 2 failures"))
    #expect(desk.model.inbox.marks.count == 1)
    desk.press("u")
    #expect(desk.model.inbox.hidden.isEmpty)
  }

  @Test func `an inbox of which everything is done says so`() {
    let failed = Sample.runs.filter { $0.status == .failed }
    var desk = Sample.desk(Sample.reading(runs: failed, tasks: []))
    for _ in failed { desk.press("d") }
    #expect(rows(desk).isEmpty)
    expectScreen(desk.frame, "nothing-but-hidden")
  }

  @Test func `what is kept is hidden at the next start, and forgotten when it wakes`() throws {
    var desk = Sample.desk()
    desk.press("] ] ]")
    let done = try #require(desk.model.inbox.selection?.run)
    let entries = kept(desk.press("d"))
    let entry = try #require(entries.first)
    var shelves = Shelves()
    shelves.put(entry)
    shelves.put(ShelfEntry(shelf: .hidden, key: "junk", value: ["state": 3]))
    shelves.put(
      ShelfEntry(shelf: .hidden, key: "far", value: ["state": "", "ended": -9_000_000_000_000])
    )

    var later = Desk(Sample.blank())
    later.model.put(shelves)
    later.send(.inbox(.snapshot(Sample.reading(runs: [Sample.invoice]))))
    let effects = later.send(.inbox(.reading(Sample.reading(), changed: true)))
    #expect(kept(effects).isEmpty)
    #expect(!rows(later).contains(done.id.short))

    let runs = Sample.runs.map { run in
      guard run.id == done.id else { return run }
      var run = run
      run.lastEvent = 4711
      return run
    }
    let woken = later.send(.inbox(.reading(Sample.reading(runs: runs), changed: true)))
    #expect(kept(woken) == [ShelfEntry(shelf: .hidden, key: done.id.text, value: nil)])
    #expect(rows(later).contains(done.id.short))
  }

  @Test func `a failure that was hidden while a reading was folded stays hidden`() throws {
    var desk = Sample.desk()
    let reading = Sample.reading()
    let folded = Inbox(reading, desk.model.inbox.arrangement)
    desk.press("] ] ]")
    let done = try #require(desk.model.inbox.selection)
    desk.press("d")
    desk.wait(.seconds(5))
    let effects = desk.send(.inbox(.reading(reading, changed: true, folded: folded)))
    #expect(kept(effects).isEmpty)
    #expect(!rows(desk).contains(done.id.run.short))
  }

  @Test func `a shelf that cannot be written is said`() {
    var desk = Sample.desk()
    desk.send(.unkept(.hidden, Fault(.local, "what you hide cannot be kept: the disk is full")))
    #expect(desk.text.contains("what you hide cannot be kept: the disk is full"))
  }
}
