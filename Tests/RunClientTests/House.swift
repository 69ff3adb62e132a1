import RunClient
import Runs
import TestHouse
import Testing
import Transport

/// A client with its pool, its worker and a clock that jumps to whatever is due.
final class House {
  let pool: TransferPool
  let client: Client
  var now = start
  var events: [ClientEvent] = []
  var errands = 0
  /// Where its journal is.
  private(set) var journalPath = ""
  /// Whether the worker is slower than every exchange.
  var isWorkerSlow = false

  convenience init(_ peer: RawServer, folder: String, tenant: String? = "acme") throws {
    try self.init(url: peer.url(""), folder: folder, tenant: tenant)
  }

  init(
    url: String,
    folder: String,
    tenant: String? = "acme",
    process: Int32 = 1,
    token: String = "pat_1"
  ) throws {
    pool = try TransferPool(settings: TransportSettings(userAgent: "command-center/test"))
    let server = try Server(url: url, token: token, tenant: tenant, project: "payments")
    let journal = Journal(
      directory: folder,
      place: JournalPlace(
        profile: "test",
        url: server.url,
        tenant: server.tenant,
        project: server.project
      ),
      startedAt: start,
      process: process
    )
    journalPath = journal.path
    client = Client(
      server: server,
      backend: AgentRuntimeBackend(place: server.place),
      pool: pool,
      journal: journal,
      random: { 0.5 }
    )
  }

  /// Goes on until something has been told; gives it.
  func run<Told>(until pick: (ClientEvent) -> Told?) throws -> Told {
    while true {
      for errand in isWorkerSlow && pool.runningCount > 0 ? [] : client.takeErrands() {
        errands += 1
        client.returned(errand.id, errand.work(), now: now)
      }
      let news = client.advance(now: now)
      events += news
      for event in news { if let told = pick(event) { return told } }
      if pool.runningCount > 0 {
        _ = pool.wait(milliseconds: 1_000)
      } else if let next = client.nextDeadline {
        now = max(now, next)
      } else {
        try #require(!client.isIdle, "nothing is under way: \(events)")
      }
    }
  }

  func outcome(of decision: Decision) throws -> (outcome: Outcome, isRecorded: Bool) {
    client.carryOut(decision, now: now)
    return try run {
      if case .outcome(decision, let outcome, let recorded) = $0 {
        (outcome, recorded)
      } else {
        nil
      }
    }
  }

  /// Has what ended programs left settled; gives what is told.
  func unfinished() throws -> Unfinished {
    client.settleUnfinished(now: now)
    return try run { if case .unfinished(let unfinished) = $0 { unfinished } else { nil } }
  }

  /// What was told of ended programs, so far.
  var told: Unfinished? {
    events.lazy.compactMap { if case .unfinished(let told) = $0 { told } else { nil } }.first
  }

  /// One turn of the loop.
  func turn() {
    for errand in client.takeErrands() { client.returned(errand.id, errand.work(), now: now) }
    events += client.advance(now: now)
    _ = pool.wait(milliseconds: pool.runningCount > 0 ? 5 : 0)
    if let next = client.nextDeadline { now = max(now, next) }
  }

  /// Whether the journal can be written.
  func journalFault() throws -> Fault? {
    client.probeJournal(now: now)
    return try run { if case .journal(let fault) = $0 { .some(fault) } else { nil } }
  }

  func poll() throws -> Result<(reading: Reading, changed: Bool), Fault> {
    client.pollNow(now: now)
    return try run {
      switch $0 {
      case .reading(let reading, let changed): .success((reading, changed))
      case .pollFailed(let fault, _, _): .failure(fault)
      default: nil
      }
    }
  }

  /// Goes on until nothing more moves by itself at this moment.
  func settle() {
    while true {
      for errand in client.takeErrands() {
        errands += 1
        client.returned(errand.id, errand.work(), now: now)
      }
      events += client.advance(now: now)
      if pool.runningCount > 0 {
        _ = pool.wait(milliseconds: 1_000)
      } else if client.nextDeadline.map({ $0 > now }) ?? true {
        return
      }
    }
  }

  /// How many readings were told so far.
  var readings: Int { events.count { if case .reading = $0 { true } else { false } } }
}

/// Runs a test with a client of a scripted server.
func withHouse(
  answering script: @escaping RawServer.Script,
  tenant: String? = "acme",
  body: (House, RawServer) throws -> Void
) throws {
  let peer = try RawServer(script)
  defer { peer.stop() }
  try withTemporaryFolder { folder in
    try body(House(peer, folder: "\(folder)/journal", tenant: tenant), peer)
  }
}
