import Cells
import CommandCenter
import Runs
import TestHouse
import Testing

/// Copying the id of a run.
@Suite struct CopyTests {
  @Test func `y copies the id under the cursor, and says that it was sent`() {
    var desk = Sample.desk()
    #expect(desk.press("j y") == [.copy(Sample.refund.id.text)])
    #expect(desk.model.notice == nil)
    desk.send(.copy(Sample.refund.id.text, .sent))
    #expect(desk.text.contains("sent to the clipboard: \(Sample.refund.id.text)"))
    #expect(!desk.text.contains("copied"))
  }

  @Test func `on a run y copies its id`() {
    var desk = RunScreenTests.at(Sample.triage, Sample.triageDetail)
    #expect(desk.press("y") == [.copy(Sample.triage.id.text)])
  }

  @Test func `a text that is too long, and a terminal without a clipboard, are told`() {
    var desk = Sample.desk()
    let id = String(repeating: "7", count: 90_000)
    desk.send(.copy(id, .tooLong))
    #expect(desk.text.contains("too long for the clipboard: 7777"))
    desk.send(.copy("7c9e", .noClipboard))
    #expect(desk.text.contains("this terminal takes no clipboard; id 7c9e"))
  }

  @Test func `without a row there is nothing to copy`() {
    var desk = Sample.desk(Sample.reading(runs: [], tasks: []))
    #expect(desk.press("y").isEmpty)
  }

  @Test(arguments: HostileTests.texts)
  func `a hostile id is copied as one clean line`(text: String) throws {
    let run = Sample.run("id\(text)", "flow", .running)
    var desk = Sample.desk(Sample.reading(runs: [run], tasks: []))
    guard case .copy(let copied) = try #require(desk.press("y").first) else {
      Issue.record("nothing is copied")
      return
    }
    #expect(copied == Text.sanitised(copied))
    #expect(!copied.unicodeScalars.contains { $0.properties.generalCategory == .control })
    desk.send(.copy(copied, .sent))
    #expect(desk.frame.lines().allSatisfy { Text.width($0) == 80 })
  }
}
