internal import Cells
package import Runs

/// One verb of the command line, as a value that is told what came and says what to do next.
///
/// Whoever drives it does the effects in order and ends with `finish` or `leave`, after which nothing
/// follows.
package struct ShellTask: Sendable {
  private let surroundings: ShellContext
  private var work: any VerbWork
  private var isOver = false
  /// Whether it goes on until somebody ends it, or the run does that it follows.
  package let isEndless: Bool

  /// A verb in its surroundings.
  package init(_ verb: ShellVerb, _ context: ShellContext) {
    isEndless = verb.isEndless
    surroundings = context
    work =
      switch verb {
      case .inbox(let filter, let watches):
        ListWork(.inbox, filter: filter, watches: watches, context)
      case .runs(let wanted):
        ListWork(.runs(wanted), filter: wanted.filter, watches: wanted.watches, context)
      case .tasks(let run, let watches):
        ListWork(.tasks(run: run), filter: "", watches: watches, context)
      case .workflows: WorkflowsWork(context)
      case .show(let id, let wait): RunWork(id, .show(wait), context)
      case .events(let id, let after, let follows):
        RunWork(id, .events(after: after, follows: follows), context)
      case .context(let id, let path): RunWork(id, .context(path: path), context)
      case .act(let action): ActionWork(action, context)
      case .start(let start): StartWork(start, context)
      case .activity(let wanted): ActivityWork(wanted, context)
      case .handover(let since, let place): HandoverWork(since, place, context)
      case .doctor(let checks): Told(DoctorOutput.effects(checks, context))
      case .profiles(let profiles):
        Told([.out(ProfileOutput.text(profiles, context)), .finish(.done)])
      case .themes(let choices): Told(ThemeOutput.list(choices, context))
      case .theme(let choice, let theme, let glyphs):
        Told(ThemeOutput.preview(choice, theme, glyphs, context))
      }
  }

  /// Whether what programs that ended too early left open is to be settled before this begins.
  package var settlesFirst: Bool { work.settlesFirst }

  /// What is said of what was settled before.
  package func lines(_ unfinished: Unfinished, at now: Timestamp) -> [String] {
    UnfinishedOutput.lines(unfinished, surroundings, at: now)
  }

  /// The first effects.
  package mutating func begin(at now: Timestamp) -> [ShellEffect] {
    closing(work.begin(at: now))
  }

  /// Takes what came; gives the effects that follow from it.
  package mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] {
    guard !isOver else { return [] }
    return closing(work.receive(message, at: now))
  }

  private mutating func closing(_ effects: [ShellEffect]) -> [ShellEffect] {
    switch effects.last {
    case .finish, .leave: isOver = true
    default: break
    }
    return effects
  }
}

/// What a verb does, told by what comes.
protocol VerbWork: Sendable {
  /// Whether what programs that ended too early left open is to be settled before this begins.
  var settlesFirst: Bool { get }
  /// The first effects.
  mutating func begin(at now: Timestamp) -> [ShellEffect]
  /// Takes what came; gives the effects that follow from it.
  mutating func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect]
}

extension VerbWork {
  /// Only verbs that act need that.
  var settlesFirst: Bool { false }

  /// Says what is wrong and ends.
  func fail(_ sentences: [String], _ code: ExitCode) -> [ShellEffect] {
    sentences.map { .complain(Text.sanitised($0)) } + [.finish(code)]
  }

  /// Says what is wrong and ends.
  func fail(_ fault: Fault) -> [ShellEffect] { fail([fault.sentence], ExitCode(fault)) }

  /// Says what is missing in an answer.
  func gaps(unreadable: Int, isCut: Bool) -> [ShellEffect] {
    var effects: [ShellEffect] = []
    if unreadable > 0 {
      let what = unreadable == 1 ? "1 item is" : "\(unreadable) items are"
      effects.append(.complain("\(what) left out: the server's answer could not be read there"))
    }
    if isCut { effects.append(.complain("the server has more than is read at once")) }
    return effects
  }
}

/// A verb that knows all from the start.
struct Told: VerbWork {
  private let effects: [ShellEffect]

  init(_ effects: [ShellEffect]) { self.effects = effects }

  func begin(at now: Timestamp) -> [ShellEffect] { effects }
  func receive(_ message: ShellMessage, at now: Timestamp) -> [ShellEffect] { [] }
}
