package import JSON
package import Runs

/// What the runtime says about itself while it works: a line for each thing.
///
/// Queries, headers and bodies stand in no line, so that no token does.
package struct RuntimeLog: Sendable {
  /// How much it says.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    case error
    /// What somebody has to look at.
    case warn
    /// What was changed, and every change of a run.
    case info
    /// Every request.
    case debug

    package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .error: 0
      case .warn: 1
      case .info: 2
      case .debug: 3
      }
    }
  }

  /// What a line looks like.
  package enum Form: String, Sendable, CaseIterable {
    case text
    case json
  }

  private let form: Form
  private let level: Level
  private let now: @Sendable () -> Timestamp
  private let write: @Sendable (String) -> Void

  /// A log.
  /// - Parameters:
  ///   - form: What a line looks like.
  ///   - level: How much it says.
  ///   - now: The time.
  ///   - write: Takes a line, without its end.
  package init(
    form: Form,
    level: Level,
    now: @escaping @Sendable () -> Timestamp,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.form = form
    self.level = level
    self.now = now
    self.write = write
  }

  /// A log that says nothing.
  package static let silent = RuntimeLog(
    form: .text,
    level: .error,
    now: { Timestamp(milliseconds: 0) },
    write: { _ in }
  )

  /// Says a sentence.
  package func notice(_ level: Level, _ sentence: String) {
    say(level, "notice", ["message": .string(sentence)])
  }

  /// Says a thing with what is known of it.
  package func say(_ level: Level, _ kind: String, _ fields: JSONObject) {
    guard level <= self.level else { return }
    write(line(level, kind, fields))
  }

  /// The line of a thing.
  func line(_ level: Level, _ kind: String, _ fields: JSONObject) -> String {
    let at = now().iso8601
    switch form {
    case .json:
      let head: JSONObject = [
        "at": .string(at), "level": .string(level.rawValue), "kind": .string(kind),
      ]
      return JSONWriter.text(.object(head.merging(fields)))
    case .text:
      let words = fields.members.map { member in
        member.key == "message"
          ? Self.plain(member.value.string ?? "") : "\(member.key)=\(Self.word(member.value))"
      }
      return ([at, level.rawValue, kind] + words).joined(separator: " ")
    }
  }

  /// A value that is one word as it is, and anything else in JSON.
  private static func word(_ value: JSONValue) -> String {
    let isPlain =
      value.string.map { text in
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 }
      } ?? false
    return isPlain ? value.string ?? "" : JSONWriter.text(value)
  }

  /// A sentence without what would end its line or reach a terminal as a command.
  private static func plain(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? " " : Character(scalar)
    }
    return String(scalars)
  }
}

extension RuntimeLog {
  /// Says what a request was answered.
  func request(_ request: Request, _ answer: Answer, took: Duration) {
    let isRead = request.method == "GET" || request.method == "HEAD"
    let level: Level = answer.status >= 500 ? .warn : isRead ? .debug : .info
    guard level <= self.level else { return }
    // A path may hold what its sender likes, but no longer than is read.
    let path = "/" + request.path.joined(separator: "/")
    say(
      level,
      "request",
      [
        "method": .string(request.method), "path": .string(String(path.prefix(200))),
        "status": .int(answer.status), "ms": .int(Int(took.inMilliseconds)),
      ]
    )
  }

  /// Says what became of a run.
  func runChanges(_ news: EventFeed.News) {
    for event in news.events where event.type == "state_changed" {
      var fields: JSONObject = ["run": .string(news.run.id.text)]
      fields["workflow"] = news.run.workflowName.map { .string($0) }
      for name in ["from", "to", "by", "failure_code"] { fields[name] = event.data[name] }
      say(.info, "run", fields)
    }
  }
}
