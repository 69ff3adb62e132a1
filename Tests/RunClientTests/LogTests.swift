import Glibc
import RunClient
import Runs
import TestHouse
import Testing

/// The log for reports of mistakes.
@Suite struct LogTests {
  private let home: TemporaryHome
  private var path: String { home.path("log") }

  init() throws { home = try TemporaryHome() }

  private func lines() throws -> [String] {
    try TextFile.read(path).split(separator: "\n").map(String.init)
  }

  @Test func `lines have a moment, a level and a subject, and go behind what stands there`() throws
  {
    for number in 1...2 {
      let log = try Log(path: path, least: .info)
      log.write(.info, "poll", "\(number)", at: Sample.now)
      log.write(.debug, "exchange", "left out", at: Sample.now)
    }
    let moment = Sample.now.iso8601
    #expect(try lines() == ["\(moment) info poll: 1", "\(moment) info poll: 2"])
    var status = stat()
    try #require(unsafe stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func `a secret is in no line`() throws {
    let log = try Log(path: path, least: .debug)
    log.conceal("pat_secret")
    log.conceal(nil)
    log.write(.error, "poll", "the server says: bad pat_secret, pat_secret", at: Sample.now)
    let text = try TextFile.read(path)
    #expect(!text.contains("pat_secret"))
    #expect(text.contains("bad (not shown), (not shown)"))
  }

  @Test func `text from outside stays on its line and is no command`() throws {
    let log = try Log(path: path, least: .debug)
    log.write(.error, "poll", "a\nb\u{1b}[31m\u{9b}x\u{202e}y\r", at: Sample.now)
    #expect(try lines().count == 1)
    let bytes = try TextFile.bytes(path)
    #expect(bytes.filter { $0 < 0x20 } == [0x0A])
    #expect(!(try TextFile.read(path)).unicodeScalars.contains("\u{9b}"))
    #expect(!(try TextFile.read(path)).unicodeScalars.contains("\u{202e}"))
  }

  private func sentence(_ path: String) -> String? {
    do throws(Fault) {
      _ = try Log(path: path, least: .debug)
      return nil
    } catch {
      return error.sentence
    }
  }

  @Test func `a log that cannot be is one sentence`() throws {
    #expect(
      sentence("/nowhere/log") == "the log /nowhere/log cannot be opened: the folder is not there"
    )
    #expect(sentence(home.folder)?.contains("it is a folder") == true)
    unsafe mkfifo(path, 0o600)
    #expect(sentence(path)?.hasPrefix("the log \(path) ") == true)
  }
}
