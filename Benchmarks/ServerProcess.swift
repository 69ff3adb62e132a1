internal import Glibc

/// A canned server in a process of its own.
final class ServerProcess {
  /// The descriptor on which it tells of polls.
  let reports: CInt
  /// Where it listens.
  let url: String
  private let process: ChildProcess
  private let lifeline: CInt

  /// Starts a server and waits until it listens.
  init(runs: Int, changesEveryPoll: Bool) throws(Mistake) {
    let input = try ServerProcess.pipe()
    let output = try ServerProcess.pipe()
    defer {
      close(input.read)
      close(output.write)
    }
    lifeline = input.write
    reports = output.read
    process = try ChildProcess(
      "/proc/self/exe",
      ["serve-canned", "--runs", "\(runs)"] + (changesEveryPoll ? ["--change-every-poll"] : []),
      environment: [],
      input: .descriptor(input.read),
      output: .descriptor(output.write),
      errors: .descriptor(2)
    )
    var line: [UInt8] = []
    while !line.contains(10) {
      guard let more = Descriptor.read(reports), !more.isEmpty else {
        throw Mistake("The canned server ended before it listened.")
      }
      line += more
    }
    guard let port = Int(String(decoding: line.prefix { $0 != 10 }, as: UTF8.self)) else {
      throw Mistake("The canned server named no port.")
    }
    url = "http://127.0.0.1:\(port)"
  }

  deinit {
    close(lifeline)
    close(reports)
  }

  /// How many polls it has told of since it was last asked; only to be asked when there is
  /// something to read.
  func polls() -> Int { Descriptor.read(reports)?.count { $0 == 10 } ?? 0 }

  private static func pipe() throws(Mistake) -> (read: CInt, write: CInt) {
    var ends: [CInt] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { throw .system("No pipe is to be had") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}
