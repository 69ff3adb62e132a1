import Glibc
import JSON
import RunClient
import Runs
import TestHouse
import Testing

/// Small things that outlast the program.
@Suite struct ShelfTests {
  private let home: TemporaryHome
  private let folder: ShelfFolder

  init() throws {
    home = try TemporaryHome()
    folder = ShelfFolder(path: home.path("state/command-center/shelves/prod"))
  }

  private func kept(_ subject: ShelfSubject) -> JSONObject { folder.load().shelves[subject] }

  @Test func `what is kept comes back, oldest first, and can be taken away`() {
    #expect(folder.load() == (Shelves(), nil))
    #expect(
      folder.keep([
        ShelfEntry(shelf: .history, key: "theme paper", value: true),
        ShelfEntry(shelf: .history, key: "help", value: true),
        ShelfEntry(shelf: .drafts, key: "task-1", value: ["amount": 380]),
        ShelfEntry(shelf: .history, key: "theme paper", value: true),
      ]).isEmpty
    )
    #expect(kept(.history).keys == ["help", "theme paper"])
    #expect(kept(.drafts)["task-1"]?["amount"] == 380)
    #expect(folder.keep([ShelfEntry(shelf: .drafts, key: "task-1", value: nil)]).isEmpty)
    #expect(kept(.drafts).isEmpty)
    #expect(kept(.history).count == 2)
  }

  @Test func `another program's entries are not lost`() {
    let other = ShelfFolder(path: folder.path)
    #expect(folder.keep([ShelfEntry(shelf: .hidden, key: "one", value: 1)]).isEmpty)
    #expect(other.keep([ShelfEntry(shelf: .hidden, key: "two", value: 2)]).isEmpty)
    #expect(folder.keep([ShelfEntry(shelf: .hidden, key: "three", value: 3)]).isEmpty)
    #expect(kept(.hidden).keys == ["one", "two", "three"])
  }

  @Test func `files are their owner's only`() throws {
    #expect(folder.keep([ShelfEntry(shelf: .hidden, key: "one", value: 1)]).isEmpty)
    var status = stat()
    #expect(unsafe stat("\(folder.path)/hidden.json", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(unsafe stat(folder.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test func `a shelf is bounded, the oldest give way`() {
    var shelves = Shelves()
    for number in 0..<ShelfSubject.drafts.limit + 3 {
      shelves.put(ShelfEntry(shelf: .drafts, key: "\(number)", value: true))
    }
    #expect(shelves[.drafts].count == ShelfSubject.drafts.limit)
    #expect(shelves[.drafts].keys.first == "3")
  }

  @Test func `an entry that is too long is refused with a sentence, the others are kept`() {
    let long = String(repeating: "x", count: 5 << 10)
    let faults = folder.keep([
      ShelfEntry(shelf: .history, key: "short", value: true),
      ShelfEntry(shelf: .history, key: long, value: true),
    ])
    #expect(faults.map(\.subject) == [.history])
    #expect(faults.first?.fault.sentence.hasSuffix("history.json: it is longer than 4 KiB") == true)
    #expect(kept(.history).keys == ["short"])
  }

  @Test(arguments: ["", "{", "[]", "{\"shelf\":9,\"entries\":{}}", "{\"shelf\":1,\"entries\":3}"])
  func `a file that cannot be read is said, and set aside by the next change`(text: String) throws {
    try home.write(text, to: "state/command-center/shelves/prod/hidden.json")
    let (shelves, fault) = folder.load()
    #expect(shelves[.hidden].isEmpty)
    #expect(try #require(fault).sentence.contains("hidden.json cannot be read: it is cut short"))
    #expect(folder.keep([ShelfEntry(shelf: .hidden, key: "one", value: 1)]).isEmpty)
    #expect(kept(.hidden).keys == ["one"])
    #expect(try TextFile.read("\(folder.path)/hidden.json.unread") == text)
  }

  @Test func `what stands in the way of writing is said`() throws {
    try home.write("no folder", to: "state/command-center/shelves")
    let faults = folder.keep([ShelfEntry(shelf: .drafts, key: "task-1", value: true)])
    let sentence = try #require(faults.first).fault.sentence
    #expect(sentence.hasPrefix("the draft cannot be kept in "))
    #expect(sentence.hasSuffix("drafts.json: a part of the path is no folder"))
  }

  @Test func `who is hurried does not wait for another who writes`() throws {
    #expect(folder.keep([ShelfEntry(shelf: .hidden, key: "one", value: 1)]).isEmpty)
    let lock = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    let faults = folder.keep(
      [ShelfEntry(shelf: .hidden, key: "two", value: 2)],
      isHurried: true
    )
    #expect(faults.first?.fault.sentence.hasSuffix("another process holds it") == true)
  }
}
