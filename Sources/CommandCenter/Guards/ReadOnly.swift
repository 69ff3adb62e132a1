internal import Triage

extension Model {
  /// Why nothing may be changed, when that was switched on here.
  private static let switchedOn = "switched on here, and off again with :read-only"

  /// Switches read-only on, or off where it was switched on here: what the command line, the config or
  /// the profile says stands.
  ///
  /// What was decided before and is not sent yet is withdrawn: read-only is meant to be so at once.
  package mutating func toggleReadOnly() -> [Effect] {
    guard let reason = permissions.readOnly else {
      let why = "read-only was switched on"
      let bulk = bulk?.isStoppable == true ? stopBulk(why: why) : []
      let effects = withdrawHeld(why: why) + bulk
      let count = effects.count
      isReadOnlyHere = true
      permissions.readOnly = Model.switchedOn
      let rest =
        count == 0 ? "" : "; \(count == 1 ? "1 decision is" : "\(count) decisions are") withdrawn"
      say("read-only from now on\(rest)", .plain)
      refreshListing()
      return effects
    }
    guard reason == Model.switchedOn else {
      say("read-only: \(reason); that cannot be switched off here", .bad)
      return []
    }
    isReadOnlyHere = false
    permissions.readOnly = nil
    say("no longer read-only", .plain)
    return []
  }

  /// What limits verbs in a profile that is opened: what was switched on here counts there too.
  func permissions(_ opening: ProfileOpening) -> Permissions {
    Permissions(
      readOnly: opening.readOnly ?? (isReadOnlyHere ? Model.switchedOn : nil),
      capabilities: opening.capabilities
    )
  }
}
