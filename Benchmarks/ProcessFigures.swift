internal import Glibc

/// What a process has used, as the kernel counts it.
struct ProcessFigures {
  /// Nanoseconds on a processor, all living threads together.
  let processorTime: Int64
  /// How often it went to sleep of its own will, hence was woken.
  let wakeUps: Int
  /// Kilobytes in memory.
  let resident: Int
  /// Kilobytes in memory that no other process shares.
  let unshared: Int

  /// The figures of a process now.
  /// - Throws: ``Mistake`` when it is gone.
  init(_ pid: pid_t) throws(Mistake) {
    var time: Int64 = 0
    var sleeps = 0
    let threads = Descriptor.names(inFolder: "/proc/\(pid)/task")
    guard !threads.isEmpty else {
      throw Mistake("The process \(pid) has ended in the middle of a measure.")
    }
    for thread in threads {
      let folder = "/proc/\(pid)/task/\(thread)"
      let schedule = Descriptor.text(ofFile: "\(folder)/schedstat")?.split(separator: " ")
      time += (schedule?.first).flatMap { Int64($0) } ?? 0
      sleeps += ProcessFigures.number("voluntary_ctxt_switches:", in: "\(folder)/status")
    }
    processorTime = time
    wakeUps = sleeps
    let rollup = "/proc/\(pid)/smaps_rollup"
    resident = ProcessFigures.number("VmRSS:", in: "/proc/\(pid)/status")
    unshared =
      ProcessFigures.number("Private_Clean:", in: rollup)
      + ProcessFigures.number("Private_Dirty:", in: rollup)
  }

  /// The number behind a label; 0 where the label is not there.
  private static func number(_ label: String, in path: String) -> Int {
    guard let text = Descriptor.text(ofFile: path),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(label) })
    else { return 0 }
    return line.split { !("0"..."9").contains($0) }.first.flatMap { Int($0) } ?? 0
  }
}
