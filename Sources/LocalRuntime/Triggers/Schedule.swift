import Foundation
import Runs

/// A cron expression in a time zone: which moments come next.
///
/// Where clocks are set forward, a time that does not exist that day comes due at the moment the gap
/// ends, once however many such times it has. Where they are set back, a time that comes twice comes
/// due the first time only. A schedule of every hour counts hours that pass instead: it skips what does
/// not exist, and runs through both.
struct Schedule: Sendable {
  let expression: CronExpression
  let zone: TimeZone

  /// Any day that recurs does so within this many years, leap days included.
  private static let horizon = 9 * 366
  private static let day: Int64 = 86_400

  /// Reads a schedule.
  /// - Throws: ``CronExpression/Mistake`` with what is wrong.
  init(cron: String, zone name: String) throws(CronExpression.Mistake) {
    expression = try CronExpression(cron)
    guard !name.isEmpty, name.utf8.count <= 64, let zone = TimeZone(identifier: name) else {
      throw CronExpression.Mistake(
        sentence: "“\(name)” is no time zone; write one like Europe/Berlin or UTC"
      )
    }
    self.zone = zone
  }

  /// The first moment behind another at which it comes due; nil when there is none.
  func next(after moment: Timestamp) -> Timestamp? {
    let seconds = Self.floor(moment.milliseconds, 1000)
    let local = seconds + offset(seconds)
    // The day before too: a gap may end in the day after the one it is written in.
    let first = Self.floor(local, Self.day) - 1
    for day in first...(first + Int64(Self.horizon)) where isMeant(day) {
      if let due = moments(of: day).first(where: { $0 > seconds }) {
        return Timestamp(milliseconds: due * 1000)
      }
    }
    return nil
  }

  /// The last moment at which it came due, up to one and not before another; nil when there is none.
  func last(upTo moment: Timestamp, notBefore earliest: Timestamp) -> Timestamp? {
    guard earliest <= moment else { return nil }
    let (low, high) = (
      Self.floor(earliest.milliseconds + 999, 1000), Self.floor(moment.milliseconds, 1000)
    )
    let newest = Self.floor(high + offset(high), Self.day) + 1
    let oldest = max(Self.floor(low + offset(low), Self.day) - 1, newest - Int64(Self.horizon))
    for day in stride(from: newest, through: oldest, by: -1) where isMeant(day) {
      if let due = moments(of: day).last(where: { $0 <= high }) {
        return due >= low ? Timestamp(milliseconds: due * 1000) : nil
      }
    }
    return nil
  }

  private func isMeant(_ day: Int64) -> Bool {
    let date = CalendarTime(Timestamp(milliseconds: day * Self.day * 1000))
    // The epoch was a Thursday.
    let weekday = Int(((day + 4) % 7 + 7) % 7)
    return expression.isMeant(month: date.month, day: date.day, weekday: weekday)
  }

  /// The moments of a day, in seconds since the epoch, in order.
  private func moments(of day: Int64) -> [Int64] {
    let start = day * Self.day
    let (before, after) = (
      offset(start - Self.day - offset(start)), offset(start + 2 * Self.day - offset(start))
    )
    var moments: [Int64] = []
    for hour in expression.hours {
      for minute in expression.minutes {
        let local = start + Int64(hour) * 3600 + Int64(minute) * 60
        if before == after {
          moments.append(local - before)
        } else {
          moments += resolved(local, before, after)
        }
      }
    }
    guard before != after else { return moments }
    return Set(moments).sorted()
  }

  /// The moments at which clocks show a time, near a change from one offset to another.
  private func resolved(_ local: Int64, _ before: Int64, _ after: Int64) -> [Int64] {
    let found = Set([local - before, local - after])
      .filter { $0 + offset($0) == local }
      .sorted()
    if found.isEmpty { return expression.isEveryHour ? [] : [gapEnd(local, before, after)] }
    return expression.isEveryHour ? found : Array(found.prefix(1))
  }

  /// The moment at which the offset changes, between two whose times a gap separates.
  private func gapEnd(_ local: Int64, _ before: Int64, _ after: Int64) -> Int64 {
    var (low, high) = (local - max(before, after), local - min(before, after))
    let old = offset(low)
    while low + 1 < high {
      let middle = low + (high - low) / 2
      if offset(middle) == old { low = middle } else { high = middle }
    }
    return high
  }

  /// Seconds east of UTC at a moment.
  private func offset(_ seconds: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }
}
