import Testing

/// The laws of the house that no compiler knows.
@Suite struct LawTests {
  /// Places where a line of the sources breaks a rule, as `path:line`.
  private func offences(
    where isWrong: (_ room: Substring, _ line: String, _ above: String) -> Bool
  ) throws -> [String] {
    try Repository.sources(below: "Sources").flatMap { path, lines in
      let room = path.prefix { $0 != "/" }
      return lines.indices.compactMap { index in
        isWrong(room, lines[index], index > 0 ? lines[index - 1] : "")
          ? "\(path):\(index + 1)" : nil
      }
    }
  }

  private func imports(_ line: String) -> Substring? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place < 3, !line.hasPrefix("//") else {
      return nil
    }
    return words.last
  }

  @Test func `the front's own sources import no Foundation`() throws {
    let found = try offences { room, line, _ in
      imports(line)?.hasPrefix("Foundation") == true
        && room != "LocalRuntime" && room != "command-center-runtime"
    }
    #expect(found == [])
  }

  @Test func `a C library is imported in its own room alone`() throws {
    let homes = [
      "CCurl": "Transport", "CNcurses": "Terminal", "CTermGuard": "Terminal",
      "CLua": "LocalRuntime", "COpenAPI": "LocalRuntime",
    ]
    let found = try offences { room, line, _ in
      guard let module = imports(line), let home = homes[String(module)] else { return false }
      return room != home
    }
    #expect(found == [])
  }

  @Test func `rooms of values touch no system`() throws {
    let pure: Set<Substring> = [
      "JSON", "Runs", "RuntimeAPI", "Triage", "Cells", "CommandCenter", "Shell", "RunClient",
    ]
    let found = try offences { room, line, _ in
      pure.contains(room) && imports(line) == "Glibc"
    }
    // What the client keeps on the disk.
    let files = ["Journal", "JournalFolder", "StateFile", "Log", "StateFolder", "ExportFile"].map {
      name in
      "RunClient/\(name)."
    }
    #expect(found.filter { line in !files.contains { line.hasPrefix($0) } } == [])
  }

  @Test(
    arguments: [
      "@MainActor", "DispatchQueue.main", "try!", "fatalError(", "TO" + "DO", "FIX" + "ME",
    ])
  func `words that this house does without`(word: String) throws {
    #expect(try offences { _, line, _ in line.contains(word) } == [])
  }

  @Test func `what the compiler is told to trust is proved on the line above`() throws {
    let found = try offences { _, line, above in
      (line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)"))
        && !above.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
    }
    #expect(found == [])
  }

  @Test func `every type and function that rooms share says what it is`() throws {
    let kinds = ["struct", "enum", "class", "protocol", "actor", "func"]
    let found = try offences { room, line, above in
      let words = line.split(separator: " ")
      guard words.first == "package", room != "LocalRuntime",
        words.dropFirst().prefix(3).contains(where: { kinds.contains(String($0)) })
      else { return false }
      let comment = above.trimmingPrefix(while: \.isWhitespace)
      return !(comment.hasPrefix("///") || comment.hasPrefix("@") || comment == "extension")
    }
    #expect(found == [])
  }

  @Test func `no test waits for time instead of for a state`() throws {
    let patterns = ["Task.sle" + "ep", "usle" + "ep(", "nanosle" + "ep("]
    let found = try Repository.sources(below: "Tests").flatMap { path, lines in
      lines.indices.filter { index in patterns.contains { lines[index].contains($0) } }
        .map { "\(path):\($0 + 1)" }
    }
    // The one place of each kit that may: between two looks at what it waits for. And the tests whose
    // subject is time itself: the program is killed at any moment, a peer is slow.
    let allowed = [
      "TestHouse/Waiting.swift", "LocalRuntimeTests/Peer.swift",
      "LocalRuntimeTests/CrashTests.swift", "LocalRuntimeTests/ListenerTests.swift",
    ]
    #expect(found.filter { line in !allowed.contains { line.hasPrefix($0) } } == [])
  }
}
