internal import Runs

/// Does something to runs, or answers their tasks: one, or several at once.
///
/// All ids are resolved against one reading, or none of them is acted on. Then a few at a time are
/// carried out; each of them is read again, recorded, sent once and read back by whoever drives this.
struct ActionWork: VerbWork {
  /// How many are under way at once.
  static let width = 4
  /// How long those under way are awaited once somebody wants it to end.
  static let grace = Duration.seconds(10)

  enum Phase: Sendable {
    case resolving
    case sending
    /// Somebody wants it to end: nothing more is begun.
    case ending(by: Timestamp)
  }

  let action: Action
  var context: ShellContext
  var phase = Phase.resolving
  var items: [ActionItem] = []
  var edits = TaskEdits.none
  var vigil: Vigil?
  /// The run that is looked at alone, as it was last.
  var detail: RunDetail?
  /// Which of the runs that the feed does not show are looked at next.
  var turn = 0
  /// How many results were told.
  var told = 0
  var columns = ActionOutput.Columns()

  init(_ action: Action, _ context: ShellContext) {
    self.action = action
    self.context = context
  }

  var settlesFirst: Bool { context.readOnly == nil && unconfirmed == nil }

  mutating func begin(at now: Timestamp) -> [ShellEffect] {
    if let reason = context.readOnly { return fail(["nothing is changed: \(reason)"], .refused) }
    if let missing = unconfirmed { return fail([missing], .refused) }
    guard !action.ids.isEmpty else { return fail(["no id is given; nothing is done"], .usage) }
    let mistakes = action.ids.compactMap(IDText.mistake)
    guard mistakes.isEmpty else { return fail(mistakes, .usage) }
    do throws(ShellInput.Mistake) {
      edits = try TaskEdits(action.edits, comment: action.comment)
    } catch {
      return fail([error.sentence], .usage)
    }
    vigil = action.wait.map { Vigil($0, at: now) }
    guard let workflow = context.workflow else { return [.poll] }
    items = distinct(action.ids).map { id in
      let run = RunReference(workflow: workflow, run: RunID(id))
      return ActionItem(
        given: id,
        state: action.verb.answersTasks
          ? .unseen(run) : .ready(decision(.run(run), title: workflow.text, now))
      )
    }
    return goOn(now)
  }

  /// What a protected profile wants to hear first.
  var unconfirmed: String? {
    guard let name = context.protected, context.confirmed != name else { return nil }
    let what: String
    if Set(action.ids).count > 1 {
      what = "to \(action.verb.word) several at once"
    } else if case .stop(.immediate) = action.verb {
      what = "to stop a run at once"
    } else {
      return nil
    }
    return "the profile \(name) is protected: \(what), add --confirm \(name)"
  }

  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    switch message {
    case .reading(.success(let reading)): return read(reading, now)
    case .reading(.failure(let fault)):
      if items.isEmpty { return fail(fault) }
      return lookFailed(fault, now)
    case .detail(let run, let result): return looked(run, result, now)
    case .stage(let stage): return action.isBulk ? [] : [.progress(stage.words)]
    case .outcome(let decision, let outcome, let recorded):
      return settle(decision, outcome, recorded, now)
    case .woke: return woke(now)
    case .interrupted: return interrupted(now)
    case .context, .workflows, .graph, .records: return []
    }
  }
}

extension Verb {
  /// Whether it is about tasks, not runs.
  var answersTasks: Bool { self == .approve || self == .reject }
}
