import RunClient
import Runs
import Testing

@Suite struct PollerTests {
  private let fault = Fault(.unreachable, "api:443: refused")

  private func poller(_ pace: Pace) -> Poller {
    var poller = Poller()
    poller.setPace(pace)
    return poller
  }

  @Test func `nothing is due before a pace is set`() {
    #expect(Poller().due == nil)
  }

  @Test(arguments: [(Pace.lively, 3), (.calm, 30)])
  func `the first poll is due at once, the next a pace after its end`(
    _ pace: Pace,
    _ seconds: Int
  ) throws {
    var poller = poller(pace)
    #expect(try #require(poller.due) <= start)
    poller.begin()
    #expect(poller.due == nil, "one poll at a time")
    poller.succeeded(start + .seconds(100))
    #expect(poller.due == start + .seconds(100 + seconds))
  }

  @Test func `a change of pace counts from the end of the last poll`() {
    var poller = poller(.calm)
    poller.begin()
    poller.succeeded(start)
    poller.setPace(.lively)
    #expect(poller.due == start + .seconds(3))
    poller.setPace(.stopped)
    #expect(poller.due == nil)
  }

  @Test func `a poll that is asked for comes at once, whatever the pace`() {
    var poller = poller(.stopped)
    poller.pollNow(start)
    #expect(poller.due == start)
    poller.begin()
    #expect(poller.due == nil)
    poller.succeeded(start)
    #expect(poller.due == nil)
  }

  @Test func `a poll that is asked for during another follows it`() {
    var poller = poller(.calm)
    poller.begin()
    poller.pollNow(start)
    #expect(poller.due == nil)
    poller.succeeded(start + .seconds(1))
    #expect(poller.due == start)
  }

  @Test func `failures hold off longer and longer, up to half a minute`() {
    var poller = poller(.lively)
    var pauses: [Int64] = []
    var now = start
    for _ in 0..<7 {
      poller.begin()
      let next = poller.failed(fault, now, random: 0.5)
      #expect(poller.due == next)
      pauses.append((next - now).inMilliseconds / 1000)
      now = next
    }
    #expect(pauses == [3, 6, 12, 24, 30, 30, 30])
    #expect(poller.missed == 7)
    poller.begin()
    poller.succeeded(now)
    #expect(poller.missed == 0)
    #expect(poller.due == now + .seconds(3))
  }

  @Test(arguments: [(0.0, 2400), (0.5, 3000), (0.9999, 3600)])
  func `a pause is off by up to a fifth`(_ random: Double, _ milliseconds: Int) {
    var poller = poller(.lively)
    poller.begin()
    #expect(poller.failed(fault, start, random: random) == start + .milliseconds(milliseconds))
  }

  @Test(arguments: [(60, 60), (3600, 300), (1, 3)])
  func `the server's wish is obeyed up to five minutes`(_ asked: Int, _ seconds: Int) {
    var poller = poller(.lively)
    poller.begin()
    let limited = Fault(.limited, "slow down", retryAfter: .seconds(asked))
    #expect(poller.failed(limited, start, random: 0.5) == start + .seconds(seconds))
  }

  @Test func `a poll that is asked for does not wait for the pause to end`() {
    var poller = poller(.lively)
    poller.begin()
    _ = poller.failed(fault, start, random: 0.5)
    poller.pollNow(start + .milliseconds(1))
    #expect(poller.due == start + .milliseconds(1))
  }

  // MARK: Clocks

  @Test func `a clock that is set back holds no poll longer than its pace`() {
    var poller = poller(.lively)
    poller.begin()
    poller.succeeded(start)
    let earlier = start + .seconds(-7200)
    poller.see(earlier)
    #expect(poller.due == earlier + .seconds(3))
  }

  @Test func `a clock that is set back holds neither back-off, nor rest, nor wish longer`() {
    var failing = poller(.lively)
    failing.begin()
    _ = failing.failed(fault, start, random: 0.5)
    let earlier = start + .seconds(-7200)
    failing.see(earlier)
    #expect(failing.due == earlier + .seconds(3))
    var resting = poller(.lively)
    resting.leaveAlone(for: .seconds(40), start)
    resting.see(earlier)
    #expect(resting.due == earlier + .seconds(40))
    var wishing = poller(.calm)
    wishing.begin()
    wishing.succeeded(start)
    wishing.pollNow(start)
    wishing.see(earlier)
    #expect(wishing.due == earlier)
  }

  @Test func `hours that went by make one poll due, not the missed ones`() {
    var poller = poller(.lively)
    poller.begin()
    poller.succeeded(start)
    let later = start + .seconds(7200)
    poller.see(later)
    #expect(poller.due.map { $0 <= later } == true)
    poller.begin()
    poller.succeeded(later)
    #expect(poller.due == later + .seconds(3))
  }

  @Test func `after a sleep the poll under way is given up and everything is read`() {
    var poller = poller(.lively)
    poller.begin()
    poller.succeeded(start)
    #expect(!poller.wantsWhole(start + .seconds(3)))
    poller.begin(isWhole: false)
    let later = start + .seconds(7200)
    poller.woke(later)
    #expect(poller.due == later)
    #expect(poller.wantsWhole(later))
    var resting = self.poller(.lively)
    resting.leaveAlone(for: .seconds(300), start)
    resting.woke(start + .seconds(200))
    #expect(resting.due == start + .seconds(300), "the server's wish stands")
    var still = self.poller(.stopped)
    still.woke(later)
    #expect(still.due == nil, "who wants no polls gets none")
  }

  // MARK: Whole readings

  @Test func `everything is read at first, every twentieth time, and after a minute`() {
    var poller = poller(.lively)
    #expect(poller.wantsWhole(start))
    poller.begin()
    poller.succeeded(start)
    for number in 1..<20 {
      #expect(!poller.wantsWhole(start), "poll \(number)")
      poller.begin(isWhole: false)
      poller.succeeded(start, isWhole: false)
    }
    #expect(poller.wantsWhole(start))
    poller.begin()
    poller.succeeded(start)
    #expect(!poller.wantsWhole(start + .seconds(59)))
    #expect(poller.wantsWhole(start + .seconds(60)))
  }

  @Test func `everything is read when it is asked for, and after a failure`() {
    var poller = poller(.lively)
    poller.begin()
    poller.succeeded(start)
    poller.pollNow(start)
    #expect(poller.wantsWhole(start))
    poller.begin()
    poller.succeeded(start)
    poller.begin(isWhole: false)
    _ = poller.failed(fault, start, random: 0.5)
    #expect(poller.wantsWhole(start + .seconds(3)))
  }

  @Test func `when reading what changed fails each time, everything is read for good`() {
    var poller = poller(.lively)
    for _ in 0..<3 {
      poller.begin()
      poller.succeeded(start)
      #expect(!poller.wantsWhole(start))
      poller.begin(isWhole: false)
      _ = poller.failed(fault, start, random: 0.5)
    }
    poller.begin()
    poller.succeeded(start)
    #expect(poller.wantsWhole(start))
  }
}
