internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Transport

/// Finds one run by whichever way the server offers: by its id, by its summary, in the feed.
struct RunLookup: Sendable {
  private enum Way: Sendable { case single, summary, feed }

  private let wanted: RunReference
  private let place: String
  private var way: Way
  private var walk: Walk<Run>

  /// The run; nil at the end when the server does not have it.
  private(set) var run: Run?
  /// Whether the server answers for a single run, as far as this has shown.
  private(set) var readsRun: Bool

  init(_ wanted: RunReference, readsRun: Bool, place: String) {
    self.wanted = wanted
    self.place = place
    self.readsRun = readsRun
    way = readsRun ? .single : .summary
    walk = Walk(.runs(), place: place)
  }

  /// The next call.
  var next: Call {
    switch way {
    case .single: Endpoint.run(wanted)
    case .summary: Endpoint.summary(wanted)
    case .feed: walk.next.call
    }
  }

  /// Takes the answer to the next call; true while there is another one.
  mutating func receive(_ answer: Answer) throws(Fault) -> Bool {
    switch way {
    case .single:
      if answer.isMissing {
        way = .summary
        return true
      }
      run = try decoded(answer.response(place: place))
      return false
    case .summary:
      if !answer.isMissing {
        let response = try answer.response(place: place)
        // A summary that names no status is no help, and no reason to give up either.
        if let found = try? decoded(response) {
          run = found
          // It is there by its summary: what is missing is the other way, not the run.
          readsRun = false
          return false
        }
      }
      way = .feed
      return true
    case .feed:
      let hasMore = try walk.receive(answer)
      run = walk.lastPage.first {
        $0.id == wanted.run && $0.workflow ?? wanted.workflow == wanted.workflow
      }
      if run != nil {
        run?.workflow = wanted.workflow
        return false
      }
      if !hasMore, walk.isCut {
        throw Fault(
          .notFound,
          "run \(wanted.run) is not among the newest runs that \(place) lists, and cannot be read "
            + "alone there"
        )
      }
      return hasMore
    }
  }

  private func decoded(_ response: Response) throws(Fault) -> Run {
    let wanted = wanted
    return try response.decoded(place: place) {
      (body) throws(JSONMistake) in try RunWire.one(body, asked: wanted)
    }
  }
}
