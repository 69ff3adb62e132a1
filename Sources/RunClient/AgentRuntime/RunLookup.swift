internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Transport

/// Finds one run by whichever way the server offers: by its id, by its summary, in the feed.
struct RunLookup: Sendable {
  private enum Way: Sendable { case single, summary, feed }

  private let wanted: RunReference
  private let place: String
  private let knowledge: Knowledge
  private var way: Way
  private var walk: Walk<Run>
  /// The ways that did not find it.
  private var failed: [Knowledge.Way] = []

  /// The run; nil at the end when the server does not have it.
  private(set) var run: Run?
  /// What this has shown of the ways that the server offers.
  private(set) var learnt = Knowledge()

  init(_ wanted: RunReference, knowledge: Knowledge, place: String) {
    self.wanted = wanted
    self.place = place
    self.knowledge = knowledge
    way = knowledge.offers(.run) ? .single : knowledge.offers(.summary) ? .summary : .feed
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
        note(answer, .run)
        way = knowledge.offers(.summary) ? .summary : .feed
        return true
      }
      run = try decoded(answer.response(place: place))
      learnt.prove(.run)
      return false
    case .summary:
      if !answer.isMissing {
        let response = try answer.response(place: place)
        // A summary that names no status is no help, and no reason to give up either.
        if let found = try? decoded(response) {
          run = found
          learnt.prove(.summary)
          // It is there by its summary: what is missing is the other way, not the run.
          if failed.contains(.run), !knowledge.proven.contains(.run) { learnt.miss(.run) }
          return false
        }
      }
      note(answer, .summary)
      way = .feed
      return true
    case .feed:
      let hasMore = try walk.receive(answer)
      run = walk.lastPage.first {
        $0.id == wanted.run && $0.workflow ?? wanted.workflow == wanted.workflow
      }
      if run != nil {
        run?.workflow = wanted.workflow
        // It may be another project's, which only its own calls do not find; several are not.
        for way in failed { learnt.doubt(way, for: wanted.run) }
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

  /// Remembers that a way did not find it, or cannot find any.
  private mutating func note(_ answer: Answer, _ way: Knowledge.Way) {
    if answer.isNoWay { learnt.miss(way) } else { failed.append(way) }
  }

  private func decoded(_ response: Response) throws(Fault) -> Run {
    let wanted = wanted
    return try response.decoded(place: place) {
      (body) throws(JSONMistake) in try RunWire.one(body, asked: wanted)
    }
  }
}
