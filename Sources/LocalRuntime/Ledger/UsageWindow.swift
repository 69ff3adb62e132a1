import JSON
import Runs

/// The time that a question about usage is about: whole hours, as usage is summed up by the hour.
struct UsageWindow: Sendable, Equatable {
  /// Hours since the epoch.
  let hours: ClosedRange<Int64>
  /// The end as it is answered: never later than now.
  let end: Timestamp

  /// The window from a moment to another one.
  ///
  /// The beginning is rounded down to a whole hour, the end up, but not beyond now.
  init(from start: Timestamp, to end: Timestamp, now: Timestamp) {
    let first = Usage.hour(of: start)
    let last = max(first, Usage.hour(of: Timestamp(milliseconds: end.milliseconds - 1)))
    hours = first...last
    self.end = Timestamp(milliseconds: max(min((last + 1) * 3_600_000, now.milliseconds), 0))
  }

  /// As the answers name it.
  var json: JSONValue {
    let start = Self.moment(ofHour: hours.lowerBound)
    return ["from": .string(start.iso8601), "to": .string(max(start, end).iso8601)]
  }

  /// Reads `window`, or `from` and `to`; this month when neither is there.
  ///
  /// Days, weeks and months are those of UTC; weeks begin on Mondays.
  /// - Parameters:
  ///   - parameter: The query's value of a name.
  ///   - now: The present moment.
  ///   - first: The first hour that anything is known of.
  /// - Returns: The window.
  /// - Throws: ``Rejection``, 400, with what is wrong.
  static func read(
    _ parameter: (String) -> String?,
    now: Timestamp,
    first: Int64?
  ) throws(Rejection) -> UsageWindow {
    let word = parameter("window").flatMap { $0.isEmpty ? nil : $0 }
    let start = try moment("from", parameter)
    let end = try moment("to", parameter, dayEnds: true)
    guard start != nil || end != nil else {
      switch word ?? "month" {
      case "week":
        let monday = Granularity.week.start(of: Usage.hour(of: now))
        return UsageWindow(from: Self.moment(ofHour: monday), to: now, now: now)
      case "month":
        // The first seven signs are year and month.
        let first = Timestamp(iso8601: "\(now.iso8601.prefix(7))-01T00:00:00Z") ?? now
        return UsageWindow(from: first, to: now, now: now)
      case "all": return UsageWindow(from: beginning(first, now), to: now, now: now)
      case let other:
        throw .malformed("“window” must be week, month or all, not “\(other)”")
      }
    }
    guard word == nil else {
      throw .malformed("give “window”, or “from” and “to”, not both")
    }
    let window = (start ?? beginning(first, now), end ?? now)
    guard window.0 < window.1 else {
      throw .malformed(
        "“from” must be earlier than “to”, not \(window.0.iso8601) and \(window.1.iso8601)"
      )
    }
    return UsageWindow(from: window.0, to: window.1, now: now)
  }

  private static func beginning(_ first: Int64?, _ now: Timestamp) -> Timestamp {
    first.map { moment(ofHour: $0) } ?? now + .seconds(-3600)
  }

  private static func moment(ofHour hour: Int64) -> Timestamp {
    Timestamp(milliseconds: hour * 3_600_000)
  }

  private static func moment(
    _ name: String,
    _ parameter: (String) -> String?,
    dayEnds: Bool = false
  ) throws(Rejection) -> Timestamp? {
    guard let text = parameter(name), !text.isEmpty else { return nil }
    let isDay = text.count == 10
    guard let moment = Timestamp(iso8601: isDay ? "\(text)T00:00:00Z" : text) else {
      throw .malformed("“\(name)” must be a time like 2026-01-31T12:00:00Z, not “\(text)”")
    }
    // A window from a day to a day has both of them.
    return isDay && dayEnds ? moment + .seconds(86_400) : moment
  }
}

/// How long a bucket of a series is.
enum Granularity: String, Sendable, CaseIterable {
  case hour
  case day
  case week

  /// More buckets than this are not answered.
  static let mostBuckets = 1000

  /// The first hour of the bucket that an hour lies in; weeks begin on Mondays.
  func start(of hour: Int64) -> Int64 {
    switch self {
    case .hour: hour
    case .day: Self.floor(hour, 24) * 24
    // The epoch was a Thursday: three days after a Monday.
    case .week: Self.floor(hour + 72, 168) * 168 - 72
    }
  }

  private var hours: Int64 {
    switch self {
    case .hour: 1
    case .day: 24
    case .week: 168
    }
  }

  /// The first hours of all buckets of a window.
  func starts(in window: UsageWindow) -> StrideThrough<Int64> {
    stride(
      from: start(of: window.hours.lowerBound),
      through: start(of: window.hours.upperBound),
      by: Int64.Stride(hours)
    )
  }

  /// Reads `granularity`; a day when it is not there, or a week when that would be too many.
  /// - Throws: ``Rejection``, 400, with what is wrong.
  static func read(_ text: String?, in window: UsageWindow) throws(Rejection) -> Granularity {
    func count(_ size: Granularity) -> Int64 {
      (size.start(of: window.hours.upperBound) - size.start(of: window.hours.lowerBound))
        / size.hours + 1
    }
    let known: Granularity?
    if let text, !text.isEmpty {
      known = Granularity(rawValue: text)
    } else {
      known = count(.day) > mostBuckets ? .week : .day
    }
    guard let known else {
      throw .malformed("“granularity” must be hour, day or week, not “\(text ?? "")”")
    }
    guard count(known) <= mostBuckets else {
      throw .malformed(
        "that are \(count(known)) buckets, and at most \(mostBuckets) are answered; choose a shorter "
          + "window or a longer granularity"
      )
    }
    return known
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
