/// What was asked for on the command line.
struct Options {
  /// The groups to measure; all when empty.
  var only: Set<Group> = []
  /// How often each measure is taken.
  var runs = 5
  /// Where the figures go as JSON.
  var json: String?
  /// The program under measure.
  var front: String
  /// The C program beside it.
  var reference: String
  /// Fewer keys and shorter windows: for trying the harness, not for figures.
  var isQuick = false

  static let usage = """
    benchmark [--only GROUP]… [--runs N] [--json FILE] [--front PATH] [--reference PATH] [--quick]

    GROUP is one of \(Group.allCases.map(\.rawValue).joined(separator: ", ")).
    --front and --reference default to command-center and command-center-reference beside this program.
    """

  /// Reads the command line.
  /// - Parameters:
  ///   - arguments: Without the program's own name.
  ///   - folder: Where this program lies.
  /// - Throws: ``Mistake`` for a word that means nothing here.
  init(_ arguments: [String], folder: String) throws(Mistake) {
    front = "\(folder)/command-center"
    reference = "\(folder)/command-center-reference"
    var runs: Int?
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if option == "--quick" {
        isQuick = true
        continue
      }
      guard ["--only", "--runs", "--json", "--front", "--reference"].contains(option) else {
        throw Mistake("\(option): no such option.\n\(Options.usage)")
      }
      guard let value = rest.popFirst() else { throw Mistake("\(option) wants a value behind it.") }
      switch option {
      case "--only":
        guard let group = Group(rawValue: value) else {
          throw Mistake("--only \(value): no such group.\n\(Options.usage)")
        }
        only.insert(group)
      case "--runs":
        guard let count = Int(value), (1...1000).contains(count) else {
          throw Mistake("--runs \(value): a number from 1 to 1000 is wanted.")
        }
        runs = count
      case "--json": json = value
      case "--front": front = value
      default: reference = value
      }
    }
    self.runs = runs ?? (isQuick ? 2 : 5)
  }
}

/// A group of rows that are measured together.
enum Group: String, CaseIterable {
  case start
  case keys
  case bytes
  case polls
  case idle
  case memory
  case exit
  case rooms
}
