internal import Cells
internal import Runs
internal import Triage

/// The line of identity and truth: whom this talks to, what is pending, whether the data is on time.
enum TopLine {
  static func draw(_ model: Model, into frame: inout Frame) {
    let columns = model.size.columns
    frame.fill(Rect(column: 0, row: 0, columns: columns, rows: 1), look: .chrome)
    let truth = truth(model)
    var right = badges(model) + [Segment("   ", .chrome), truth]
    if columns < 60 { right = Array(badges(model).suffix(1)) + [Segment("  ", .chrome), truth] }
    let start = columns - 1 - right.width
    var left = [Segment(model.profile.name, .title)]
    // Where there is no line of tabs, which one is open is said here.
    if case .saved(let name) = model.tab, model.size.rows < InboxLayout.tabRows {
      left.append(Segment("  \(name)", .tabActive))
    }
    if !model.profile.scope.isEmpty, columns >= 60 {
      left.append(Segment("  \(model.profile.scope)", .chrome))
    }
    if model.profile.isProtected { left.append(Segment("  PROTECTED", .warning)) }
    if model.permissions.readOnly != nil { left.append(Segment("  READ-ONLY", .warning)) }
    frame.put(left, column: 1, row: 0, end: max(1, start - 1))
    frame.put(right, column: max(1, start), row: 0, end: columns - 1)
  }

  /// What is acted on, and how far a bulk is that is sent out of sight.
  private static func bulk(_ model: Model) -> [Segment] {
    if case .review(let page) = model.screenLayer {
      let words = page.areMarked ? " marked" : ""
      return [Segment("acting on \(page.items.count)\(words)", .accent)]
    }
    var parts: [Segment] = []
    if let bulk = model.bulk, !bulk.isDone, !model.screenLayer.isBulk {
      parts.append(Segment("sending \(bulk.ended)/\(bulk.items.count)", .accent))
    }
    if !model.leftPlans.isEmpty {
      parts.append(Segment("\(model.leftPlans.count) never sent", .warning))
    }
    guard !model.inbox.marks.isEmpty else { return parts }
    let hidden = model.hiddenMarks
    let rest = hidden == 0 || model.size.columns < 60 ? "" : ", \(hidden) not shown"
    return parts + [Segment("\(model.inbox.marks.count) marked\(rest)", .accent)]
  }

  private static func badges(_ model: Model) -> [Segment] {
    let bulk = bulk(model)
    if case .review = model.screenLayer { return bulk }
    if model.size.columns < 60, let last = bulk.last { return [last] }
    return Array(
      (bulk + counts(model)).map { [$0] }.joined(separator: [Segment("  ", .chrome)])
    )
  }

  private static func counts(_ model: Model) -> [Segment] {
    guard model.link.lastGood != nil else { return [] }
    let pending = model.inbox.inbox.count(.awaiting)
    let draining = model.inbox.inbox.count(.draining)
    var parts: [Segment] = []
    if model.inbox.listing.held > 0 {
      parts.append(Segment("\(model.inbox.listing.held) new", .accent))
    }
    if draining > 0, model.size.columns < 60 {
      parts.append(Segment("\(draining) draining", .draining))
    }
    if pending > 0 { parts.append(Segment("\(pending) pending", .attention)) }
    if draining > 0, model.size.columns >= 60 {
      parts.append(Segment("\(draining) draining", .draining))
    }
    if model.inbox.reading?.tasks == nil {
      parts.append(Segment("approvals unknown", .warning))
    } else if pending == 0, draining == 0, model.inbox.reading?.unreadable == 0 {
      parts.append(Segment("nothing pending", .chrome))
    }
    return parts
  }

  private static func truth(_ model: Model) -> Segment {
    let link = model.link
    let word = model.access.missing == nil ? link.word : "NO TOKEN"
    guard link.lastGood != nil else {
      return word.map { Segment($0, .failure) } ?? Segment(model.waitingWord, .chrome)
    }
    let age = link.age(at: model.now).map { "\(Age.exact($0)) old" } ?? "of unknown age"
    if let word { return Segment("data \(age) · \(word)", .failure) }
    if link.isFromDisk { return Segment("data \(age) · \(model.waitingWord)", .warning) }
    if link.isLate(at: model.now) { return Segment("data \(age)", .warning) }
    return Segment("live", .success)
  }

  /// What is wrong with the data, in lines beneath the tabs; none while all is well.
  static func faultLines(_ model: Model) -> [String] {
    let outage = outageLines(model)
    guard outage.isEmpty, let sentence = gapSentence(model) else { return outage }
    return wrapped(sentence, model, maximumLines: model.size.rows >= 16 ? 3 : 2)
  }

  /// Why the data is old and when the next try comes; none while there is nothing to say.
  ///
  /// A countdown takes as many lines in all its states, and is never cut: no row moves with it.
  static func outageLines(_ model: Model) -> [String] {
    guard let (why, next) = outage(model) else { return [] }
    let limit = model.size.rows >= 12 ? 3 : 2
    var lines = wrapped(why, model, maximumLines: limit)
    guard let next else { return lines }
    let counted =
      if model.access.missing != nil {
        next
      } else if model.link.silence(at: model.now) != nil {
        silence(999)
      } else {
        model.link.nextTry == nil ? next : retry(999, model)
      }
    let room = max(Text.width(next), Text.width(counted))
    if let last = lines.last, Text.width(last) + 1 + room <= model.size.columns - 2 {
      lines[lines.count - 1] = "\(last) \(next)"
      return lines
    }
    return wrapped(why, model, maximumLines: limit - 1) + [next]
  }

  /// When the next try comes, and which key does not wait for it.
  private static func retry(_ seconds: Int64, _ model: Model) -> String {
    let now = model.key(.refresh, in: model.screenLayer.scope).map { " (\($0): now)" } ?? ""
    return "Retry in \(seconds) s\(now)."
  }

  /// How long there has been no answer.
  private static func silence(_ seconds: Int64) -> String { "No answer for \(seconds) s." }

  private static func wrapped(_ text: String, _ model: Model, maximumLines: Int) -> [String] {
    Text.wrapped(
      Text.sanitised(String(text.prefix(NoticeLine.limit))),
      to: max(1, model.size.columns - 2),
      maximumLines: maximumLines
    )
  }

  /// What a reading that did come is missing.
  private static func gapSentence(_ model: Model) -> String? {
    guard let reading = model.inbox.reading else { return nil }
    if reading.tasks == nil {
      let why = reading.taskFault.map { ": \($0.sentence)" } ?? "."
      return "The approvals could not be read\(why)"
    }
    guard reading.unreadable > 0 else { return nil }
    let count = reading.unreadable
    return count == 1
      ? "1 item of the answer could not be read and is missing here."
      : "\(count) items of the answer could not be read and are missing here."
  }

  private static func outage(_ model: Model) -> (why: String, next: String?)? {
    if let sentence = model.access.missing {
      let key = model.key(.refresh, in: model.screenLayer.scope)
      return (ended(sentence), key.map { "\($0) tries again." })
    }
    if let silence = model.link.silence(at: model.now) {
      return (
        "\(model.profile.place) does not answer; it may be busy.",
        TopLine.silence(silence.inMilliseconds / 1000)
      )
    }
    guard model.link.isStale, let fault = model.link.fault else { return nil }
    let next = model.link.nextTry.map { next in
      let seconds = max(0, ((next - model.now).inMilliseconds + 999) / 1000)
      return seconds > 0 ? retry(seconds, model) : "Trying now."
    }
    return (ended(fault.sentence), next)
  }

  /// A sentence with its end; it may be a question.
  private static func ended(_ sentence: String) -> String {
    sentence.hasSuffix(".") || sentence.hasSuffix("?") ? sentence : sentence + "."
  }
}
