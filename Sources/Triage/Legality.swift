package import Runs

/// Whether a verb can be tried on something, or why not.
package enum Legality: Sendable, Equatable {
  case allowed
  /// Not possible; the sentence says why, and what else to do where there is something.
  case refused(String)

  /// The reason, when there is one.
  package var reason: String? {
    if case .refused(let reason) = self { reason } else { nil }
  }

  /// Whether the verb can be tried.
  package var isAllowed: Bool { self == .allowed }
}

/// What limits every verb, whatever it is used on.
package struct Permissions: Sendable, Equatable {
  /// Why nothing may be changed; nil when it may.
  package var readOnly: String?
  /// What the backend can do.
  package var capabilities: Capabilities

  /// Permissions.
  package init(readOnly: String? = nil, capabilities: Capabilities = .agentRuntime) {
    self.readOnly = readOnly
    self.capabilities = capabilities
  }

  /// Whether a verb can be tried on a row of the inbox.
  package func legality(of verb: Verb, on row: Row?) -> Legality {
    if let refusal = general(verb) { return .refused(refusal) }
    guard let row else { return .refused("nothing is selected") }
    if let departure = row.departure {
      return .refused("this row is \(departure.words); move off it to see where things stand")
    }
    return legality(of: verb, run: row.run, task: row.task, reference: row.reference)
  }

  /// Whether a verb can be tried on a run, with the task of it that waits, if one does.
  package func legality(
    of verb: Verb,
    run: Run?,
    task: HumanTask?,
    reference: RunReference?
  ) -> Legality {
    if let refusal = general(verb) { return .refused(refusal) }
    if reference == nil, verb != .start {
      return .refused("the server did not say which workflow this run belongs to")
    }
    switch verb {
    case .approve, .reject:
      return task?.isPending == true ? .allowed : .refused("nothing here waits for an approval")
    case .resume where task?.isPending == true:
      return .refused("this run waits for an approval: approve or reject it")
    default:
      let status = run?.status ?? (task == nil ? nil : RunStatus.running)
      return status.flatMap { verb.obstacle(status: $0) }.map(Legality.refused) ?? .allowed
    }
  }

  private func general(_ verb: Verb) -> String? {
    readOnly ?? verb.obstacle(capabilities: capabilities)
  }
}
