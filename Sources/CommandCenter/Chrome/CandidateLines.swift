internal import Cells

/// A way to go on from what is typed, as prompts show it.
struct ShownCandidate {
  var text: String
  /// What it is, or does.
  var description: String
  /// Whether it can be done now.
  var isPossible = true
}

/// Ways to go on from what is typed, one beneath the other above the prompt.
enum CandidateLines {
  /// How many are shown at most.
  static let limit = 6

  /// As many as there is room for, the chosen one among them.
  /// - Parameters:
  ///   - candidates: The ways to go on.
  ///   - chosen: Which of them stands in the line.
  ///   - sign: What stands before each: the sign of the prompt.
  ///   - room: The rows there are.
  ///   - columns: The width of the screen.
  /// - Returns: The lines, from the second column on.
  static func lines(
    _ candidates: [ShownCandidate],
    chosen: Int?,
    sign: String = "",
    room: Int,
    columns: Int
  ) -> [[Segment]] {
    let room = max(0, min(limit, room))
    let first = max(0, min((chosen ?? 0) - room + 1, candidates.count - room))
    let shown = candidates.dropFirst(first).prefix(room)
    // What is completed may be long; what it is must be seen too.
    let widest = shown.map { Text.width($0.text) }.max() ?? 0
    let width = min(widest, max(16, columns / 2))
    return shown.enumerated().map { offset, candidate in
      let look: Look =
        chosen == first + offset ? .key : Look(.dialog, dimmed: !candidate.isPossible)
      let text = Text.padded(Text.truncated(candidate.text, to: width), to: width)
      return [
        Segment("  \(sign)\(text)", look),
        Segment("   \(candidate.description)", Look(.secondary, dimmed: !candidate.isPossible)),
      ]
    }
  }
}
