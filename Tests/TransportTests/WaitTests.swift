import Glibc
import TestHouse
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct WaitTests {
  /// Longer than the time limit: a wait that is not ended by what the test does fails it.
  private static let forEver = 3_600_000

  @Test func `a cancelled exchange ends as such and its connection goes`() throws {
    let gate = try Gate()
    let pool = try TransferPool.make()
    let waker = pool.waker
    let server = try RawServer { _ in
      waker.wake()
      return [.hold(gate)]
    }
    defer { server.stop() }
    let id = pool.start(Request(method: "POST", url: server.url()))
    pool.drive { server.received.count == 1 }
    pool.cancel(id)
    let results = pool.finished()
    #expect(results.map(\.id) == [id])
    #expect(results.first?.result.failure?.code == .cancelled)
    #expect(results.first?.result.failure?.sent == true)
    pool.cancel(id)
    #expect(pool.finished().isEmpty)
    #expect(pool.runningCount == 0)
  }

  @Test func `an exchange cancelled before it began was not sent`() throws {
    let server = try RawServer { _ in [.answer()] }
    defer { server.stop() }
    let pool = try TransferPool.make()
    pool.cancel(pool.start(Request(method: "POST", url: server.url())))
    #expect(pool.finished().first?.result.failure?.sent == false)
    #expect(server.connections == 0)
  }

  @Test func `a result that waits to be taken keeps the pool from waiting`() throws {
    let pool = try TransferPool.make()
    _ = pool.start(Request(url: "nonsense"))
    #expect(pool.wait(milliseconds: Self.forEver).isEmpty)
    #expect(pool.finished().count == 1)
  }

  @Test func `another thread wakes a wait`() throws {
    let pool = try TransferPool.make()
    let waker = pool.waker
    let thread = try Thread { waker.wake() }
    #expect(pool.wait(milliseconds: Self.forEver).isEmpty)
    thread.join()
  }

  @Test func `a waker outlives its pool`() throws {
    let waker = try TransferPool.make().waker
    waker.wake()
    waker.wake()
  }

  @Test func `a descriptor with something to read is reported`() throws {
    let pipe = try Pipe()
    defer { close(pipe.reading) }
    let pool = try TransferPool.make()
    let watch = Watch(descriptor: pipe.reading)
    #expect(pool.wait(watching: [watch], milliseconds: 0).isEmpty)
    let thread = try Thread {
      var byte: UInt8 = 1
      _ = unsafe write(pipe.writing, &byte, 1)
    }
    let ready = pool.wait(watching: [watch], milliseconds: Self.forEver)
    thread.join()
    #expect(ready == [Ready(descriptor: pipe.reading, readable: true)])
    close(pipe.writing)
    let after = pool.wait(watching: [watch], milliseconds: Self.forEver)
    #expect(after == [Ready(descriptor: pipe.reading, readable: true, hungUp: true)])
  }

  @Test func `a descriptor with room to write is reported when that was asked`() throws {
    let pipe = try Pipe()
    defer {
      close(pipe.reading)
      close(pipe.writing)
    }
    let watch = Watch(descriptor: pipe.writing, readable: false, writable: true)
    let ready = try TransferPool.make().wait(watching: [watch], milliseconds: Self.forEver)
    #expect(ready == [Ready(descriptor: pipe.writing, writable: true)])
  }

  @Test func `a terminal that goes away is reported as hung up`() throws {
    var controlling: Int32 = -1
    var terminal: Int32 = -1
    try SystemMistake.check("openpty", unsafe openpty(&controlling, &terminal, nil, nil, nil))
    defer { close(terminal) }
    close(controlling)
    let ready = try TransferPool.make().wait(
      watching: [Watch(descriptor: terminal)],
      milliseconds: Self.forEver
    )
    #expect(ready.map(\.descriptor) == [terminal])
    #expect(ready.first?.hungUp == true)
  }

  @Test func `a pipe whose other end is closed is reported as hung up`() throws {
    let pipe = try Pipe()
    defer { close(pipe.reading) }
    close(pipe.writing)
    let ready = try TransferPool.make().wait(
      watching: [Watch(descriptor: pipe.reading)],
      milliseconds: Self.forEver
    )
    #expect(ready == [Ready(descriptor: pipe.reading, hungUp: true)])
  }

  @Test func `a descriptor that is not open is reported as broken`() throws {
    let never: Int32 = 1_000_000
    let ready = try TransferPool.make().wait(
      watching: [Watch(descriptor: never)],
      milliseconds: Self.forEver
    )
    #expect(ready == [Ready(descriptor: never, failed: true)])
  }

  @Test func `an abandoned pool does nothing any more`() throws {
    let gate = try Gate()
    let pool = try TransferPool.make()
    let waker = pool.waker
    let server = try RawServer { _ in
      waker.wake()
      return [.hold(gate)]
    }
    defer { server.stop() }
    let hung = pool.start(Request(url: server.url()))
    pool.drive { server.received.count == 1 }
    pool.abandon()
    waker.wake()
    pool.cancel(hung)
    #expect(pool.wait(milliseconds: Self.forEver).isEmpty)
    let late = pool.start(Request(url: server.url()))
    let results = pool.finished()
    #expect(results.map(\.id) == [late])
    #expect(results.first?.result.failure?.code == .cancelled)
  }

  @Test func `a pool that goes takes its exchanges along`() throws {
    let gate = try Gate()
    let server = try RawServer { _ in [.hold(gate)] }
    do {
      let pool = try TransferPool.make()
      _ = pool.start(Request(url: server.url()))
      while server.received.isEmpty { _ = pool.wait(milliseconds: 10) }
    }
    // The gate is never opened: stopping returns only because the client has left.
    server.stop()
  }

  @Test func `a broken connection does not kill the program`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      _ = try TransferPool.make()
      raise(SIGPIPE)
      exit(7)
    }
  }
}
