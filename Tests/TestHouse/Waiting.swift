import Glibc

/// Something that a test waited for and that did not come.
package struct WaitMistake: Error, CustomStringConvertible {
  package var description: String
}

/// The one place of the kit that waits: for states of other processes, which announce nothing.
package enum Waiting {
  /// Long enough for a busy machine with one slow core; never reached when all is well.
  package static let patience = Duration.seconds(30)

  /// Looks again and again until there is something, and says what was wanted when there never is.
  /// - Parameters:
  ///   - what: What is waited for, as the end of "waited in vain for …".
  ///   - patience: How long it may take.
  ///   - situation: How things stand, for the failure's text.
  ///   - probe: Looks once; nil when it is not there yet.
  /// - Returns: What was there.
  /// - Throws: ``WaitMistake`` when the time is over, or what the probe throws.
  package static func until<Value>(
    _ what: String,
    within patience: Duration = Waiting.patience,
    situation: () -> String = { "" },
    _ probe: () throws -> Value?
  ) throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    while true {
      if let value = try probe() { return value }
      guard clock.now < deadline else {
        let details = situation()
        throw WaitMistake(
          description: "waited in vain for \(what)" + (details.isEmpty ? "" : "\n\(details)")
        )
      }
      // The only pause: processes that are not ours to wake us are asked fifty times a second.
      var pause = timespec(tv_sec: 0, tv_nsec: 20_000_000)
      unsafe nanosleep(&pause, nil)
    }
  }
}
