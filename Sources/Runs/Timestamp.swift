/// A moment: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct Timestamp: Hashable, Sendable, Comparable {
  /// Milliseconds since the epoch.
  package var milliseconds: Int64

  /// A moment by its milliseconds since the epoch.
  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// Earlier is less.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The time from one moment to another; negative when they stand the other way round.
  package static func - (left: Timestamp, right: Timestamp) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }

  /// The moment a duration later.
  package static func + (left: Timestamp, right: Duration) -> Timestamp {
    Timestamp(milliseconds: left.milliseconds + right.inMilliseconds)
  }
}

extension Duration {
  /// Whole milliseconds, rounded toward zero.
  package var inMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

/// A moment as people write it: a date and a time of day at some distance from UTC.
package struct CalendarTime: Hashable, Sendable {
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int
  package var millisecond: Int

  /// The calendar's view of a moment, `offset` seconds east of UTC.
  package init(_ moment: Timestamp, offset: Int = 0) {
    let local = moment.milliseconds + Int64(offset) * 1000
    let day = local.flooredQuotient(86_400_000)
    let rest = Int(local - day * 86_400_000)
    (year, month, self.day) = CalendarTime.date(day: Int(day))
    hour = rest / 3_600_000
    minute = rest / 60_000 % 60
    second = rest / 1000 % 60
    millisecond = rest % 1000
  }

  /// The date of a day counted from the epoch (proleptic Gregorian; years begin in March here, so
  /// that the leap day is the last of its year).
  private static func date(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = Int(Int64(shifted).flooredQuotient(146_097))
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The day of a date, counted from the epoch.
  static func day(year: Int, month: Int, day: Int) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = Int(Int64(shifted).flooredQuotient(400))
    let yearOfEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear
    return Int64(era) * 146_097 + Int64(ofEra) - 719_468
  }

  /// `14:02:11`, or `14:02:11.043` with milliseconds.
  package func clock(milliseconds: Bool = false) -> String {
    let time = "\(two(hour)):\(two(minute)):\(two(second))"
    return milliseconds ? "\(time).\(three(millisecond))" : time
  }

  /// `2026-11-23`.
  package var date: String { "\(four(year))-\(two(month))-\(two(day))" }
}

extension Timestamp {
  /// ISO 8601 in UTC with milliseconds, as the API writes moments: `2026-04-10T11:00:00.362Z`.
  package var iso8601: String {
    let time = CalendarTime(self)
    return "\(time.date)T\(time.clock(milliseconds: true))Z"
  }

  /// Reads ISO 8601 with `T` or a blank, any number of fractional digits, `Z` or an offset (none is
  /// read as UTC).
  ///
  /// Nil when the text is something else.
  package init?(iso8601 text: String) {
    self.init(iso8601: text.utf8.span)
  }

  /// The same from bytes: lists hold five moments an item, and no text need be made of them.
  package init?(iso8601 bytes: Span<UInt8>) {
    var at = 0
    guard let year = bytes.digits(4, &at), bytes.take("-", &at),
      let month = bytes.digits(2, &at), bytes.take("-", &at), let day = bytes.digits(2, &at),
      bytes.take("T", &at) || bytes.take(" ", &at),
      let hour = bytes.digits(2, &at), bytes.take(":", &at), let minute = bytes.digits(2, &at),
      bytes.take(":", &at), let second = bytes.digits(2, &at),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var milliseconds = 0
    if bytes.take(".", &at) {
      guard let fraction = bytes.fraction(&at) else { return nil }
      milliseconds = fraction
    }
    guard let offset = bytes.offset(&at), at == bytes.count else { return nil }
    let days = CalendarTime.day(year: year, month: month, day: day)
    let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
    self.init(milliseconds: seconds * 1000 + Int64(milliseconds))
  }
}

/// Reads the parts of a date; each leaves the place behind what it read.
extension Span<UInt8> {
  fileprivate func take(_ letter: Unicode.Scalar, _ at: inout Int) -> Bool {
    guard at < count, self[at] == UInt8(ascii: letter) else { return false }
    at += 1
    return true
  }

  fileprivate func digits(_ width: Int, _ at: inout Int) -> Int? {
    guard count - at >= width else { return nil }
    var value = 0
    for index in at..<at + width {
      let digit = self[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    at += width
    return value
  }

  /// Milliseconds from the digits behind the point; further digits are cut off.
  fileprivate func fraction(_ at: inout Int) -> Int? {
    var value = 0
    var width = 0
    while at < count, self[at] &- 0x30 < 10 {
      if width < 3 { value = value * 10 + Int(self[at] - 0x30) }
      width += 1
      at += 1
    }
    guard width > 0 else { return nil }
    for _ in width..<Swift.max(3, width) { value *= 10 }
    return value
  }

  /// Seconds east of UTC.
  fileprivate func offset(_ at: inout Int) -> Int? {
    if at == count || take("Z", &at) || take("z", &at) { return 0 }
    let sign = take("-", &at) ? -1 : take("+", &at) ? 1 : 0
    guard sign != 0, let hours = digits(2, &at) else { return nil }
    _ = take(":", &at)
    return sign * (hours * 3600 + (digits(2, &at) ?? 0) * 60)
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
private func three(_ value: Int) -> String { value < 100 ? "0\(two(value))" : "\(value)" }
private func four(_ value: Int) -> String {
  let text = String(abs(value))
  let padded = String(repeating: "0", count: max(0, 4 - text.count)) + text
  return value < 0 ? "-\(padded)" : padded
}
