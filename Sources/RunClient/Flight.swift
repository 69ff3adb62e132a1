internal import Runs
internal import Transport

/// A piece of work in flight.
struct Flight {
  var work: Work
  var transfers: Set<TransferID> = []
  /// How much the answers so far came to.
  var bytes = 0
  /// Whether the work is on the worker.
  var isAway = false
  /// Answers that came while the work was away.
  var waiting: [(answer: Answer, number: Int)] = []
  /// When the work asked to be woken, and when it is, should the clock be set back meanwhile.
  var wakeAt: Timestamp?
  var alarm: Timestamp?
  /// When the server answered it last, or when it began; and whether it was told how long that is.
  var heardAt: Timestamp
  var isToldSilent = false
  /// Set while the last line of a decision is being written.
  var outcome: Outcome?

  /// When it is to go on by itself; not while the work is away, which would come back as it was.
  var due: Timestamp? { isAway ? nil : alarm }

  /// When the silence of the server is to be told; only polls are watched.
  var silentAt: Timestamp? {
    guard case .refresh = work, !isAway, !isToldSilent else { return nil }
    return heardAt + Client.silenceBound
  }

  var decision: Decision? { if case .command(let job) = work { job.decision } else { nil } }
}

/// Whose answer a transfer brings.
struct Route {
  var flight: Int
  var number: Int
  /// The call, as a log names it.
  var call = ""

  /// The call and what came of it, in a line.
  func words(_ result: Result<Response, Transport.Failure>) -> String {
    switch result {
    case .success(let response):
      "\(call) \(response.status) HTTP/\(response.httpVersion), \(response.milliseconds) ms, "
        + "\(response.bytesReceived) bytes"
    case .failure(let failure): "\(call) \(failure.code): \(failure.sentence)"
    }
  }
}
