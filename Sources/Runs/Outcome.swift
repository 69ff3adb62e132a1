/// What became of a decision, as the server says after it.
package enum Outcome: Sendable, Equatable {
  /// Done, and seen to be done by reading again.
  case done(Confirmation)
  /// What was decided on is no longer what was seen. Nothing was sent, or the server refused it for
  /// that reason.
  case changed(Change)
  /// The server, or this program, said no.
  case refused(Refusal)
  /// Nothing was sent: reading first failed.
  case notSent(Fault)
  /// Sent, but no answer came and reading again did not tell. Never repeated blindly.
  case unknown(Fault)
}

/// How a done decision was seen.
package struct Confirmation: Sendable, Equatable {
  /// The run's status afterwards; nil where it could not be read.
  package var status: RunStatus?
  /// Whether the state was read back and shows the decision.
  package var readBack: Bool
  /// The run that a start made.
  package var run: RunReference?
  /// The run as read afterwards.
  package var now: Run?
  /// Who did it, as the server says, where it did not answer us: it need not have been us.
  package var by: String?

  /// A confirmation.
  package init(
    status: RunStatus?,
    readBack: Bool,
    run: RunReference? = nil,
    now: Run? = nil,
    by: String? = nil
  ) {
    self.status = status
    self.readBack = readBack
    self.run = run
    self.now = now
    self.by = by
  }
}

/// What is different from what was seen.
package enum Change: Sendable, Equatable {
  /// The run is in another phase.
  case status(saw: RunStatus?, now: Run)
  /// The task asks something else now.
  case payload(HumanTask)
  /// Somebody answered the task; by whom, when and how where the server says.
  case answered(by: String?, at: Timestamp?, approved: Bool?)
  /// The run has moved on: its newest event is another one than was wanted.
  case events(wanted: Int, newest: Int)
  /// The run or the task is not there any more.
  case gone
}

/// Why a decision was refused.
package struct Refusal: Sendable, Equatable {
  /// Why, by class; exit codes follow from it.
  package enum Reason: Sendable, Equatable {
    /// 401: the token is missing, wrong or expired.
    case unauthenticated
    /// 403: role, scope, tenant or project.
    case forbidden
    /// The run's status does not allow it.
    case illegal
    /// 404.
    case notFound
    /// 422 or 400: the server does not accept what was sent.
    case invalid
    /// 429 or 503: later.
    case busy
    /// Any other answer that is no yes.
    case other
  }

  package var reason: Reason
  /// One sentence: what, and what to do.
  package var sentence: String

  /// A refusal.
  package init(_ reason: Reason, _ sentence: String) {
    self.reason = reason
    self.sentence = sentence
  }
}

/// Why something could not be read or sent, for the truth line and for outcomes.
package struct Fault: Error, Sendable, Equatable {
  /// What kind of fault it is; colours, retries and exit codes follow from it.
  package enum Kind: Sendable, Equatable {
    /// No connection, or it broke.
    case unreachable
    /// No connection whose other end can be trusted, or none that trusts us.
    case untrusted
    case timedOut
    /// 401.
    case unauthenticated
    /// 403.
    case forbidden
    /// 404.
    case notFound
    /// 429; the delay is in ``retryAfter``.
    case limited
    /// 5xx.
    case server
    /// An answer that is not the API's: HTML, cut JSON, a redirect, a wrong shape.
    case notTheAPI
    /// Any other 4xx.
    case rejected
    /// An answer beyond the bounds of this program.
    case tooLarge
    /// This program's own mistake, or its machine's: an address that is none, a file not written.
    case local
  }

  package var kind: Kind
  /// One sentence: what, where, what to do.
  package var sentence: String
  /// How long the server asks to wait.
  package var retryAfter: Duration?

  /// A fault.
  package init(_ kind: Kind, _ sentence: String, retryAfter: Duration? = nil) {
    self.kind = kind
    self.sentence = sentence
    self.retryAfter = retryAfter
  }
}
