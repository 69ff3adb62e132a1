internal import Glibc

/// The clock that only goes forward.
enum MonotonicClock {
  /// Nanoseconds since some moment in the past.
  static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Nanoseconds that `work` takes.
  static func time(_ work: () throws -> Void) rethrows -> Int64 {
    let start = now()
    try work()
    return now() - start
  }
}

extension Int64 {
  /// Nanoseconds of so many milliseconds.
  static func milliseconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000 }

  /// Nanoseconds as milliseconds.
  var asMilliseconds: Double { Double(self) / 1_000_000 }
}
