package import Runs
package import RuntimeAPI

/// One call that a job wants made.
package struct Ask: Sendable, Equatable {
  /// Names the call within its job.
  package var number: Int
  package var call: Call
  /// What was known of the answer last time, sent as `If-None-Match`.
  package var etag: String?

  /// A call.
  package init(_ number: Int, _ call: Call, etag: String? = nil) {
    self.number = number
    self.call = call
    self.etag = etag
  }
}

/// A question that may take several calls, as a value that takes answers and says what to ask next.
///
/// It does nothing itself, so bytes can be fed to it.
package protocol Job<Value>: Sendable {
  /// What the question is about.
  associatedtype Value: Sendable

  /// The first calls.
  mutating func begin() -> [Ask]
  /// Takes the answer to a call; gives the calls that follow from it.
  mutating func receive(_ answer: Answer, for number: Int) -> [Ask]
  /// Set when there is nothing more to ask.
  var result: Result<Value, Fault>? { get }
  /// What was learnt about the server on the way.
  var learnt: Knowledge { get }
  /// Whether going on with an answer, even a short one, takes long because of what is known already.
  var isLarge: Bool { get }
}

extension Job {
  package var isLarge: Bool { false }
}

/// The calls of a job that have no answer yet, and what each is for.
struct OpenAsks<Purpose: Sendable>: Sendable {
  private var last = 0
  private var purposes: [Int: Purpose] = [:]

  var isEmpty: Bool { purposes.isEmpty }

  mutating func ask(_ call: Call, etag: String? = nil, for purpose: Purpose) -> Ask {
    last += 1
    purposes[last] = purpose
    return Ask(last, call, etag: etag)
  }

  /// Takes a call off; nil for one that was never asked, or was answered before.
  mutating func close(_ number: Int) -> Purpose? { purposes.removeValue(forKey: number) }

  /// Forgets every call: their answers will mean nothing.
  mutating func abandon() { purposes = [:] }
}
