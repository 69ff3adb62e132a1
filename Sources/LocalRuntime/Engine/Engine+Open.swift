import JSON
import Runs

extension Engine {
  /// Takes up every run that has not ended; see ``RunMachine/reopen()`` for what becomes of what was
  /// in flight.
  ///
  /// One run that cannot be read, or not settled, is no reason to run none: it is left as it is.
  /// - Throws: ``StoreMistake`` when none can be read, or nothing can be written.
  func open() async throws(StoreMistake) {
    ledger.open(spent: try await store.spent())
    var states: [RunState] = []
    var unreadable: Set<RunID> = []
    for id in try await store.liveRuns() {
      do throws(StoreMistake) {
        if let state = try await store.state(of: id) { states.append(state) }
      } catch  where error.kind == .unreadable {
        surroundings.report("the run \(id) is left as it is: \(error.sentence)")
        unreadable.insert(RunID(id))
      }
    }
    // All of them are there before the first is settled: runs wait for each other.
    for state in states {
      look(after: LiveRun(state, isNew: false, surroundings: surroundings, children: self), state)
    }
    let orphans = Self.orphans(states, unreadable: unreadable)
    for state in states { try await settle(state.run.id.text) }
    for orphan in orphans { await stop(orphan, .immediate, by: RunMachine.itself) }
  }

  private func settle(_ id: String) async throws(StoreMistake) {
    guard let run = live[id] else { return }
    do throws(Rejection) {
      _ = try await run.perform { machine throws(Rejection) in machine.reopen() }
    } catch {
      if let trouble = await store.findTrouble() { throw trouble }
      surroundings.report("the run \(id) is left as it is: \(error.message)")
      run.abandon()
      forget(run, id)
    }
  }

  /// The runs that were called by a step that waits for them no more: the runtime ended between the
  /// step's end and theirs.
  ///
  /// Of a caller that cannot be read nobody knows whether it waits.
  static func orphans(_ states: [RunState], unreadable: Set<RunID> = []) -> [RunReference] {
    let byID = Dictionary(states.map { ($0.run.id, $0) }) { first, _ in first }
    return states.compactMap { state in
      guard let parent = ParentRun(of: state.run), parent.waits, !unreadable.contains(parent.run)
      else { return nil }
      if let caller = byID[parent.run], let step = caller[parent.place],
        step.outcome == .running,
        ChildCall.id(parent: parent.run, place: parent.place, attempt: step.attempts)
          == state.run.id
      {
        return nil
      }
      return state.run.reference
    }
  }
}
