import Runs
import TestHouse
import Testing

@testable import Loop

/// The folders of editors' files, and what is left of them after a kill.
@Suite struct EditorFolderTests {
  private let home: TemporaryHome
  private var place: String { home.path("run") }

  init() throws {
    home = try TemporaryHome()
    try home.write("", to: "run/.keep", mode: 0o600)
  }

  private func write(_ folder: EditorFolder) throws {
    try TextFile.write("secret", to: "\(folder.path)/text.txt", mode: 0o600)
  }

  @Test func `what nobody holds any more is removed, and what is in use stays`() throws {
    let used = try EditorFolder(in: [place])
    try write(used)
    var left: EditorFolder? = try EditorFolder(in: ["/proc/none", place])
    if let left { try write(left) }
    let path = try #require(left?.path)
    // As when its program is killed: the system lets go of it, and nothing is removed.
    left = nil
    #expect(TextFile.names(in: path) == ["text.txt"])
    #expect(EditorFolder.sweep([place, place, "/proc/none"]) == 1)
    #expect(TextFile.names(in: path).isEmpty)
    #expect(TextFile.names(in: used.path) == ["text.txt"])
    used.remove()
    #expect(!TextFile.names(in: place).contains { $0.hasPrefix("command-center") })
  }

  @Test func `what another program put there is left alone`() throws {
    try home.write("x", to: "run/command-center-editor-file", mode: 0o600)
    try home.write("x", to: "run/command-center-other/text", mode: 0o600)
    let names = { Set(TextFile.names(in: place)) }
    let before = names()
    #expect(EditorFolder.sweep([place]) == 0)
    #expect(names() == before)
  }

  @Test func `a place that cannot be written is said by name`() throws {
    let fault = #expect(throws: Fault.self) { try EditorFolder(in: ["/proc/none"]) }
    #expect(fault?.sentence.contains("/proc/none") == true)
  }
}
