internal import JSON
internal import Runs
internal import RuntimeAPI

/// Reads the events of a run: those behind what is known, or all of them where the server cannot
/// tell which are new.
struct EventWalk: Sendable {
  /// How many events are kept; the oldest make room.
  static let bound = 10_000
  /// How many events a page is asked to have.
  static let pageLimit = 500
  private static let pageBound = 40

  private let run: RunReference
  private let place: String
  private var after: Int?
  private var cursor: String?
  private var cursors: Set<String> = []
  private var pages = 0

  /// The events, oldest first, as far as they are read.
  private(set) var events: [RunEvent]
  /// Events that could not be read.
  private(set) var unreadable: Int
  /// Whether older events are missing.
  private(set) var isCut: Bool
  /// The number of the run's newest event, once the run is read.
  var newest: Int?

  init(_ run: RunReference, known: RunDetail?, place: String) {
    self.run = run
    self.place = place
    events = known?.events ?? []
    unreadable = known?.unreadable ?? 0
    isCut = known?.isCut ?? false
    after = events.last?.sequence
  }

  /// The next call.
  var next: Call {
    Endpoint.events(run, after: after, limit: EventWalk.pageLimit).paged(cursor)
  }

  /// The step that a task is of, by the event that made the task.
  func step(ofTask id: TaskID) -> StepID? {
    events.last { event in
      ["human_task_created", "task_created"].contains(event.type)
        && event.data["task_id"]?.identity == id.text
    }?.step
  }

  /// Takes the answer to the next call; true while there is another one.
  mutating func receive(_ answer: Answer) throws(Fault) -> Bool {
    let page = try answer.response(place: place).decoded(place: place) {
      (body) throws(JSONMistake) in try EventWire.page(body)
    }
    pages += 1
    add(page)
    if events.count > EventWalk.bound {
      events.removeFirst(events.count - EventWalk.bound)
      isCut = true
    }
    return pages < EventWalk.pageBound && goesOn(page)
  }

  private mutating func add(_ page: Page<RunEvent>) {
    let numbers = page.items.compactMap(\.sequence)
    let isNumbered = numbers.count == page.items.count
    // Events that are known, or that nobody can tell from known ones: this page is the whole list.
    let isWhole =
      cursor == nil && !page.items.isEmpty
      && (!isNumbered || after.map { after in numbers.contains { $0 <= after } } ?? true)
    if isWhole {
      events = []
      unreadable = 0
    }
    unreadable += page.unreadable
    if isNumbered {
      events += page.items.sorted { $0.sequence ?? 0 < $1.sequence ?? 0 }
    } else {
      events += page.items
    }
  }

  private mutating func goesOn(_ page: Page<RunEvent>) -> Bool {
    if let next = page.nextCursor {
      cursor = next
      return cursors.insert(next).inserted
    }
    guard let last = events.last?.sequence, !page.items.isEmpty, last != after else { return false }
    let isFull = page.items.count >= EventWalk.pageLimit
    guard isFull || newest.map({ $0 > last }) ?? false else { return false }
    // A server that knows `after` answers from there; one that does not has sent everything.
    if let first = page.items.first?.sequence, let after, first <= after { return false }
    cursor = nil
    after = last
    // Numbers are the server's, and may be any: none of them is worth a trap.
    if let newest, newest > EventWalk.bound, last < newest - EventWalk.bound {
      events = []
      isCut = true
      after = newest - EventWalk.bound
    }
    return true
  }
}
