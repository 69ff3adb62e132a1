internal import Glibc
internal import Runs

/// Measures the built front beside the C program, and prints what it found.
@main
enum Benchmark {
  static func main() {
    // A program that ends under our hands must not end us.
    signal(SIGPIPE, SIG_IGN)
    do throws(Mistake) {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if arguments.first == "serve-canned" {
        try serve(Array(arguments.dropFirst()))
      } else if arguments.contains("--help") {
        print(Options.usage)
      } else {
        try measure(Options(arguments, folder: folder()))
      }
    } catch {
      _ = Descriptor.write(2, Array("benchmark: \(error.sentence)\n".utf8))
      exit(1)
    }
  }

  private static func measure(_ options: Options) throws(Mistake) {
    let groups = Group.allCases.filter { options.only.isEmpty || options.only.contains($0) }
    if Bench.needsPrograms(groups) {
      for path in [options.front, options.reference] where unsafe access(path, X_OK) != 0 {
        throw Mistake("\(path) is not there; build it first: make bench does.")
      }
    }
    let bench = try Bench(options)
    var rows: [Figure] = []
    for group in groups {
      _ = Descriptor.write(2, Array("measuring \(group.rawValue)\n".utf8))
      rows += try bench.figures(of: group)
    }
    print(Report.table(rows), terminator: "")
    if let path = options.json { try write(Report.json(rows, options), to: path) }
  }

  /// The hidden role: `serve-canned --runs N [--change-every-poll]`.
  private static func serve(_ arguments: [String]) throws(Mistake) {
    guard arguments.count >= 2, arguments[0] == "--runs", let count = Int(arguments[1]), count >= 0
    else { throw Mistake("serve-canned wants --runs and a number.") }
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let runs = CannedRuns(
      count: count,
      start: Timestamp(milliseconds: Int64(now.tv_sec) * 1000)
    )
    let changes = arguments.contains("--change-every-poll")
    var server = try CannedServer(runs, changesEveryPoll: changes)
    server.serve()
  }

  /// Where this program lies.
  private static func folder() throws(Mistake) -> String {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe base.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
        unsafe readlink("/proc/self/exe", $0, buffer.count)
      }
    }
    guard count > 0, let slash = bytes[..<count].lastIndex(of: UInt8(ascii: "/")) else {
      throw .system("The program's own folder is not to be found")
    }
    return String(decoding: bytes[..<slash], as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) throws(Mistake) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .system("\(path) cannot be written") }
    defer { close(file) }
    guard Descriptor.write(file, Array(text.utf8)) else {
      throw .system("\(path) cannot be written")
    }
  }
}
