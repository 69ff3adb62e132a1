import Foundation
import RunClient
import Runs
import TestHouse
import Testing

/// Files that are written for people to take along.
@Suite struct ExportTests {
  @Test func `each is a new file of its owner's, named by its moment`() throws {
    try withTemporaryFolder { folder in
      let files = ExportFile(directory: "\(folder)/exports")
      let first = try files.write("one\n", named: "activity", ending: ".jsonl", at: start)
      let second = try files.write("two\n", named: "activity", ending: ".jsonl", at: start)
      #expect(first == "\(folder)/exports/activity-2026-04-10T11-00-00.jsonl")
      #expect(second == "\(folder)/exports/activity-2026-04-10T11-00-00-2.jsonl")
      #expect(try String(contentsOfFile: first, encoding: .utf8) == "one\n")
      #expect(try String(contentsOfFile: second, encoding: .utf8) == "two\n")
      let manager = FileManager.default
      let rights = { (path: String) in
        try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      }
      #expect(try rights(first) == 0o600)
      #expect(try rights("\(folder)/exports") == 0o700)
    }
  }

  @Test func `where it cannot be written is one sentence, and nothing is left behind`() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
      let files = ExportFile(directory: "\(folder)/file/exports")
      #expect(throws: Fault.self) {
        try files.write("x", named: "handover", ending: ".md", at: start)
      }
      let full = ExportFile(directory: "/dev/full")
      let fault = #expect(throws: Fault.self) {
        try full.write("x", named: "handover", ending: ".md", at: start)
      }
      #expect(fault?.kind == .local)
      #expect(fault?.sentence.contains("cannot be written: ") == true)
    }
  }
}
