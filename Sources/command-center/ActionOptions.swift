import ArgumentParser
import Runs
import Settings
import Shell

/// Options of every verb that changes runs or answers tasks.
struct ActionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only while the run has one of these statuses, between commas; else leave with 5.",
      valueName: "status"
    )
  )
  var ifStatus: Statuses?

  @Option(
    help: ArgumentHelp(
      "Only while this is the number of the run's newest event; else leave with 5.",
      valueName: "seq"
    )
  )
  var ifSeq: Int?

  @Flag(help: "Leave out ids that match nothing or several, instead of sending nothing at all.")
  var skipUnknown = false

  @Option(
    help: ArgumentHelp(
      "The name of a protected profile, for several runs at once or to stop one now.",
      valueName: "profile"
    )
  )
  var confirm: String?

  @Flag(help: "Send it though the journal cannot be written.")
  var unrecorded = false

  @OptionGroup var wait: WaitOptions
  @OptionGroup var run: RunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: GlobalOptions

  /// Does it.
  /// - Throws: The end of the program.
  func run(
    _ verb: Verb,
    _ ids: [String],
    comment: String? = nil,
    edits: [String] = []
  ) throws {
    let listed: (ids: [String], isList: Bool)
    do throws(Mistake) {
      listed = try IDList.resolve(ids)
    } catch {
      throw Terse.end(error)
    }
    let action = Action(
      verb,
      listed.ids,
      isBulk: listed.isList || listed.ids.count > 1,
      statuses: ifStatus.map { Set($0.statuses) },
      lastEvent: ifSeq,
      comment: comment,
      edits: edits,
      skipsUnknown: skipUnknown,
      allowsUnrecorded: unrecorded,
      wait: wait.patience
    )
    let runner = VerbRunner(
      options: options,
      output: output.output,
      workflow: run.workflow,
      confirmed: confirm
    )
    try runner.run(.act(action))
  }

  /// What is said under the help of each of them.
  static let discussion = """
    Several ids may be given; - reads them from standard input, one a line; blank lines and what \
    follows a # are passed over. All are looked up before anything is sent: when one matches nothing \
    or several, nothing is sent, unless --skip-unknown leaves it out. They are carried out four at a \
    time, and each is told in a line. Exit codes: 0 when all were done; when none was, all for the \
    same reason, the code of that reason; else 1.
    """
}

/// The ids of a command line.
enum IDList {
  /// The ids as given, with those of standard input in the place of `-`.
  /// - Returns: The ids, and whether they came as a list.
  /// - Throws: ``Mistake`` for a list that cannot be read.
  static func resolve(_ words: [String]) throws(Mistake) -> (ids: [String], isList: Bool) {
    guard let place = words.firstIndex(of: "-") else { return (words, false) }
    guard words.count(where: { $0 == "-" }) == 1 else {
      throw Mistake("-", "stands twice; standard input is read once")
    }
    let bytes = try StandardInput.bytes(bound: IDText.bound)
    do throws(IDText.Mistake) {
      let ids = try IDText.read(bytes)
      return (words[..<place] + ids + words[words.index(after: place)...], true)
    } catch {
      throw Mistake("standard input", error.sentence)
    }
  }
}
