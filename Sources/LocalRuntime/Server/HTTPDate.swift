import Runs

/// A moment as HTTP headers write it (RFC 9110, 5.6.7).
enum HTTPDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func text(_ moment: Timestamp) -> String {
    let time = CalendarTime(moment)
    // The epoch was a Thursday.
    let day = moment.milliseconds / 86_400_000 - (moment.milliseconds % 86_400_000 < 0 ? 1 : 0)
    let weekday = Int(((day + 4) % 7 + 7) % 7)
    let number = time.day < 10 ? "0\(time.day)" : "\(time.day)"
    return "\(days[weekday]), \(number) \(months[time.month - 1]) \(time.date.prefix(4)) "
      + "\(time.clock()) GMT"
  }
}
