package import Runs

/// Something that the application wants done; the loop does it.
package enum Effect: Sendable, Equatable {
  /// Poll now.
  case refresh
  /// Poll at this pace from now on.
  case pace(Pace)
  /// Read one run with its events.
  case load(RunReference)
  /// Carry a decision out.
  case carryOut(Decision)
  /// Forget the keys that were pressed before what is shown now: they were not meant for it.
  case dropInput
  /// Put the program into the background.
  case suspend
  /// Leave.
  case quit(Departing)
}

/// What comes after the front was left.
package enum Departing: Sendable, Equatable {
  /// Nothing.
  case done
  /// The demo, chosen on the first screen.
  case demo
  /// A runtime of one's own on this machine, chosen on the first screen.
  case local
}
