import Glibc
import RunClient
import Runs
import Synchronization
import TestHouse
import Testing

/// What was seen last, kept on disk.
@Suite struct SnapshotFileTests {
  private let home: TemporaryHome
  private let file: SnapshotFile

  init() throws {
    home = try TemporaryHome()
    file = try Self.file(home, "https://api.example.com")
  }

  private static func file(
    _ home: TemporaryHome,
    _ url: String,
    tenant: String? = "acme"
  ) throws -> SnapshotFile {
    let server = try Server(url: url, token: "pat_secret", tenant: tenant)
    return SnapshotFile(path: home.path("cache/command-center/snapshots/prod"), server: server)
  }

  private func complaint(_ file: SnapshotFile? = nil) -> String? {
    do {
      _ = try (file ?? self.file).load()
      return nil
    } catch {
      return error.sentence
    }
  }

  @Test func `a reading comes back as it was, but for inputs`() throws {
    #expect(try file.load() == nil)
    var reading = Sample.reading()
    reading.clockSkew = .seconds(-3600)
    try file.save(reading)
    let kept = try #require(try file.load())
    #expect(kept.at == reading.at)
    #expect(kept.clockSkew == reading.clockSkew)
    #expect(kept.runs.map(\.id) == reading.runs.map(\.id))
    #expect(kept.runs.map(\.status) == reading.runs.map(\.status))
    #expect(kept.runs.map(\.failure) == reading.runs.map(\.failure))
    #expect(kept.runs.map(\.workflowName) == reading.runs.map(\.workflowName))
    #expect(kept.tasks == reading.tasks)
    #expect(kept.runs.allSatisfy { $0.input == nil })
  }

  @Test func `tasks that are not known stay unknown`() throws {
    var reading = Sample.reading()
    reading.tasks = nil
    try file.save(reading)
    #expect(try #require(try file.load()).tasks == nil)
  }

  @Test func `the file is its owner's only, and holds no token`() throws {
    try file.save(Sample.reading())
    var status = stat()
    try #require(unsafe stat(file.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(!(try TextFile.read(file.path)).contains("pat_secret"))
    #expect(TextFile.names(in: home.path("cache/command-center/snapshots")) == ["prod"])
  }

  @Test func `another address or tenant has seen nothing yet`() throws {
    try file.save(Sample.reading())
    #expect(try Self.file(home, "https://other.example.com").load() == nil)
    #expect(try Self.file(home, "https://api.example.com", tenant: "else").load() == nil)
    #expect(try Self.file(home, "https://api.example.com", tenant: nil).load() == nil)
  }

  @Test func `a file cut anywhere is said to be, and nothing of it is shown`() throws {
    try file.save(Sample.reading())
    let whole = try TextFile.bytes(file.path)
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
      try TextFile.write(
        String(decoding: whole.prefix(length), as: UTF8.self),
        to: file.path,
        mode: 0o600
      )
      #expect(complaint()?.contains("cannot be read") == true, "cut at \(length)")
    }
    // A line break that is missing at the very end is a cut as well.
    let most = String(decoding: whole.dropLast(), as: UTF8.self)
    try TextFile.write(most, to: file.path, mode: 0o600)
    #expect(complaint()?.contains("it is written anew after the next answer") == true)
  }

  @Test(arguments: [
    "", "garbage", "{}\n\n\n", "{\"snapshot\":2}\n{\"runs\":[]}\n{\"tasks\":[]}\n", "null\n",
    "{\"snapshot\":1,\"url\":\"https://api.example.com\",\"tenant\":\"acme\",\"at\":\"x\"}\n[]\n[]\n",
  ])
  func `what is no snapshot of this version is one sentence`(text: String) throws {
    try home.write(text, to: "cache/command-center/snapshots/prod")
    let words = try #require(complaint())
    // The path comes last: a narrow screen cuts what is behind it.
    let start = "what was seen last cannot be read (cut short, or of another version); it is"
    #expect(words.hasPrefix(start), "\(words)")
    #expect(words.hasSuffix(file.path), "\(words)")
  }

  @Test(arguments: [Int.max, .min, 500_000_000_000_000])
  func `a clock further off than any can be is no part of a snapshot`(skew: Int) throws {
    var reading = Sample.reading()
    reading.clockSkew = .milliseconds(skew)
    try file.save(reading)
    let words = try #require(complaint())
    #expect(words.contains("cut short, or of another version"), "\(words)")
  }

  @Test func `a folder, a pipe and a link are no snapshots, and none of them hangs`() throws {
    let folder = home.path("cache/command-center/snapshots")
    try home.write("x", to: "cache/command-center/snapshots/elsewhere")
    unsafe mkdir(file.path, 0o700)
    #expect(complaint() != nil)
    unsafe rmdir(file.path)
    unsafe mkfifo(file.path, 0o600)
    #expect(complaint()?.contains("it is no file") == true)
    unsafe unlink(file.path)
    unsafe symlink("\(folder)/elsewhere", file.path)
    #expect(complaint()?.contains("it is a link") == true)
  }

  @Test func `two that keep a reading at once leave one of them, whole`() throws {
    let runs = (0..<2000).map { number in
      var run = Sample.invoice
      run.id = RunID("run-\(number)")
      return run
    }
    let readings = [Sample.reading(runs: runs), Sample.reading(runs: Array(runs.prefix(900)))]
    let faults = Mutex<[Fault]>([])
    let threads = try (0..<4).map { number in
      try Thread { [file] in
        for _ in 0..<10 {
          do throws(Fault) {
            try file.save(readings[number % 2])
          } catch {
            faults.withLock { $0.append(error) }
          }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(faults.withLock(\.self) == [])
    #expect([2000, 900].contains(try #require(try file.load()).runs.count))
  }

  @Test func `a folder that cannot be written is said`() throws {
    try home.write("x", to: "cache/command-center")
    #expect(throws: Fault.self) { try file.save(Sample.reading()) }
  }

  @Test func `runs without end are cut, and that is said`() throws {
    var big = Sample.invoice
    big.failure = Failure(message: String(repeating: "x", count: 100_000))
    let runs = (0..<100).map { number in
      var run = big
      run.id = RunID("run-\(number)")
      return run
    }
    try file.save(Sample.reading(runs: runs, tasks: []))
    let kept = try #require(try file.load())
    #expect(kept.isCut)
    #expect(kept.runs.count < 100)
    #expect(kept.runs.count > 10)
  }
}
