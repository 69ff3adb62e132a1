import Glibc
import LocalRuntime

/// One life of the program: work that goes on until a signal, or the loss of the lifeline, ends it.
enum Session {
  /// Signals that end it in good order.
  private static let signals = [SIGTERM, SIGINT, SIGHUP]

  /// Does the work and leaves with the code it returns.
  ///
  /// The work is given a sequence that yields once when the program is to end. A second signal ends
  /// it at once.
  /// - Parameters:
  ///   - lifeline: Whether the end of standard input ends the program.
  ///   - work: What is done meanwhile.
  static func run(
    lifeline: Bool,
    _ work: @escaping @Sendable (AsyncStream<Void>) async -> Int32
  ) -> Never {
    // A front that has gone must not end us by our own writing to it.
    signal(SIGPIPE, SIG_IGN)
    // A file that may not grow is an error of its write, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    raiseFileLimit()
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    // Before the first thread, so that all have it; children are started with none blocked.
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    let (endings, ending) = AsyncStream<Void>.makeStream()
    if lifeline {
      Task.detached {
        await Lifeline.lost(STDIN_FILENO)
        ending.yield()
      }
    }
    Task.detached { exit(await work(endings)) }
    var count = 0
    while true {
      var number: Int32 = 0
      guard unsafe sigwait(&set, &number) == 0 else { continue }
      count += 1
      if count > 1 { _exit(128 + number) }
      ending.yield()
    }
  }

  /// Allows as many connections as the listener has places for, where the system lets us.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 2048))
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Says a sentence on standard error.
  static func complain(_ sentence: String) {
    let bytes = Array("\(sentence)\n".utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
