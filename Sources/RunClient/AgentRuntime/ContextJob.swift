internal import JSON
internal import Runs
internal import RuntimeAPI

/// Reads a run's context: its input, the results of its steps, its variables.
struct ContextJob: Job {
  private let run: RunReference
  private let place: String
  private(set) var result: Result<JSONValue, Fault>?
  var learnt: Knowledge { Knowledge() }

  init(_ run: RunReference, place: String) {
    self.run = run
    self.place = place
  }

  mutating func begin() -> [Ask] { [Ask(1, Endpoint.context(run))] }

  mutating func receive(_ answer: Answer, for number: Int) -> [Ask] {
    guard result == nil else { return [] }
    do throws(Fault) {
      if answer.isMissing {
        throw Fault(.notFound, "\(place) does not have the context of run \(run.run)")
      }
      let value = try answer.response(place: place).decoded(place: place) {
        (body) throws(JSONMistake) in
        let value = try JSONValue(parsing: body)
        guard value.object != nil else {
          throw JSONMistake(.unexpected, at: 0, wanted: "an object")
        }
        return value
      }
      result = .success(value)
    } catch {
      result = .failure(error)
    }
    return []
  }
}
