import Runs
import Testing

@testable import LocalRuntime

@Suite struct CronTests {
  private func moment(_ text: String) throws -> Timestamp {
    try #require(Timestamp(iso8601: text))
  }

  /// The next moments after one, as text.
  private func next(
    _ cron: String,
    _ zone: String = "UTC",
    after start: String,
    count: Int = 1
  ) throws -> [String] {
    let schedule = try Schedule(cron: cron, zone: zone)
    var last = try moment(start)
    var found: [String] = []
    for _ in 0..<count {
      guard let due = schedule.next(after: last) else { break }
      found.append(String(due.iso8601.prefix(16)))
      last = due
    }
    return found
  }

  @Test(
    arguments: [
      ("0 9 * * *", "2026-11-27T08:59:59Z", "2026-11-27T09:00"),
      ("0 9 * * *", "2026-11-27T09:00:00Z", "2026-11-28T09:00"),
      ("*/15 * * * *", "2026-11-27T10:14:59Z", "2026-11-27T10:15"),
      ("5/20 * * * *", "2026-11-27T10:26:00Z", "2026-11-27T10:45"),
      ("30 6 * * mon-fri", "2026-11-27T07:00:00Z", "2026-11-30T06:30"),
      ("0 0 * * 7", "2026-11-27T00:00:00Z", "2026-11-29T00:00"),
      ("0 0 * * 5-7", "2026-11-28T00:00:00Z", "2026-11-29T00:00"),
      ("0 12 1 JAN *", "2026-11-27T00:00:00Z", "2027-01-01T12:00"),
      ("0 0 29 2 *", "2026-11-27T00:00:00Z", "2028-02-29T00:00"),
      // Both days restricted: either is enough.
      ("0 0 13 * fri", "2026-11-27T00:00:00Z", "2026-12-04T00:00"),
      ("0 0 13 * fri", "2026-12-11T00:00:00Z", "2026-12-13T00:00"),
      // A star with a step is still free.
      ("0 0 */2 * mon", "2026-11-27T00:00:00Z", "2026-12-07T00:00"),
      ("1,3-5,59 23 31 12 *", "2026-12-31T23:05:00Z", "2026-12-31T23:59"),
      ("@hourly", "2026-11-27T10:14:59Z", "2026-11-27T11:00"),
      ("@weekly", "2026-11-27T10:14:59Z", "2026-11-29T00:00"),
      ("@yearly", "2026-11-27T10:14:59Z", "2027-01-01T00:00"),
      ("  0\t9 * *  * ", "2026-11-27T08:00:00Z", "2026-11-27T09:00"),
    ]
  )
  func `an expression comes due when cron says so`(
    _ cron: String,
    _ start: String,
    _ due: String
  ) throws {
    #expect(try next(cron, after: start) == [due])
  }

  @Test(
    arguments: [
      ("", "0 fields"), ("* * * *", "4 fields"), ("0 0 9 * * *", "6 fields"),
      ("60 * * * *", "minute “60”"), ("* 24 * * *", "hour “24”"),
      ("* * 0 * *", "day of the month “0”"), ("* * * 13 *", "month “13”"),
      ("* * * * 8", "weekday “8”"), ("*/0 * * * *", "a step is"), ("5-1 * * * *", "upwards"),
      ("1,,2 * * * *", "minute"), ("-5 * * * *", "minute"), ("+5 * * * *", "minute"),
      ("1-2-3 * * * *", "minute"), ("*/5/5 * * * *", "a step is"), ("L * * * *", "minute"),
      ("* * * foo *", "month “foo”"), ("@reboot", "is not known"),
      ("99999999999999999999 * * * *", "minute"),
      (String(repeating: "1,", count: 200) + "1 * * * *", "longer than"),
    ]
  )
  func `what is no expression is said with its field`(_ cron: String, _ words: String) throws {
    let mistake = #expect(throws: CronExpression.Mistake.self) { try CronExpression(cron) }
    #expect(mistake?.sentence.contains(words) == true)
  }

  @Test(arguments: ["Europe/Nowhere", "", "../etc/passwd", String(repeating: "x", count: 65)])
  func `what is no time zone is refused`(_ zone: String) {
    #expect(throws: CronExpression.Mistake.self) { try Schedule(cron: "* * * * *", zone: zone) }
  }

  @Test func `a day that never comes has no next moment`() throws {
    #expect(try next("0 0 31 2 *", after: "2026-11-27T00:00:00Z").isEmpty)
  }

  @Test func `times are those of the zone, in winter and in summer`() throws {
    #expect(
      try next("0 9 * * *", "Europe/Berlin", after: "2026-03-28T00:00:00Z", count: 2)
        == ["2026-03-28T08:00", "2026-03-29T07:00"]
    )
    #expect(
      try next("0 9 * * *", "America/New_York", after: "2026-11-27T00:00:00Z")
        == ["2026-11-27T14:00"]
    )
    #expect(
      try next("0 0 * * *", "Asia/Kolkata", after: "2026-11-27T00:00:00Z") == ["2026-11-27T18:30"]
    )
  }

  @Test func `a time that a day does not have comes due when the gap ends, once`() throws {
    // Berlin, 29 March 2026: 02:00 becomes 03:00, at 01:00 UTC.
    #expect(
      try next("30 2 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", count: 2)
        == ["2026-03-29T01:00", "2026-03-30T00:30"]
    )
    #expect(
      try next("0,15,30 2,3 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", count: 3)
        == ["2026-03-29T01:00", "2026-03-29T01:15", "2026-03-29T01:30"]
    )
  }

  @Test func `a time that a day has twice comes due the first time only`() throws {
    // Berlin, 25 October 2026: 03:00 becomes 02:00, at 01:00 UTC.
    #expect(
      try next("30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", count: 2)
        == ["2026-10-25T00:30", "2026-10-26T01:30"]
    )
  }

  @Test func `a schedule of every hour counts the hours that pass`() throws {
    #expect(
      try next("30 * * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", count: 3)
        == ["2026-03-29T00:30", "2026-03-29T01:30", "2026-03-29T02:30"]
    )
    #expect(
      try next("0 * * * *", "Europe/Berlin", after: "2026-10-24T23:30:00Z", count: 3)
        == ["2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"]
    )
    // Half an hour back, on Lord Howe Island: 02:00 becomes 01:30, at 15:00 UTC.
    #expect(
      try next("*/30 * * * *", "Australia/Lord_Howe", after: "2026-04-04T14:00:00Z", count: 4)
        == ["2026-04-04T14:30", "2026-04-04T15:00", "2026-04-04T15:30", "2026-04-04T16:00"]
    )
  }

  @Test func `the last moment up to another is found without counting to it`() throws {
    let schedule = try Schedule(cron: "*/5 * * * *", zone: "UTC")
    let now = try moment("2026-11-27T10:13:00Z")
    let year = try moment("2025-11-27T00:00:00Z")
    #expect(schedule.last(upTo: now, notBefore: year) == (try moment("2026-11-27T10:10:00Z")))
    #expect(schedule.last(upTo: now, notBefore: try moment("2026-11-27T10:11:00Z")) == nil)
    #expect(schedule.last(upTo: year, notBefore: now) == nil)
    let daily = try Schedule(cron: "0 9 * * *", zone: "UTC")
    #expect(daily.last(upTo: now, notBefore: year) == (try moment("2026-11-27T09:00:00Z")))
  }
}
