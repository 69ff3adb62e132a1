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
}
