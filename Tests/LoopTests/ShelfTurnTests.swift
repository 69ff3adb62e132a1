import JSON
import RunClient
import Runs
import TestHouse
import Testing

@testable import Loop

/// The order in which what outlasts the program is written when a profile is left.
@Suite struct ShelfTurnTests {
  @Test func `what was given away before does not overwrite what is kept last`() throws {
    let home = try TemporaryHome()
    let folder = ShelfFolder(path: home.path("state/shelves"))
    let turn = ShelfTurn()
    let entry = { (text: String) in
      ShelfEntry(shelf: .drafts, key: "task", value: ["comment": .string(text)])
    }
    #expect(turn.keep([entry("oldest")], in: folder).isEmpty)
    #expect(turn.keepLast([entry("older"), entry("newest")], in: folder, isHurried: false).isEmpty)
    // The worker was held up, and comes to it only now.
    #expect(turn.keep([entry("older")], in: folder).isEmpty)
    #expect(folder.load().shelves[.drafts]["task"]?["comment"]?.string == "newest")
  }
}
