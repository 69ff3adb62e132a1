package import Cells
internal import Foundation
package import Testing

/// Compares a frame with the screen recorded beside the suite, `Screens/<name>.<80x24>.txt`.
///
/// A recorded screen holds the glyphs, below them the letters of the roles, below them the cursor.
/// With `RECORD_SCREENS=1` in the environment the frame is recorded, and the test fails: what was
/// recorded has to be looked at before it counts.
package func expectScreen(
  _ frame: Frame,
  _ name: String,
  file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let size = "\(frame.size.columns)x\(frame.size.rows)"
  let folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Screens")
  let golden = folder.appending(path: "\(name).\(size).txt")
  let actual = recorded(frame)
  if ProcessInfo.processInfo.environment["RECORD_SCREENS"] == "1" {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(actual.utf8).write(to: golden)
      Issue.record("recorded \(name).\(size).txt: look at it", sourceLocation: sourceLocation)
    } catch {
      Issue.record("cannot record \(golden.path()): \(error)", sourceLocation: sourceLocation)
    }
    return
  }
  guard let data = try? Data(contentsOf: golden) else {
    Attachment.record(actual, named: "\(name).\(size).actual.txt", sourceLocation: sourceLocation)
    Issue.record(
      "there is no screen \(name).\(size).txt; RECORD_SCREENS=1 records it",
      sourceLocation: sourceLocation
    )
    return
  }
  let expected = String(decoding: data, as: UTF8.self)
  guard expected != actual else { return }
  Attachment.record(actual, named: "\(name).\(size).actual.txt", sourceLocation: sourceLocation)
  Issue.record(
    "\(name).\(size).txt differs\n\(lineDifference(from: expected, to: actual))",
    sourceLocation: sourceLocation
  )
}

/// A frame as recorded screens keep it; blanks at the ends of lines are left out, the letters below
/// tell how long each line is.
private func recorded(_ frame: Frame) -> String {
  let glyphs = frame.lines().map { line in
    String(line.reversed().drop { $0 == " " }.reversed())
  }
  let cursor = frame.cursor.map { "column \($0.column), row \($0.row)" } ?? "hidden"
  return (glyphs + ["~~~ looks"] + frame.looks() + ["~~~ cursor \(cursor)"])
    .map(escaped).joined(separator: "\n") + "\n"
}

/// A line in which control characters can be seen.
private func escaped(_ line: String) -> String {
  line.unicodeScalars.reduce(into: "") { text, scalar in
    if scalar.properties.generalCategory == .control {
      text += "<\(String(scalar.value, radix: 16))>"
    } else {
      text.unicodeScalars.append(scalar)
    }
  }
}

/// The lines that differ, by their numbers: `-` as recorded, `+` as drawn.
private func lineDifference(from expected: String, to actual: String) -> String {
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  var lines: [String] = []
  for index in 0..<max(old.count, new.count) {
    let before = index < old.count ? old[index] : nil
    let after = index < new.count ? new[index] : nil
    guard before != after else { continue }
    if let before { lines.append("\(index + 1) - \(before)") }
    if let after { lines.append("\(index + 1) + \(after)") }
  }
  return lines.joined(separator: "\n")
}
