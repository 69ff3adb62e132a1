internal import Glibc

/// What is measured on the screen: first paint, keys, bytes.
extension Bench {
  /// Paint that pauses for longer than this is another frame.
  private static let frameGap = Int64.milliseconds(3)
  /// A key's answer is whole when nothing came for this long; no figure contains it.
  private static let keyQuiet = Int64.milliseconds(8)

  /// From the start of the process to what it paints first.
  func startFigures() throws(Mistake) -> [Figure] {
    let atOnce = Program(path: reference.path, arguments: ["--rows-at-once"])
    let frames = try alternate(reference: atOnce) { program throws(Mistake) in
      try startTimes(Subject(program, size: .small), until: Subject.Mark.frame)
    }
    let rows = try alternate { program throws(Mistake) in
      try startTimes(Subject(program, size: .small), until: Subject.Mark.rows)
    }
    let again = try alternate(reference: atOnce) { program throws(Mistake) in
      let before = try Subject(program, size: .small)
      try before.waitForRows()
      before.process.signal(SIGHUP)
      _ = try before.waitForEnd()
      return try startTimes(Subject(program, size: .small, after: before), until: Subject.Mark.rows)
    }
    return [
      try Figure("start: first byte", unit: "ms", frames.map { $0.map(\.first) }),
      try Figure(
        "start: first frame (C: with its rows)",
        unit: "ms",
        frames.map { $0.map(\.marked) },
        reach: "2.0 x"
      ),
      try Figure(
        "start: frame with the server's rows",
        unit: "ms",
        rows.map { $0.map(\.marked) },
        reach: "2.0 x"
      ),
      try Figure(
        "start again: frame with rows (C: its own)",
        unit: "ms",
        again.map { $0.map(\.marked) },
        reach: "2.0 x"
      ),
    ]
  }

  /// Milliseconds to the first byte, and to the last byte of the frame that holds a mark.
  private func startTimes(
    _ subject: Subject,
    until mark: [UInt8]
  ) throws(Mistake) -> (first: Double, marked: Double) {
    let chunks = try subject.read(quiet: .milliseconds(30)) { $0.firstIndex(of: mark) != nil }
    var seen: [UInt8] = []
    var last = chunks[0].at
    var isMarked = false
    for chunk in chunks {
      if isMarked, chunk.at - last > Bench.frameGap { break }
      seen += chunk.bytes
      last = chunk.at
      isMarked = isMarked || seen.firstIndex(of: mark) != nil
    }
    let start = subject.process.startedAt
    return ((chunks[0].at - start).asMilliseconds, (last - start).asMilliseconds)
  }

  /// From a key to the last byte that it makes the program paint.
  func keyFigures() throws(Mistake) -> [Figure] {
    var rows: [Figure] = []
    for size in [Size.small, .large] {
      rows += try keyFigures("key, 40 runs, \(size.words)", reach: ("1.4 x", "5 ms")) {
        program throws(Mistake) in
        let subject = try Subject(program, size: size)
        try subject.waitForRows()
        return subject
      }
    }
    rows += try keyFigures("key, 10000 runs that change, 120x40", reach: ("", "16 ms")) {
      program throws(Mistake) in
      let subject = try Subject(program, size: .large, runs: 10_000, changesEveryPoll: true)
      try subject.waitForRows()
      return subject
    }
    let name = "key, 10000 runs that change, sorted and filtered, 120x40"
    rows += try keyFigures(name, reach: ("", "16 ms")) { program throws(Mistake) in
      let subject = try Subject(program, size: .large, runs: 10_000, changesEveryPoll: true)
      try subject.waitForRows()
      // By workflow, and of these one; what C makes of it is to paint its rows again.
      try subject.type("o")
      try subject.type("/invoice\r")
      return subject
    }
    return rows
  }

  private func keyFigures(
    _ name: String,
    reach: (median: String, tail: String),
    _ start: (Program) throws(Mistake) -> Subject
  ) throws(Mistake) -> [Figure] {
    let spreads = try alternate { program throws(Mistake) -> Spread in
      let subject = try start(program)
      var times: [Double] = []
      for index in 0..<keys {
        // Down through 40 rows and up again: never a key at an end, which would paint nothing.
        let key: Unicode.Scalar = index % 78 < 39 ? "j" : "k"
        times.append(try subject.press(key, quiet: Bench.keyQuiet).time.asMilliseconds)
      }
      guard let spread = Spread(times) else { throw Mistake("\(name): no key was typed.") }
      return spread
    }
    return try [(50, reach.median), (99, reach.tail)].map { percent, reach throws(Mistake) in
      let figures = spreads.map { $0.map { $0.percentile(percent) } }
      return try Figure("\(name): p\(percent)", unit: "ms", figures, reach: reach)
    }
  }

  /// How many bytes a move of the cursor by one row costs.
  func byteFigures() throws(Mistake) -> [Figure] {
    try [Size.small, .large].map { size throws(Mistake) in
      let bytes = try alternate { program throws(Mistake) -> Double in
        let subject = try Subject(program, size: size)
        try subject.waitForRows()
        // Among the rows of one section, away from its edges.
        let quiet = Int64.milliseconds(40)
        for _ in 0..<5 { _ = try subject.press("j", quiet: quiet) }
        var counts: [Double] = []
        for index in 0..<10 {
          let key: Unicode.Scalar = index.isMultiple(of: 2) ? "j" : "k"
          counts.append(Double(try subject.press(key, quiet: quiet).bytes))
        }
        return Spread(counts)?.median ?? 0
      }
      return try Figure("cursor move, \(size.words)", unit: "B", bytes, reach: "430 B")
    }
  }
}
