package import Runs

/// The operator's time zone, as far as times on the screen need it.
package struct Zone: Sendable, Equatable {
  /// Seconds east of UTC now.
  package var offset: Int
  /// Its short name: `CET`.
  package var name: String

  /// A zone.
  package init(offset: Int, name: String) {
    self.offset = offset
    self.name = name
  }

  /// Coordinated universal time.
  package static let utc = Zone(offset: 0, name: "UTC")

  /// A moment's time of day: `14:02:11`.
  package func clock(_ moment: Timestamp, milliseconds: Bool = false) -> String {
    CalendarTime(moment, offset: offset).clock(milliseconds: milliseconds)
  }
}

extension Change {
  /// What changed, in one sentence, with how long that is past where the server says when it was.
  package func sentence(at now: Timestamp) -> String {
    sentence { moment in "\(Age.short(now - moment)) ago" }
  }
}

/// How long something took or has been going on, in as few letters as tell it.
package enum Age {
  /// `40s`, `12m`, `5h`, `3d`; never negative, since clocks differ.
  package static func short(_ duration: Duration) -> String {
    let seconds = max(0, duration.inMilliseconds / 1000)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    case ..<86_400: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  /// As ``short(_:)``, but with seconds in the first ten minutes: `2m03s`.
  package static func exact(_ duration: Duration) -> String {
    let seconds = max(0, duration.inMilliseconds / 1000)
    guard (60..<600).contains(seconds) else { return short(duration) }
    let rest = seconds % 60
    return "\(seconds / 60)m\(rest < 10 ? "0" : "")\(rest)s"
  }

  /// `<1m`, `12m`, `5h`, `3d`: says something else once a minute at most.
  package static func coarse(_ duration: Duration) -> String {
    duration < .seconds(60) ? "<1m" : short(duration)
  }

  /// How long a step took: `0.9s`, `39.3s`, `2m03s`.
  package static func took(_ duration: Duration) -> String {
    let tenths = max(0, duration.inMilliseconds / 100)
    return tenths < 600 ? "\(tenths / 10).\(tenths % 10)s" : exact(duration)
  }
}
