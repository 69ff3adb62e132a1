import Runs
import Synchronization

/// What was spent, and what may still be.
///
/// It begins with what the store says was charged, and counts each charge before that is written: so
/// two runs never spend the same credits. A write that fails gives back what was taken for it. What is
/// held is set aside for calls that are about to be made, and is not spent yet.
final class Ledger: Sendable {
  private struct Sums {
    var taken: Int64 = 0
    var held: Int64 = 0
  }

  /// What all runs together may spend; nil without a limit.
  let budget: Budget?
  private let sums = Mutex(Sums())

  init(budget: Budget? = nil) { self.budget = budget }

  /// Begins with what the store says was charged.
  func open(spent: Credits) { sums.withLock { $0.taken = spent.microcredits } }

  /// What was charged, and what is being written.
  var spent: Credits { Credits(microcredits: sums.withLock { $0.taken }) }

  /// What may still be spent; nil without a limit.
  var available: Credits? { rest.map { max($0, Credits(microcredits: 0)) } }

  /// What is left of the budget, less than nothing when more was spent; nil without a limit.
  var rest: Credits? {
    budget.map { budget in
      Credits(
        microcredits: sums.withLock { budget.total.microcredits.plus(-$0.taken.plus($0.held)) }
      )
    }
  }

  /// Takes what a change costs.
  ///
  /// What is owed for something that has happened is taken in any case. What is wanted for something
  /// that is yet to begin, and what is held for it, is taken only when all of it can be paid.
  /// - Returns: Whether it was taken.
  func take(
    wanted: Credits,
    owed: Credits,
    held: Credits = Credits(microcredits: 0)
  ) -> Bool {
    let sum = (wanted + owed).microcredits
    return sums.withLock { sums in
      let taken = sums.taken.plus(sum)
      let aside = sums.held.plus(held.microcredits)
      if let budget, wanted.microcredits > 0 || held.microcredits > 0 {
        guard taken.plus(aside) <= budget.total.microcredits else { return false }
      }
      sums = Sums(taken: taken, held: aside)
      return true
    }
  }

  /// Gives back what was taken for a change that could not be written.
  func giveBack(
    wanted: Credits,
    owed: Credits,
    held: Credits = Credits(microcredits: 0)
  ) {
    let sum = wanted + owed
    sums.withLock {
      $0.taken = $0.taken.plus(-sum.microcredits)
      $0.held = $0.held.plus(-held.microcredits)
    }
  }
}
