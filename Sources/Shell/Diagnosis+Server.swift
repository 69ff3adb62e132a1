internal import CommandCenter
internal import JSON
package import Runs

extension Diagnosis {
  /// One call of the server, and what came of it.
  package struct VisitFacts: Sendable, Equatable {
    /// What was asked for: `runs`, `summary`.
    package var part: String
    package var path: String
    package var count: Int?
    package var fault: Fault?
    /// Whether the server has the part; nil when that could not be told.
    package var isOffered: Bool?
    package var httpVersion: String?
    package var bytes: Int
    /// Milliseconds from the start; 0 where it did not happen.
    package var connect: Int
    package var handshake: Int
    package var firstByte: Int
    package var total: Int
    /// The server's clock less ours.
    package var skew: Duration?
    package var uncertainty: Duration

    /// A call.
    package init(_ part: String, path: String) {
      self.part = part
      self.path = path
      bytes = 0
      connect = 0
      handshake = 0
      firstByte = 0
      total = 0
      uncertainty = .zero
    }
  }

  /// A clock that is further off than this makes ages wrong.
  private static let tolerance = Duration.seconds(5)
  /// The calls that the inbox needs.
  private static let needed = ["runs", "tasks", "workflows"]
  /// The parts that a server may have, as the report names them.
  private static let optional = [
    ("run", "single runs"), ("summary", "summaries"), ("events", "events"),
    ("versions", "versions"), ("analytics", "analytics"), ("news", "updated_since"),
    ("unchanged", "ETag"),
  ]

  /// What the calls tell.
  /// - Parameters:
  ///   - visits: The calls, in the order in which they came back.
  ///   - hasToken: Whether a token was sent.
  /// - Returns: A check for each needed call, the protocol, the token, the clock, the optional parts.
  package static func server(_ visits: [VisitFacts], hasToken: Bool) -> [Check] {
    var checks = visits.filter { needed.contains($0.part) }.map(call)
    if let version = visits.lazy.compactMap(\.httpVersion).first {
      checks.append(
        Check("http", .good, "HTTP/\(version)", facts: ["version": .string(version)])
      )
    }
    // Without any answer nothing is known of what only answers tell.
    guard visits.contains(where: { $0.httpVersion != nil }) else { return checks }
    checks.append(may(visits, hasToken: hasToken))
    checks.append(clock(visits))
    if visits.contains(where: { part in optional.contains { $0.0 == part.part } }) {
      checks.append(parts(visits))
    }
    return checks
  }

  private static func call(_ visit: VisitFacts) -> Check {
    let facts: JSONObject = [
      "ms": number(visit.total), "connect_ms": number(visit.connect),
      "tls_ms": number(visit.handshake), "first_byte_ms": number(visit.firstByte),
      "bytes": number(visit.bytes), "count": visit.count.map(number) ?? .null,
    ]
    if let fault = visit.fault {
      // Names can be read off the runs, where they carry them: this list is a convenience.
      let isNeeded = visit.part != "workflows"
      return Check(
        visit.path,
        isNeeded ? .bad : .note,
        fault.sentence,
        code: ExitCode(fault),
        facts: facts
      )
    }
    var parts: [String] = []
    if visit.connect > 0 { parts.append("connect \(visit.connect)") }
    if visit.handshake > 0 { parts.append("TLS \(visit.handshake)") }
    parts.append("first byte \(visit.firstByte)")
    let count = visit.count.map { "\($0) " } ?? ""
    return Check(
      visit.path,
      .good,
      "\(count)in \(visit.total) ms (\(parts.joined(separator: ", ")))",
      facts: facts
    )
  }

  /// What the token may do, as far as answers to reading tell.
  private static func may(_ visits: [VisitFacts], hasToken: Bool) -> Check {
    func reads(_ part: String) -> Bool? {
      guard let visit = visits.first(where: { $0.part == part }) else { return nil }
      switch visit.fault?.kind {
      case nil: return true
      case .unauthenticated, .forbidden: return false
      default: return nil
      }
    }
    let kinds = visits.compactMap(\.fault?.kind)
    let known: [(String, Bool?)] = [("runs", reads("runs")), ("tasks", reads("tasks"))]
    let facts: JSONObject = [
      "reads_runs": known[0].1.map { .bool($0) } ?? .null,
      "reads_tasks": known[1].1.map { .bool($0) } ?? .null, "acts": .null,
    ]
    if kinds.contains(.unauthenticated) {
      return Check(
        "permissions",
        .bad,
        hasToken
          ? "the token is not accepted (401): it is wrong, has expired or was taken back"
          : "the server wants a token and none is set",
        code: .refused,
        facts: facts
      )
    }
    let may = known.filter { $0.1 == true }.map(\.0)
    let mayNot = known.filter { $0.1 == false }.map(\.0)
    let unknown = known.filter { $0.1 == nil }.map(\.0)
    var words: [String] = []
    if !may.isEmpty { words.append("may read \(may.joined(separator: " and "))") }
    if !mayNot.isEmpty {
      words.append(
        "may not read \(mayNot.joined(separator: " and ")) (403: role, scope or context)"
      )
    }
    if !unknown.isEmpty { words.append("\(unknown.joined(separator: " and ")) not known") }
    words.append("whether it may act is not known without acting")
    return Check(
      "permissions",
      mayNot.isEmpty ? .good : .bad,
      words.joined(separator: "; "),
      code: .refused,
      facts: facts
    )
  }

  private static func clock(_ visits: [VisitFacts]) -> Check {
    // The quickest answer tells it best.
    let dated = visits.filter { $0.skew != nil }
    guard let best = dated.min(by: { $0.uncertainty < $1.uncertainty }), let skew = best.skew else {
      return Check(
        "clock",
        .note,
        "the server does not say its time: whether ages are right is not known",
        facts: ["skew_ms": .null]
      )
    }
    let facts: JSONObject = [
      "skew_ms": number(Int(skew.inMilliseconds)),
      "uncertainty_ms": number(Int(best.uncertainty.inMilliseconds)),
    ]
    let rounded = max(1, (best.uncertainty.inMilliseconds + 999) / 1000)
    guard abs(skew.inMilliseconds) > tolerance.inMilliseconds else {
      return Check("clock", .good, "agrees with the server's (± \(rounded) s)", facts: facts)
    }
    let side = skew > .zero ? "ahead" : "behind"
    let off = Age.exact(.seconds(abs(skew.inMilliseconds) / 1000))
    return Check(
      "clock",
      .note,
      "the server's is \(off) \(side) (± \(rounded) s): ages are off by as much",
      facts: facts
    )
  }

  private static func parts(_ visits: [VisitFacts]) -> Check {
    var has: [String] = []
    var hasNot: [String] = []
    var unknown: [String] = []
    let facts: JSONObject = optional.reduce(into: [:]) { facts, part in
      let visit = visits.first { $0.part == part.0 }
      facts[part.0] = visit?.isOffered.map { .bool($0) } ?? .null
      switch visit?.isOffered {
      case true?: has.append(part.1)
      case false?: hasNot.append(part.1)
      case nil: unknown.append(part.1)
      }
    }
    var words: [String] = []
    if !has.isEmpty { words.append("has \(has.joined(separator: ", "))") }
    if !hasNot.isEmpty { words.append("does not have \(hasNot.joined(separator: ", "))") }
    if !unknown.isEmpty { words.append("not known: \(unknown.joined(separator: ", "))") }
    return Check("parts", .good, words.joined(separator: "; "), facts: facts)
  }
}
