internal import Cells
package import CommandCenter
internal import JSON
package import Runs
internal import Triage

/// What the next one on duty must know, as Markdown: what was decided here, what still waits, what
/// failed and why, what is going on.
package struct Handover: Sendable, Equatable {
  /// The server that it is about.
  package var place: JournalPlace
  /// From when on.
  package var since: Timestamp
  package var at: Timestamp
  package var zone: Zone
  /// The decisions of this machine's journal, of whatever server; nil when none could be read.
  package var records: [JournalRecord]?
  /// What the server shows now, or why that is not known.
  package var reading: Result<Reading, Fault>

  /// A hand-over.
  package init(
    place: JournalPlace,
    since: Timestamp,
    at: Timestamp,
    zone: Zone,
    records: [JournalRecord]?,
    reading: Result<Reading, Fault>
  ) {
    self.place = place
    self.since = since
    self.at = at
    self.zone = zone
    self.records = records
    self.reading = reading
  }

  /// The most items of one part.
  private static let most = 200

  /// The text; lines end with a break.
  package var markdown: String {
    var lines = ["# Hand-over: \(title)", "", "\(time(since)) to \(time(at))", ""]
    if let records {
      lines += part("Decisions", decisions(records))
    } else {
      lines += ["## Decisions", "", "Not known: no journal of this machine could be read", ""]
    }
    switch reading {
    case .failure(let fault):
      lines += [
        "## Now", "",
        "What waits, failed or runs is not known: \(Markdown.escaped(fault.sentence))",
      ]
    case .success(let reading):
      let inbox = Inbox(reading, order: .age)
      if reading.tasks == nil {
        let reason = reading.taskFault.map { ": \($0.sentence)" } ?? ""
        lines += ["## Waits for an approval", "", "Not known\(Markdown.escaped(reason))", ""]
      } else {
        lines += part("Waits for an approval", waiting(inbox))
      }
      let failures = failures(reading)
      lines += part("Failed", failures.map(failed), count: Handover.count(failures))
      lines += part("Running and stopping", going(inbox))
      if reading.isCut { lines += ["The server has more runs than are read at once.", ""] }
    }
    while lines.last == "" { lines.removeLast() }
    return lines.map { $0 + "\n" }.joined()
  }

  private var title: String {
    let scope = [place.tenant, place.project].compactMap(\.self).joined(separator: "/")
    return Markdown.escaped(scope.isEmpty ? place.profile : "\(place.profile) (\(scope))")
  }

  private func part(_ title: String, _ items: [String], count: String? = nil) -> [String] {
    guard !items.isEmpty else { return ["## \(title)", "", "Nothing.", ""] }
    var shown = items.prefix(Handover.most).map { "- \($0)" }
    if items.count > shown.count { shown.append("- and \(items.count - shown.count) more") }
    return ["## \(title) (\(count ?? String(items.count)))", ""] + shown + [""]
  }

  // MARK: What was decided

  private func decisions(_ records: [JournalRecord]) -> [String] {
    records.filter { $0.place.isSameServer(as: place) && $0.at >= since && $0.at <= at }
      .map(decision)
  }

  private func decision(_ record: JournalRecord) -> String {
    let decision = record.decision
    let detail = record.detail.map { ", \(Markdown.escaped($0))" } ?? ""
    let later =
      if case .settled(_, _, _, _, true) = record.fate { " (read back later)" } else { "" }
    let comment = decision.fields["comment"]?.string.map { " “\(Markdown.escaped($0))”" } ?? ""
    return "\(time(record.at)): \(decision.verb.word) "
      + "\(run(decision.title, decision.subject.run.run)): \(record.word)\(detail)\(later)\(comment)"
  }

  // MARK: What is there now

  private func waiting(_ inbox: Inbox) -> [String] {
    (inbox.rows[.awaiting] ?? []).map { row in
      let what = row.task.map { Markdown.escaped($0.title) } ?? ""
      let until = row.task?.expiresAt.map { ", until \(time($0))" } ?? ""
      return "\(run(row.title, row.id.run)): \(what)\(age(row.since, inbox.at))\(until)"
    }
  }

  private func age(_ moment: Timestamp?, _ now: Timestamp) -> String {
    moment.map { ", for \(Age.short(now - $0)), since \(time($0))" } ?? ""
  }

  /// Failures of one cause.
  private struct Failures {
    var newest: Run
    var count = 1
  }

  /// Failures since then, those of one cause together, the most frequent first.
  private func failures(_ reading: Reading) -> [Failures] {
    var groups: [Failures] = []
    var numbers: [Cause: Int] = [:]
    for run in reading.runs where run.status == .failed {
      guard Inbox.ended(run).map({ $0 >= since }) ?? true else { continue }
      if let cause = Cause(run), let number = numbers[cause] {
        groups[number].count += 1
        let (known, ended) = (Inbox.ended(groups[number].newest), Inbox.ended(run))
        if let ended, known.map({ $0 < ended }) ?? true { groups[number].newest = run }
      } else {
        if let cause = Cause(run) { numbers[cause] = groups.count }
        groups.append(Failures(newest: run))
      }
    }
    return groups.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }.map(\.element)
  }

  /// How many runs failed, and of how many causes where that is less.
  private static func count(_ failures: [Failures]) -> String {
    let runs = failures.reduce(0) { $0 + $1.count }
    guard runs > failures.count else { return String(runs) }
    return "\(runs) runs, \(failures.count) \(failures.count == 1 ? "cause" : "causes")"
  }

  private func failed(_ failures: Failures) -> String {
    let run = failures.newest
    let cause = RunOutput.failure(run) ?? "no reason given"
    let times = failures.count == 1 ? "" : "\(failures.count) runs, the newest "
    let ended = Inbox.ended(run).map { ", \(time($0))" } ?? ""
    return "\(times)\(self.run(run.title, run.id))\(ended): \(Markdown.escaped(cause))"
  }

  private func going(_ inbox: Inbox) -> [String] {
    [Section.draining, .running].flatMap { inbox.rows[$0] ?? [] }.compactMap { row in
      guard let run = row.run else { return nil }
      let what = RunOutput.what(run)
      let more = what.isEmpty ? "" : ", \(Markdown.escaped(what))"
      let status = run.status == .draining ? "stopping gracefully" : run.status.word
      return "\(self.run(row.title, run.id)): \(Markdown.escaped(status))\(more)"
        + age(row.since, inbox.at)
    }
  }

  // MARK: Words

  private func run(_ title: String, _ id: RunID) -> String {
    "**\(Markdown.escaped(title))** \(Markdown.code(id.text))"
  }

  /// A moment with its zone.
  private func time(_ moment: Timestamp) -> String {
    let local = CalendarTime(moment, offset: zone.offset)
    return "\(local.date) \(local.clock().dropLast(3)) \(zone.name)"
  }
}

/// Foreign text within Markdown.
enum Markdown {
  /// The text so that it is shown as it is, within a line of a list.
  ///
  /// Signs that mean something only at the beginning of a line, or together with one of these, stay.
  static func escaped(_ text: String) -> String {
    var out = ""
    var before: Character?
    let characters = Array(Text.sanitised(text))
    for (index, character) in characters.enumerated() {
      switch character {
      case "\\", "`", "*", "[", "<", "&", "~": out.append("\\")
      case "_":
        // Within a word it is a letter like others.
        let after = index + 1 < characters.count ? characters[index + 1] : " "
        let isInside = (before.map(isLetter) ?? false) && isLetter(after)
        if !isInside { out.append("\\") }
      default: break
      }
      out.append(character)
      before = character
    }
    return out
  }

  private static func isLetter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// An id as code; one with other signs than ids have is escaped text.
  static func code(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x23, 0x2D, 0x2E, 0x3A, 0x5F: true
      default: false
      }
    }
    return isPlain && !text.isEmpty ? "`\(text)`" : escaped(text)
  }
}
