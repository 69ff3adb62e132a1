internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Transport

/// A list as it was read last: its pages by what was asked for, and the whole.
struct KnownList<Item: Sendable & Equatable>: Sendable {
  struct KnownPage: Sendable {
    var etag: String?
    var digest: BodyDigest
    var page: Page<Item>
  }

  var pages: [String: KnownPage] = [:]
  var items: [Item] = []
  /// Whether the server has shown that it answers the same page for every offset.
  var ignoresOffset = false
  /// The keys of items that were not on the pages, and are listed until they are missing once more.
  var missed: Set<String> = []
}

/// How a list is asked for and read.
struct ListShape<Item: Sendable & Equatable>: Sendable {
  /// How many pages are read at most: 2,000 items where the server keeps to a hundred a page.
  static var pageBound: Int { 20 }

  /// How many items a page is asked to have; nil where that cannot be asked.
  var limit: Int?
  /// The call for a page, from a cursor or an offset.
  var call: @Sendable (_ cursor: String?, _ offset: Int?) -> Call
  /// What tells items apart, so that each is listed once.
  var key: @Sendable (Item) -> String
  var decode: @Sendable ([UInt8]) throws(JSONMistake) -> Page<Item>
}

/// Reads a list page by page, whichever way the server pages; pages that are the same as last time
/// are not decoded.
///
/// A list that moves between two pages of it tears: an item that is still there stands on neither.
/// So where `doubtsDepartures` is set, and it took several pages, an item of last time has left only
/// when two readings in a row do not have it; the second one is made at once.
struct Walk<Item: Sendable & Equatable>: Sendable {
  private let shape: ListShape<Item>
  private let place: String
  private let old: KnownList<Item>
  private var call: Call
  private var pages: [Page<Item>] = []
  private var cursors: Set<String> = []
  private var keys: Set<String> = []
  private var count = 0
  private var isOffset = false
  /// Whether what is missing is looked for once more.
  private let doubtsDepartures: Bool
  /// The reading before this one, where this one looks for what that one missed.
  private var first: FirstReading?

  /// A reading that items of last time are missing in.
  private struct FirstReading: Sendable {
    var known: KnownList<Item>
    var missing: [Item]
    var isCut: Bool
    var unreadable: Int
  }

  /// What is to be known next time.
  private(set) var known: KnownList<Item>
  /// Whether anything is new against last time.
  private(set) var changed = false
  /// Whether the server has more than was read.
  private(set) var isCut = false
  /// Items that could not be read.
  private(set) var unreadable = 0

  init(
    _ shape: ListShape<Item>,
    place: String,
    known old: KnownList<Item> = KnownList(),
    doubtsDepartures: Bool = false
  ) {
    self.shape = shape
    self.place = place
    self.old = old
    self.doubtsDepartures = doubtsDepartures
    known = KnownList()
    known.ignoresOffset = old.ignoresOffset
    call = shape.call(nil, nil)
  }

  /// The items, once the walk is over.
  var items: [Item] { known.items }

  /// Whether it took several pages, between which the list may have moved.
  var isPaged: Bool { pages.count > 1 }

  /// The items of the page that came last.
  var lastPage: [Item] { pages.last?.items ?? [] }

  /// The next call, and what is known of its answer.
  var next: (call: Call, etag: String?) { (call, old.pages[call.target]?.etag) }

  /// Takes the answer to the next call; true while there is another one.
  mutating func receive(_ answer: Answer) throws(Fault) -> Bool {
    do throws(Fault) {
      return try take(answer)
    } catch {
      // What was read before was read well, but for what is missing in it.
      guard let first else { throw error }
      settle(first)
      return false
    }
  }

  private mutating func take(_ answer: Answer) throws(Fault) -> Bool {
    let page = try read(answer)
    pages.append(page)
    unreadable += page.unreadable
    count += page.items.count + page.unreadable
    if unreadable > 0, pages.allSatisfy(\.items.isEmpty) {
      // A list of which nothing is left must not look like an empty one.
      throw Fault(
        .notTheAPI,
        "\(place) gave a list that cannot be read: none of its \(count) items is as the API has them"
      )
    }
    let isRepeated = isOffset && !bringsNews(page)
    if isRepeated { known.ignoresOffset = known.ignoresOffset || !page.items.isEmpty }
    guard let following = isRepeated ? nil : following(page) else {
      isCut = isCut || (page.total ?? 0) > count || (isRepeated && !page.items.isEmpty)
      return finish()
    }
    guard pages.count < ListShape<Item>.pageBound else {
      isCut = true
      return finish()
    }
    call = following
    return true
  }

  private mutating func read(_ answer: Answer) throws(Fault) -> Page<Item> {
    let target = call.target
    let response = try answer.response(place: place, accepts304: old.pages[target] != nil)
    let digest = BodyDigest(response.body)
    if let before = old.pages[target], response.status == 304 || before.digest == digest {
      var kept = before
      kept.etag = response.headers["ETag"] ?? before.etag
      known.pages[target] = kept
      return before.page
    }
    let page = try response.decoded(place: place, shape.decode)
    changed = changed || page != old.pages[target]?.page
    known.pages[target] = .init(etag: response.headers["ETag"], digest: digest, page: page)
    return page
  }

  private mutating func following(_ page: Page<Item>) -> Call? {
    if let cursor = page.nextCursor {
      // A cursor that comes back would lead round for ever.
      return cursors.insert(cursor).inserted ? shape.call(cursor, nil) : nil
    }
    guard let limit = shape.limit, !known.ignoresOffset, !page.items.isEmpty else { return nil }
    let hasMore = page.total.map { $0 > count } ?? (page.items.count >= limit)
    guard hasMore else { return nil }
    if !isOffset {
      isOffset = true
      for page in pages { for item in page.items { keys.insert(shape.key(item)) } }
    }
    return shape.call(nil, count)
  }

  private mutating func bringsNews(_ page: Page<Item>) -> Bool {
    var isNew = false
    for item in page.items where keys.insert(shape.key(item)).inserted { isNew = true }
    return isNew
  }

  /// Ends the reading, or begins another one to look for what is missing in it.
  private mutating func finish() -> Bool {
    changed = changed || known.pages.count != old.pages.count
    guard changed || first != nil || !old.missed.isEmpty else {
      known.items = old.items
      return false
    }
    known.items = listed()
    guard doubtsDepartures, isPaged else { return false }
    let present = Set(known.items.map(shape.key))
    if let first {
      // These were there a moment ago: the next poll is the second one not to have them.
      keep(missing(of: first.known.items, in: present), of: first.known.items)
      return false
    }
    let missing = missing(of: old.items, in: present).filter { item in
      !old.missed.contains(shape.key(item))
    }
    guard !missing.isEmpty else {
      changed = changed || !old.missed.isEmpty
      return false
    }
    lookAgain(for: missing)
    return true
  }

  private mutating func lookAgain(for missing: [Item]) {
    first = FirstReading(known: known, missing: missing, isCut: isCut, unreadable: unreadable)
    let ignoresOffset = known.ignoresOffset
    known = KnownList()
    known.ignoresOffset = ignoresOffset
    call = shape.call(nil, nil)
    (pages, cursors, keys, count, isOffset) = ([], [], [], 0, false)
    (isCut, unreadable) = (false, 0)
  }

  /// Takes the first reading for what there is, with what it missed: nobody could look again.
  private mutating func settle(_ first: FirstReading) {
    (known, isCut, unreadable) = (first.known, first.isCut, first.unreadable)
    keep(first.missing, of: old.items)
  }

  /// Items that are not there any more; those at the end of a list that is cut were pushed out of it.
  private func missing(of before: [Item], in present: Set<String>) -> [Item] {
    let last = isCut ? before.lastIndex { present.contains(shape.key($0)) } : nil
    return before.prefix(last ?? before.count).filter { !present.contains(shape.key($0)) }
  }

  /// Lists items though they were missing, each behind the one that it stood behind.
  private mutating func keep(_ items: [Item], of before: [Item]) {
    changed = true
    guard !items.isEmpty else { return }
    known.missed = Set(items.map(shape.key))
    let present = Set(known.items.map(shape.key))
    var behind: [String?: [Item]] = [:]
    var place: String?
    for item in before {
      let key = shape.key(item)
      if known.missed.contains(key) {
        behind[place, default: []].append(item)
      } else if present.contains(key) {
        place = key
      }
    }
    known.items =
      (behind[nil] ?? []) + known.items.flatMap { [$0] + (behind[shape.key($0)] ?? []) }
  }

  /// The pages put together: each item once, where it first stood, as it was read last.
  private func listed() -> [Item] {
    var items: [Item] = []
    var places: [String: Int] = [:]
    for page in pages {
      for item in page.items {
        if let place = places[shape.key(item)] {
          items[place] = item
        } else {
          places[shape.key(item)] = items.count
          items.append(item)
        }
      }
    }
    return items
  }
}
