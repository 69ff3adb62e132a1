/// When a schedule comes due: five fields as cron reads them, or a name such as `@daily`.
///
/// Minute, hour, day of the month, month, day of the week; in each `*`, a number, a range, a step or a
/// list of such. Months and weekdays have names too, and Sunday is 0 and 7. Where both days are
/// restricted, either is enough, as in every cron.
struct CronExpression: Sendable, Equatable {
  var minutes: [Int]
  var hours: [Int]
  var days: Set<Int>
  var months: Set<Int>
  /// 0 is Sunday.
  var weekdays: Set<Int>
  private var daysAreFree: Bool
  private var weekdaysAreFree: Bool

  /// What is wrong with an expression: one sentence.
  struct Mistake: Error, Sendable, Equatable {
    var sentence: String
  }

  private static let longest = 256
  private static let names = [
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
  ]
  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  /// Reads an expression.
  /// - Throws: ``Mistake`` with the field that is wrong.
  init(_ text: String) throws(Mistake) {
    guard text.utf8.count <= Self.longest else {
      throw Mistake(sentence: "the expression is longer than \(Self.longest) bytes")
    }
    let plain = text.lowercased().split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    if plain.hasPrefix("@"), Self.names[plain] == nil {
      let known = Self.names.keys.sorted().joined(separator: ", ")
      throw Mistake(sentence: "“\(text)” is not known; use \(known) or five fields")
    }
    let fields = (Self.names[plain] ?? plain).split(separator: " ").map(String.init)
    guard fields.count == 5 else {
      throw Mistake(
        sentence: "“\(text)” has \(fields.count) fields, not 5: minute, hour, day, month, weekday"
      )
    }
    minutes = try Field(name: "minute", range: 0...59).read(fields[0]).sorted()
    hours = try Field(name: "hour", range: 0...23).read(fields[1]).sorted()
    days = try Field(name: "day of the month", range: 1...31).read(fields[2])
    months = try Field(name: "month", range: 1...12, words: Self.monthNames).read(fields[3])
    let weekdays = try Field(name: "weekday", range: 0...7, words: Self.weekdayNames)
      .read(fields[4])
    self.weekdays = Set(weekdays.map { $0 % 7 })
    daysAreFree = fields[2].hasPrefix("*")
    weekdaysAreFree = fields[4].hasPrefix("*")
  }

  /// Whether every hour is meant, so that the schedule is one of intervals rather than of times.
  var isEveryHour: Bool { hours.count == 24 }

  /// Whether a date is one of its days.
  func isMeant(month: Int, day: Int, weekday: Int) -> Bool {
    guard months.contains(month) else { return false }
    let (isDay, isWeekday) = (days.contains(day), weekdays.contains(weekday))
    return daysAreFree || weekdaysAreFree ? isDay && isWeekday : isDay || isWeekday
  }

  /// One of the five fields.
  private struct Field {
    let name: String
    let range: ClosedRange<Int>
    /// Names of the values from ``range``'s lowest on.
    var words: [String] = []

    /// The values that a field means.
    func read(_ text: String) throws(Mistake) -> Set<Int> {
      var values: Set<Int> = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        values.formUnion(try item(String(part), in: text))
      }
      return values
    }

    private func item(_ item: String, in text: String) throws(Mistake) -> Set<Int> {
      let sides = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let (lowest, highest) = try bounds(String(sides[0]), hasStep: sides.count > 1, text)
      var step = 1
      if sides.count > 1 {
        guard let number = Self.number(sides[1]), number > 0, number <= range.upperBound else {
          throw mistake(text, "a step is a number from 1 to \(range.upperBound)")
        }
        step = number
      }
      return Set(stride(from: lowest, through: highest, by: step))
    }

    private func bounds(
      _ part: String,
      hasStep: Bool,
      _ text: String
    ) throws(Mistake) -> (Int, Int) {
      if part == "*" { return (range.lowerBound, range.upperBound) }
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = value(ends[0]) else { throw mistake(text, expected) }
      guard ends.count == 2 else { return (first, hasStep ? range.upperBound : first) }
      guard let last = value(ends[1]) else { throw mistake(text, expected) }
      guard first <= last else { throw mistake(text, "a range goes upwards") }
      return (first, last)
    }

    private var expected: String {
      "it takes \(range.lowerBound) to \(range.upperBound), “*”, ranges, steps and lists"
    }

    private func value(_ text: Substring) -> Int? {
      if let index = words.firstIndex(of: String(text)) { return index + range.lowerBound }
      guard let number = Self.number(text), range.contains(number) else { return nil }
      return number
    }

    /// Digits only: no sign.
    private static func number(_ text: Substring) -> Int? {
      guard (1...4).contains(text.utf8.count),
        text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      return Int(text)
    }

    private func mistake(_ text: String, _ reason: String) -> Mistake {
      Mistake(sentence: "the \(name) “\(text)” cannot be read: \(reason)")
    }
  }
}
