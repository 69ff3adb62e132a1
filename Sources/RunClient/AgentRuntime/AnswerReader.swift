internal import JSON
internal import Runs
internal import RuntimeAPI
internal import Transport

/// Reads what the server says to a command.
enum AnswerReader {
  static func verdict(_ answer: Answer, on decision: Decision, place: String) -> Verdict {
    switch answer.result {
    case .failure(let failure): failure.sent ? .lost(Fault(failure)) : .notSent(Fault(failure))
    case .success(let response): verdict(response, of: answer, place: place)
    }
  }

  private static func verdict(_ response: Response, of answer: Answer, place: String) -> Verdict {
    if (200..<300).contains(response.status) { return accepted(response, place: place) }
    let fault = answer.fault(response, place: place)
    let refused = { (reason: Refusal.Reason) in Refusal(reason, fault.sentence) }
    switch response.status {
    case 401: return .refused(refused(.unauthenticated))
    case 403: return .refused(refused(.forbidden))
    case 404: return .missing(refused(.notFound))
    case 409: return .conflict(refused(.illegal), ErrorEnvelope(reading: response.body))
    case 400, 405, 413, 415, 422: return .refused(refused(.invalid))
    case 429: return .refused(refused(.busy))
    // A gateway says that it heard nothing; the server behind it may still be at work.
    case 502, 504: return .lost(fault)
    case 503: return .broken(refused(.busy))
    case 500..<600: return .broken(refused(.other))
    default: return .refused(refused(.other))
    }
  }

  /// A yes; but a page of some proxy between is none, whatever its status.
  private static func accepted(_ response: Response, place: String) -> Verdict {
    guard !response.body.isEmpty else { return .accepted(run: nil) }
    do throws(JSONMistake) {
      let value = try JSONValue(parsing: response.body)
      return .accepted(run: (value["run_id"]?.identity).map { RunID($0) })
    } catch {
      return .lost(
        Fault(
          unreadable: response.body,
          type: response.headers["Content-Type"],
          mistake: error,
          place: place
        )
      )
    }
  }
}
