import Cells
import Glibc

/// Why there is no screen.
package enum TerminalFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Standard input or output is a file or a pipe.
  case notATerminal(String)
  /// `TERM` is not set.
  case unnamed
  /// `TERM` names a terminal that no description is installed for.
  case unknown(String)
  /// The description has no way to move the cursor: `dumb` and the like.
  case incapable(String)
  /// A call of the system failed: what was tried, and its errno.
  case system(String, Int32)

  /// One sentence: what, where, what to do.
  package var description: String {
    switch self {
    case .notATerminal(let stream):
      "\(stream) is not a terminal: run this in one, or use the verbs that print "
        + "(command-center --help)."
    case .unnamed:
      "TERM is not set: set it to what this terminal is, for instance xterm-256color."
    case .unknown(let name):
      "TERM is \"\(Text.sanitised(name))\", and no description of it is installed: set TERM to another name, for "
        + "instance xterm-256color, or install the package ncurses-term."
    case .incapable(let name):
      "TERM is \"\(Text.sanitised(name))\", which cannot move the cursor: use the verbs that print "
        + "(command-center --help), or set TERM to what this terminal really is."
    case .system(let attempt, let code):
      "The system refused to \(attempt): \(unsafe String(cString: strerror(code)))."
    }
  }
}
