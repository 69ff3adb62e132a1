import Cells
import CommandCenter
import Foundation
import Testing

/// The README's tables of keys are written from the keymap.
///
/// They stand between `<!-- keys inbox -->` and `<!-- keys end -->`; `<!-- keys run besides inbox -->`
/// leaves out what is the same there. With `RECORD_SCREENS=1` in the environment they are written
/// anew, and the test fails, as recording does.
@Suite struct KeyTableTests {
  /// A part of the README that is written from the keymap.
  struct Section: Equatable, CustomStringConvertible {
    var scope: Keymap.Scope
    var besides: Keymap.Scope?

    /// Reads the words between `<!-- keys` and `-->`.
    init?(_ marker: String) {
      let words = marker.split(separator: " ").map(String.init)
      guard words.count > 3, words.prefix(2) == ["<!--", "keys"], words.last == "-->",
        let scope = Keymap.Scope(rawValue: words[2])
      else { return nil }
      self.scope = scope
      switch words.count {
      case 4: besides = nil
      case 6 where words[3] == "besides":
        guard let other = Keymap.Scope(rawValue: words[4]) else { return nil }
        besides = other
      default: return nil
      }
    }

    var description: String { scope.rawValue }

    /// The lines of the table.
    var lines: [String] {
      let known = besides.flatMap { Keymap.standard.bindings[$0] } ?? []
      let bindings = (Keymap.standard.bindings[scope] ?? []).filter { binding in
        binding.command.group != nil && !known.contains(binding)
      }
      let rows = bindings.map { binding in
        let all = binding.keys.map { "`\($0.label)`" }
        // A long row of keys is told by its ends.
        let keys = all.count > 4 ? "\(all[0]) … \(all[all.count - 1])" : all.joined(separator: " ")
        return "| \(keys) | \(binding.command.description) |"
      }
      return ["| key | does |", "|---|---|"] + rows
    }
  }

  private static let end = "<!-- keys end -->"

  /// The README with its tables written anew, and the scopes that have one.
  private func written(_ readme: [String]) throws -> (lines: [String], scopes: [Keymap.Scope]) {
    var lines: [String] = []
    var scopes: [Keymap.Scope] = []
    var isInside = false
    for line in readme {
      if line == Self.end {
        #expect(isInside, "\(Self.end) without a beginning")
        isInside = false
      } else if line.hasPrefix("<!-- keys") {
        let section = try #require(Section(line), "\(line) names no scope")
        #expect(!isInside, "\(line) before the end of the table above")
        isInside = true
        scopes.append(section.scope)
        lines += [line] + section.lines
        continue
      }
      if !isInside { lines.append(line) }
    }
    #expect(!isInside, "the last table has no \(Self.end)")
    return (lines, scopes)
  }

  @Test func `the README lists every key as it is bound`() throws {
    let readme = try Repository.text("README.md").components(separatedBy: "\n")
    let (lines, scopes) = try written(readme)
    #expect(scopes == [.inbox, .run])
    guard lines != readme else { return }
    if ProcessInfo.processInfo.environment["RECORD_SCREENS"] == "1" {
      let text = lines.joined(separator: "\n")
      try Data(text.utf8).write(to: Repository.root.appending(path: "README.md"))
      Issue.record("wrote the tables of keys in README.md: look at them")
    } else {
      let missing = lines.filter { !readme.contains($0) }
      Issue.record("the README's keys are not those of the keymap; RECORD_SCREENS=1 writes them")
      #expect(missing == [], "these rows are new")
    }
  }
}
