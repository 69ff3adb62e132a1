import Glibc
import TestHouse
import Testing
import Transport

@testable import Loop

@Suite struct WorkerTests {
  @Test func `workers that are held up hold up no other`() throws {
    let pool = try TransferPool(settings: TransportSettings(userAgent: "command-center/test"))
    let gate = try Gate()
    defer { gate.open() }
    // More than there are cores.
    let stuck = (0..<64).map { _ in Worker<Bool>(waking: pool.waker) }
    for worker in stuck {
      worker.take { [descriptor = gate.descriptor] in
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&ready, 1, -1) == 1
      }
    }
    let free = Worker<Int>(waking: pool.waker)
    for number in 0..<3 { free.take { number } }
    var results: [Int] = []
    _ = try Waiting.until("the results") {
      _ = pool.wait(milliseconds: 10)
      results += free.results()
      return results.count == 3 ? true : nil
    }
    #expect(results == [0, 1, 2])
  }
}
