package import CommandCenter
internal import Glibc
package import Runs

/// The machine's clock: the only place that reads one.
package enum SystemClock {
  /// The present moment.
  package static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// A moment of a clock that nobody sets: only the time between two of them means anything.
  static func uptime() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// The operator's time zone at a moment.
  package static func zone(at moment: Timestamp) -> Zone {
    var seconds = time_t(moment.milliseconds / 1000)
    var local = unsafe tm()
    guard unsafe localtime_r(&seconds, &local) != nil else { return .utc }
    let name = unsafe local.tm_zone.map { unsafe String(cString: $0) } ?? "UTC"
    return unsafe Zone(offset: local.tm_gmtoff, name: name)
  }
}
