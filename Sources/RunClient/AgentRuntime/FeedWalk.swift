internal import Runs
internal import RuntimeAPI

/// The feed as it is known: as it was read whole last, with what has changed since laid into it.
struct KnownFeed: Sendable {
  /// What changed at most so long before it is asked for is asked for again: several machines of a
  /// server write times, and a change is seen a while after the time that it bears.
  static let margin = Duration.seconds(5)
  /// How often asking for changes may fail where reading everything does not.
  static let strikeBound = 2

  /// The feed as it was read whole last.
  var whole = KnownList<Run>()
  /// What had changed since, as it was asked for last.
  var changes = KnownList<Run>()
  /// The runs as they are known now, newest first.
  var items: [Run] = []
  /// Whether the server has more runs than these.
  var isCut = false
  /// How many items of the whole reading could not be read.
  var unreadable = 0
  /// Up to when changes are known, by the server's own clock; nil where its runs do not say when
  /// they changed.
  var mark: Timestamp?
  /// Whether changes were laid in since the whole reading.
  var hasChanges = false
  /// How often asking for changes failed in a row.
  var strikes = 0

  /// From when on changes are to be asked for; nil when only the whole will do.
  var since: Timestamp? {
    guard let mark, unreadable == 0 else { return nil }
    // A server that keeps whole seconds would answer what it takes for older.
    let since = mark + (.zero - KnownFeed.margin)
    return Timestamp(milliseconds: since.milliseconds / 1000 * 1000)
  }

  /// Sets up to when changes are known: the newest that a run says of itself, but no later than the
  /// server's clock, where it told that before it listed them.
  mutating func setMark(_ clock: Timestamp?) {
    var newest: Timestamp?
    for run in items {
      guard let changed = run.updatedAt else {
        mark = nil
        return
      }
      newest = max(newest ?? changed, changed)
    }
    mark = newest.map { min($0, clock ?? $0) }
  }

  /// Lays changed runs into the known ones.
  /// - Returns: Whether they fit; if not, only the whole tells.
  mutating func lay(_ changed: [Run]) -> Bool {
    var news: [RunID: Run] = [:]
    for run in changed {
      guard run.updatedAt != nil, news.updateValue(run, forKey: run.id) == nil else { return false }
    }
    let count = items.count
    for place in items.indices {
      let old = items[place]
      guard let new = news[old.id] else { continue }
      guard new.workflow == old.workflow else { return false }
      news[old.id] = nil
      // Older news come from a copy that lags behind.
      if let was = old.updatedAt, let now = new.updatedAt, now < was { continue }
      if new != old {
        items[place] = new
        hasChanges = true
      }
    }
    // From the oldest on, so that of two that began at once the one listed first stands first.
    for run in changed.reversed() where news[run.id] != nil {
      guard let began = run.createdAt ?? run.startedAt else { return false }
      let place = items.firstIndex { ($0.createdAt ?? $0.startedAt).map { $0 <= began } ?? false }
      // Behind the last one that is known stand others that are not.
      if place == nil, isCut { continue }
      items.insert(run, at: place ?? items.count)
      hasChanges = true
    }
    if isCut, items.count > count { items.removeLast(items.count - count) }
    return true
  }

  /// Whether the whole feed shows what asking for changes should have shown before and did not.
  func missed(_ whole: [Run]) -> Bool {
    guard hasChanges || changes.pages.count > 0, let since else { return false }
    var known: [RunID: Run] = [:]
    for run in items { known[run.id] = run }
    return whole.contains { run in
      guard let changed = run.updatedAt, changed < since else { return false }
      return known[run.id].map { $0 != run } ?? !isCut
    }
  }
}

/// Reads the feed: what has changed since it was known, where the server tells that, else all of it.
///
/// Whether it does is learnt from its answers. One that knows no `updated_since` refuses it or lists
/// older runs in spite of it; one that knows it by halves is found out by the next whole reading.
struct FeedWalk: Sendable {
  private let place: String
  private let since: Timestamp?
  private var walk: Walk<Run>
  /// The server's clock when it began to answer.
  private var clock: Timestamp?

  /// What is to be known next time.
  private(set) var known: KnownFeed
  /// Whether everything is read, rather than what has changed.
  private(set) var isWhole: Bool
  /// Whether anything is new against last time.
  private(set) var changed = false
  private(set) var learnt = Knowledge()

  init(place: String, known: KnownFeed, offersChanges: Bool) {
    self.place = place
    self.known = known
    since = offersChanges ? known.since : nil
    if let since {
      isWhole = false
      // What was learnt of paging by the whole holds for a part of it.
      var changes = known.changes
      changes.ignoresOffset = known.whole.ignoresOffset
      walk = Walk(.runs(updatedSince: since), place: place, known: changes)
    } else {
      isWhole = true
      walk = Walk(.runs(), place: place, known: known.whole, doubtsDepartures: true)
    }
  }

  /// The next call, and what is known of its answer.
  var next: (call: Call, etag: String?) { walk.next }

  /// Takes the answer to the next call; true while there is another one.
  mutating func receive(_ answer: Answer) throws(Fault) -> Bool {
    clock = clock ?? answer.clockSkew.map { answer.receivedAt + $0 }
    guard isWhole else { return try receiveChanges(answer) }
    if try walk.receive(answer) { return true }
    finishWhole()
    return false
  }

  private mutating func finishWhole() {
    if known.missed(walk.items) { learnt.miss(.changes) }
    changed = walk.changed || known.hasChanges
    known.whole = walk.known
    known.changes = KnownList()
    known.items = walk.items
    known.hasChanges = false
    known.isCut = walk.isCut
    known.unreadable = walk.unreadable
    known.setMark(clock)
  }

  // MARK: Changes

  private mutating func receiveChanges(_ answer: Answer) throws(Fault) -> Bool {
    if let status = answer.status, [400, 404, 405, 414, 422, 501].contains(status) {
      learnt.miss(.changes)
      return readWhole()
    }
    let hasMore: Bool
    do throws(Fault) {
      hasMore = try walk.receive(answer)
    } catch {
      // An answer that came and is none may be about the parameter; the whole tells.
      guard [403, 500].contains(answer.status) || error.kind == .notTheAPI else { throw error }
      known.strikes += 1
      if known.strikes >= KnownFeed.strikeBound { learnt.miss(.changes) }
      return readWhole()
    }
    guard let since, walk.lastPage.allSatisfy({ $0.updatedAt.map { $0 >= since } ?? false }) else {
      learnt.miss(.changes)
      return readWhole()
    }
    if hasMore { return known.whole.pages.count > 1 ? true : readWhole() }
    guard !walk.isCut, walk.unreadable == 0 else { return readWhole() }
    guard walk.changed else { return false }
    let hadChanges = known.hasChanges
    known.hasChanges = false
    guard known.lay(walk.items) else { return readWhole() }
    changed = known.hasChanges
    known.hasChanges = hadChanges || changed
    known.changes = walk.known
    known.strikes = 0
    known.setMark(clock)
    return false
  }

  private mutating func readWhole() -> Bool {
    isWhole = true
    walk = Walk(.runs(), place: place, known: known.whole, doubtsDepartures: true)
    return true
  }
}
