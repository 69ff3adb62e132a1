internal import Cells
internal import JSON
package import Runs
package import Triage

/// What is said of a run that looks stuck: how it looks, why, and what to do about it.
package struct AttentionWords {
  private var attention: Attention
  private var lasts: String
  private var step: String?

  /// The words for something odd.
  /// - Parameters:
  ///   - attention: What is odd.
  ///   - moment: The time that it counts to, by the server's clock.
  ///   - graph: Names the step for people; nil leaves its id.
  package init(_ attention: Attention, at moment: Timestamp, graph: Graph? = nil) {
    self.attention = attention
    lasts = Age.short(moment - attention.since)
    step = attention.step.map { graph?.title(of: $0) ?? $0.text }
  }

  /// For a row: `stuck? no event 14m`; what the row's section and age say anyway is left out.
  package var brief: String {
    let silence = "\(attention.lack) \(lasts)\(attention.isAtLeast ? "+" : "")"
    switch attention.kind {
    case .draining: return attention.word
    case .waiting: return "\(attention.word) \(attention.lack)"
    case .silent: return "\(attention.word) \(silence)"
    case .episode: return "\(attention.word), \(silence)"
    }
  }

  /// Why, in a sentence: `no event for 14m; enrich usually takes 40s, longest 2m (9 runs)`.
  package var evidence: String {
    let long = attention.isAtLeast ? "at least \(lasts)" : lasts
    switch attention.kind {
    case .silent: return "no event for \(long); \(usual)"
    case .draining: return "draining for \(long); \(usual)"
    case .waiting:
      let limit = Age.short(Lookout.startPatience)
      return "not started for \(long); as a rule a run begins within \(limit)"
    case .episode: return "runs until something closes it; no event for \(long)"
    }
  }

  private var usual: String {
    guard let step else { return "the server does not say which step is in flight" }
    guard let times = attention.times else { return "what \(step) usually takes is not known" }
    let runs = times.runs == 1 ? "1 run" : "\(times.runs) runs"
    let longest = AttentionWords.span(times.longest)
    let took = AttentionWords.span(times.usual)
    return times.usual == times.longest
      ? "\(step) usually takes \(took) (\(runs))"
      : "\(step) usually takes \(took), longest \(longest) (\(runs))"
  }

  /// `0.4s`, `40s`, `2m05s`: tenths tell something only of what is short.
  private static func span(_ duration: Duration) -> String {
    duration < .seconds(10) ? Age.took(duration) : Age.exact(duration)
  }

  /// What to look at and to do, in the order of the product's checklist; empty for what is as it
  /// should be.
  /// - Parameters:
  ///   - run: The run.
  ///   - graph: Tells which connection the step uses; nil where the server does not tell.
  ///   - key: The key of a command, as hints show it.
  /// - Returns: A line each.
  package func checklist(_ run: Run, _ graph: Graph?, key: (Command) -> String?) -> [String] {
    let stop = "\(key(.stop).map { "\($0) stop" } ?? "stop") immediately"
    let pause = key(.pause).map { "\($0) pause" } ?? "pause"
    let last = step.map { "last step: \($0)" } ?? "the last step started"
    let ends = [connection(graph), "credits left?"]
    switch attention.kind {
    case .silent:
      let status = "status: \(run.status.word), nobody is asked"
      return [status, last, "\(pause), then \(stop)"] + ends
    case .draining: return ["status: draining", last, stop] + ends
    case .waiting:
      return [
        "status: \(run.status.word)", "credits left?",
        "the workflow: is its graph valid?",
      ]
    case .episode: return []
    }
  }

  private func connection(_ graph: Graph?) -> String {
    guard let step = attention.step, let source = graph?[step]?.source else {
      return "the connections of the step"
    }
    let server = source["instance_id"]?.identity ?? source["server_url"]?.string
    let model = source["model"]?.string ?? source["model_ref"]?.string
    let tool = source["tool_name"]?.string
    let parts = [server, model, tool].compactMap { $0 }
    return parts.isEmpty
      ? "the connections of the step" : "connection: \(parts.joined(separator: ", "))"
  }
}

extension Model {
  /// What is odd about a run, as long as what is shown of it is how it stands.
  func attention(of run: RunID) -> Attention? {
    link.isFromDisk ? nil : inbox.inbox.attention(of: run)
  }

  /// Why a run looks stuck and what to do about it, in lines above what the run screen shows.
  func attentionLines(_ screen: RunScreen) -> [Segment] {
    guard let attention = attention(of: screen.reference.run) else { return [] }
    let detail = details[screen.reference]
    let words = AttentionWords(attention, at: inbox.inbox.at, graph: detail?.graph)
    let columns = max(1, size.columns - 2)
    let why = Text.wrapped(
      "\(attention.word)\(attention.kind == .episode ? ":" : "") \(words.evidence)",
      to: columns,
      maximumLines: 2
    )
    let run = detail?.run ?? Run(id: screen.reference.run, status: .running)
    let steps = words.checklist(run, detail?.graph) { key($0, in: .run) }
    let next =
      steps.isEmpty
      ? []
      : Text.wrapped(
        "next: " + steps.joined(separator: " → "),
        to: columns,
        maximumLines: size.rows >= 16 ? 2 : 1
      )
    return why.map { Segment($0, .warning) } + next.map { Segment($0, .secondary) }
  }
}
