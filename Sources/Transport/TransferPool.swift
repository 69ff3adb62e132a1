internal import CCurl

/// The name of an exchange within its pool, never used twice.
package struct TransferID: Hashable, Sendable {
  let number: UInt64
}

/// A descriptor of the loop's own, to wait for together with the exchanges.
package struct Watch: Hashable, Sendable {
  package var descriptor: Int32
  package var readable: Bool
  package var writable: Bool

  package init(descriptor: Int32, readable: Bool = true, writable: Bool = false) {
    self.descriptor = descriptor
    self.readable = readable
    self.writable = writable
  }
}

/// What became of a watched descriptor.
package struct Ready: Hashable, Sendable {
  package var descriptor: Int32
  package var readable: Bool
  package var writable: Bool
  /// The other side is gone; said even when nothing was asked.
  package var hungUp: Bool
  /// The descriptor is broken or not open; said even when nothing was asked.
  package var failed: Bool

  package init(
    descriptor: Int32,
    readable: Bool = false,
    writable: Bool = false,
    hungUp: Bool = false,
    failed: Bool = false
  ) {
    self.descriptor = descriptor
    self.readable = readable
    self.writable = writable
    self.hungUp = hungUp
    self.failed = failed
  }
}

/// The beginning of an answer whose end has not come.
package struct Progress: Hashable, Sendable {
  package var status: Int
  package var headers: ResponseHeaders
  /// What came of the body since it was last taken.
  package var body: [UInt8]
}

/// Wakes a waiting pool from any thread; does nothing once the pool is gone.
///
/// It takes a lock, so it is not for signal handlers.
package struct Waker: Sendable {
  let bell: CurlMulti.Bell

  /// Ends the wait of the pool, or its next one when it is not waiting.
  package func wake() {
    bell.ring()
  }
}

/// Every exchange of the program, driven by whoever owns the loop.
///
/// Nothing here waits but `wait`, and nothing happens to an exchange but within `wait`. Each
/// exchange that was started ends in exactly one result. Not `Sendable`: one thread owns it.
package final class TransferPool {
  private struct Transfer {
    let id: TransferID
    let easy: CurlEasy
    let checked: CheckedRequest

    var verdict: Verdict { Verdict(easy: easy, checked: checked) }
  }

  private static let spareHandles = 8

  private let settings: TransportSettings
  private let multi: CurlMulti
  private var running: [Transfer] = []
  private var spare: [CurlEasy] = []
  private var results: [(id: TransferID, result: Result<Response, Failure>)] = []
  /// What came of answers that broke off since the last taking; until their results are handed out.
  private var brokenOff: [TransferID: Progress] = [:]
  private var lastNumber: UInt64 = 0
  private var isAbandoned = false

  /// Sets libcurl up.
  ///
  /// - Throws: `badSetting` for a setting that cannot be used, `other` when libcurl cannot start.
  package init(settings: TransportSettings) throws(Failure) {
    try settings.check()
    self.settings = settings
    multi = try CurlMulti(settings)
  }

  deinit {
    guard !isAbandoned else { return }
    for transfer in running { multi.remove(transfer.easy) }
  }

  /// Wakes `wait` from another thread.
  package var waker: Waker { Waker(bell: multi.bell) }

  /// The exchanges that have neither ended nor been cancelled.
  package var runningCount: Int { running.count }

  /// Begins an exchange; it moves in `wait` and ends in `finished`.
  package func start(_ request: Request) -> TransferID {
    lastNumber += 1
    let id = TransferID(number: lastNumber)
    do throws(Failure) {
      guard !isAbandoned else { throw Failure(.cancelled, "the program is ending") }
      let checked = try CheckedRequest(request)
      let easy = if let used = spare.popLast() { used } else { try CurlEasy() }
      do throws(Failure) {
        try easy.prepare(checked, settings)
        guard multi.add(easy) else {
          throw Failure(.other, "\(checked.address.words): libcurl does not begin the exchange")
        }
      } catch {
        keep(easy)
        throw error
      }
      running.append(Transfer(id: id, easy: easy, checked: checked))
    } catch {
      results.append((id, .failure(error)))
    }
    return id
  }

  /// Gives an exchange up.
  ///
  /// Its result is a failure `cancelled`; one that has ended keeps the result it has.
  package func cancel(_ id: TransferID) {
    guard !isAbandoned, let index = running.firstIndex(where: { $0.id == id }) else { return }
    let transfer = running.remove(at: index)
    results.append((id, .failure(transfer.verdict.cancelled())))
    multi.remove(transfer.easy)
    keep(transfer.easy)
  }

  /// Waits for exchanges, watched descriptors or the waker, then moves the exchanges on.
  ///
  /// It may return early with nothing to say, and does not wait while `finished` has results.
  ///
  /// - Parameters:
  ///   - watches: Descriptors to wait for as well.
  ///   - milliseconds: How long to wait at most.
  /// - Returns: The watched descriptors that are ready, hung up or broken.
  package func wait(watching watches: [Watch] = [], milliseconds: Int) -> [Ready] {
    guard !isAbandoned else { return [] }
    let patience = results.isEmpty ? Int32(clamping: max(0, milliseconds)) : 0
    let ready = multi.wait(watching: watches, milliseconds: patience)
    multi.perform()
    collect()
    return ready
  }

  /// The exchanges that ended since the last call, in the order in which they did.
  package func finished() -> [(id: TransferID, result: Result<Response, Failure>)] {
    defer {
      results = []
      brokenOff = [:]
    }
    return results
  }

  /// What has come of an answer that is still coming, or that broke off, for whoever reads it as it
  /// comes.
  ///
  /// What is taken is not in the result; a result's body is what came after the last taking.
  /// - Returns: Nil while the headers are not whole, and once the result has been handed out.
  package func take(_ id: TransferID) -> Progress? {
    if let transfer = running.first(where: { $0.id == id }) { return progress(of: transfer) }
    return brokenOff.removeValue(forKey: id)
  }

  /// Whether a running exchange has begun to say what it has to say to the server, or to the proxy on
  /// the way there.
  package func hasSent(_ id: TransferID) -> Bool {
    guard let transfer = running.first(where: { $0.id == id }) else { return false }
    return transfer.easy.number(CURLINFO_REQUEST_SIZE) > 0
  }

  private func progress(of transfer: Transfer) -> Progress? {
    let status = transfer.easy.number(CURLINFO_RESPONSE_CODE)
    // An interim answer (100, 103) is not the one that was asked for.
    guard transfer.easy.answer.hasWholeHead, status >= 200 else { return nil }
    return Progress(
      status: status,
      headers: ResponseHeaders(transfer.easy.answer.headers),
      body: transfer.easy.takeBody()
    )
  }

  /// Lets go of everything without ending it, for a program about to leave with `_exit`.
  ///
  /// Connections are not closed and nothing is waited for; the system does that. Afterwards the
  /// pool does nothing.
  package func abandon() {
    guard !isAbandoned else { return }
    isAbandoned = true
    multi.bell.takeDown()
    // One reference more than anyone gives back: the handles stay as they are until the end.
    _ = unsafe Unmanaged.passRetained(multi)
    for easy in running.map(\.easy) + spare { _ = unsafe Unmanaged.passRetained(easy) }
  }

  private func collect() {
    while let (easy, code) = multi.nextFinished(among: running.map(\.easy)) {
      guard let index = running.firstIndex(where: { $0.easy === easy }) else { continue }
      let transfer = running.remove(at: index)
      let result = transfer.verdict.result(code)
      results.append((transfer.id, result))
      if case .failure = result { brokenOff[transfer.id] = progress(of: transfer) }
      multi.remove(easy)
      keep(easy)
    }
  }

  private func keep(_ easy: CurlEasy) {
    easy.reset()
    if spare.count < Self.spareHandles { spare.append(easy) }
  }
}
