import ArgumentParser
import Cells
import Glibc
import Settings
import Shell

/// Sentences on standard error, and ends with a code.
enum Terse {
  /// Writes a sentence, or lines of them, on standard error; what others wrote into it stays text.
  static func complain(_ sentence: String) {
    let lines = Text.sanitisedLines(sentence).joined(separator: "\n")
    let bytes = Array((lines + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Writes a question on standard error; the answer goes on its line.
  static func ask(_ question: String) {
    let bytes = Array(question.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Says what is wrong and ends.
  /// - Returns: What is to be thrown.
  static func end(_ sentence: String, _ code: Shell.ExitCode) -> ArgumentParser.ExitCode {
    complain("command-center: \(sentence)")
    return ArgumentParser.ExitCode(code.rawValue)
  }

  /// Says what is wrong in the settings and ends.
  /// - Returns: What is to be thrown.
  static func end(_ mistake: Mistake) -> ArgumentParser.ExitCode { end(mistake.sentence, .usage) }
}
