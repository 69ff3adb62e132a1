import Glibc
import JSON
import RunClient
import Runs
import Testing

@Suite struct JournalTests {
  private func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(unsafe lstat(path, &status) == 0, "\(path) is not there")
    return status.st_mode & 0o777
  }

  @Test func `each entry is one line of JSON in a file of its owner's`() throws {
    try withTemporaryFolder { folder in
      let journal = Journal(
        directory: "\(folder)/state/journal",
        place: place,
        startedAt: start,
        process: 42
      )
      #expect(unsafe access(journal.directory, F_OK) != 0, "no decision, no file")
      let decision = decide(.pause, saw: .running)
      try journal.append(.sending(decision, at: start))
      try journal.append(.settled(decision, .changed(.gone), at: start + .seconds(1)))
      #expect(journal.name == "\(start.iso8601)-42.jsonl")
      let lines = try contents(journal.path).split(separator: "\n")
      #expect(lines.count == 2)
      let values = try lines.map { try JSONValue(parsing: String($0)) }
      #expect(values.map { $0["phase"]?.string } == ["sending", "settled"])
      #expect(values.map { $0["key"]?.string } == ["key-1", "key-1"])
      #expect(try mode(journal.path) == 0o600)
      #expect(try mode(journal.directory) == 0o700)
    }
  }

  @Test func `another process can tell that the file is still being written`() throws {
    try withTemporaryFolder { folder in
      var journal: Journal? = Journal(directory: folder, place: place, startedAt: start, process: 1)
      try journal?.append(.sending(decide(.pause, saw: nil), at: start))
      let path = try #require(journal?.path)
      let other = unsafe open(path, O_RDONLY | O_CLOEXEC)
      defer { close(other) }
      #expect(flock(other, LOCK_EX | LOCK_NB) != 0)
      journal = nil
      #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    }
  }

  @Test func `a journal that cannot be written says which and why, and recovers`() throws {
    try withTemporaryFolder { folder in
      let file = unsafe open("\(folder)/taken", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      close(file)
      let journal = Journal(
        directory: "\(folder)/taken/journal",
        place: place,
        startedAt: start,
        process: 1
      )
      let entry = JournalEntry.sending(decide(.pause, saw: nil), at: start)
      #expect {
        try journal.append(entry)
      } throws: { error in
        (error as? Fault)?.sentence
          == "the journal \(journal.path) cannot be opened: a part of the path is no folder"
      }
      unsafe unlink("\(folder)/taken")
      try journal.append(entry)
      #expect(try contents(journal.path).hasSuffix("}\n"))
    }
  }
}

/// Runs a body with a folder of its own, which is taken away afterwards with what the body left.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/command-center-test-XXXXXX".utf8CString)
  let isMade = unsafe mkdtemp(&template) != nil
  try #require(isMade)
  let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { takeAway(folder) }
  try body(folder)
}

/// Removes a folder with everything in it; links are not followed.
private func takeAway(_ path: String) {
  if let folder = unsafe opendir(path) {
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let below = "\(path)/\(name)"
      if unsafe unlink(below) != 0 { takeAway(below) }
    }
    unsafe closedir(folder)
  }
  unsafe rmdir(path)
}

/// The text of a file.
func contents(_ path: String) throws -> String {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  try #require(descriptor >= 0, "\(path) cannot be opened")
  defer { close(descriptor) }
  var text: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe read(descriptor, &piece, piece.count)
    guard count > 0 else { break }
    text += piece[..<count]
  }
  return String(decoding: text, as: UTF8.self)
}
