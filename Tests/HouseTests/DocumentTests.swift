import Cells
import CommandCenter
import Foundation
import Settings
import Testing

/// What the documents say is what the program does.
@Suite struct DocumentTests {
  @Test func `no key means two things on one screen`() {
    for (scope, bindings) in Keymap.standard.bindings {
      let keys = bindings.flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(scope.rawValue)")
      #expect(bindings.allSatisfy { !$0.keys.isEmpty }, "\(scope.rawValue)")
    }
  }

  @Test func `no verb lies on a key with Ctrl, and the keys of tmux and shells stay free`() {
    let taken = Set("absqjkl\\")
    for (scope, bindings) in Keymap.standard.bindings {
      for binding in bindings {
        for key in binding.keys where key.control {
          #expect(binding.command.group != .decide, "\(scope.rawValue)")
          if case .character(let character) = key.code { #expect(!taken.contains(character)) }
        }
      }
    }
  }

  @Test(arguments: ["README.md", "ARCHITECTURE.md"])
  func `what stands in a code block fits 80 columns`(document: String) throws {
    var isCode = false
    for line in try Repository.text(document).components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        isCode.toggle()
      } else if isCode, !line.hasPrefix("COMMAND_CENTER_") {
        #expect(Text.width(line) <= 80, "\(line)")
      }
    }
  }

  @Test func `the README names every setting that the environment has`() throws {
    let readme = try Repository.text("README.md")
    for key in Environment.Key.allCases where key.rawValue.hasPrefix("COMMAND_CENTER_") {
      #expect(readme.contains(key.rawValue))
    }
  }
}
