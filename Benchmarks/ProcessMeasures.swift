internal import Glibc

/// What is measured on processes that work side by side: polls, idling, memory, the way out.
extension Bench {
  /// Starts both programs, each with a server of its own.
  private func both(
    runs: Int = 40,
    changesEveryPoll: Bool = false
  ) throws(Mistake) -> Pair<Subject> {
    Pair(
      front: try Subject(
        front,
        size: .large,
        runs: runs,
        changesEveryPoll: changesEveryPoll
      ),
      reference: try Subject(
        reference,
        size: .large,
        runs: runs,
        changesEveryPoll: changesEveryPoll
      )
    )
  }

  /// How many bytes a poll makes a program paint.
  func pollFigures() throws(Mistake) -> [Figure] {
    let settled = 3
    let bytes = try [true, false].map { changes throws(Mistake) in
      let pair = try both(changesEveryPoll: changes)
      // The first ones paint the screen, and look what the server can do.
      try Subject.run([pair.front, pair.reference], polls: settled + runs)
      let bytes = pair.map { $0.bytesOfPolls.dropFirst(settled).prefix(runs).map(Double.init) }
      let what = changes ? "1 of 40 runs" : "nothing"
      let reach = changes ? "150 B" : "0 B"
      return try Figure("poll that changes \(what), 120x40", unit: "B", bytes, reach: reach)
    }
    return try bytes + longPollFigures(settled: settled)
  }

  /// What a poll of a long feed costs, all threads together; C asks for one page and reads none.
  private func longPollFigures(settled: Int) throws(Mistake) -> [Figure] {
    try [true, false].map { changes throws(Mistake) in
      let pair = try both(runs: 10_000, changesEveryPoll: changes)
      let subjects = [pair.front, pair.reference]
      try Subject.run(subjects, polls: settled)
      var times: [Pair<Double>] = []
      for run in 1...runs {
        let before = try Bench.figures(pair)
        try Subject.run(subjects, polls: settled + run)
        let used = before.joined(with: try Bench.figures(pair))
        times.append(used.map { ($1.processorTime - $0.processorTime).asMilliseconds })
      }
      return try Figure(
        "poll that changes \(changes ? "1" : "none") of 10000 runs: processor",
        unit: "ms",
        times.columns,
        reach: changes ? "60 ms" : "2 ms"
      )
    }
  }

  /// What a program uses while nobody touches it and nothing changes.
  func idleFigures() throws(Mistake) -> [Figure] {
    let pair = try both()
    let subjects = [pair.front, pair.reference]
    try Subject.run(subjects, polls: 2)
    // To 30 s, however long the window was.
    let scale = 10 / Double(idlePolls)
    var times: [Pair<Double>] = []
    var wakeUps: [Pair<Double>] = []
    for _ in 0..<runs {
      let before = try Bench.figures(pair)
      try Subject.run(subjects, for: .milliseconds(idlePolls * 3000))
      let used = before.joined(with: try Bench.figures(pair))
      times.append(used.map { ($1.processorTime - $0.processorTime).asMilliseconds * scale })
      wakeUps.append(used.map { Double($1.wakeUps - $0.wakeUps) / Double(idlePolls) })
    }
    return [
      try Figure("idle for 30 s: processor", unit: "ms", times.columns, reach: "1.3 x"),
      try Figure("idle: wake-ups a poll", unit: "", wakeUps.columns, reach: "2"),
      try Figure(
        "idle: wake-ups a minute",
        unit: "",
        wakeUps.map { $0.map { $0 * 20 } }.columns,
        reach: "60"
      ),
    ]
  }

  private static func figures(_ pair: Pair<Subject>) throws(Mistake) -> Pair<ProcessFigures> {
    Pair(
      front: try ProcessFigures(pair.front.process.pid),
      reference: try ProcessFigures(pair.reference.process.pid)
    )
  }

  /// What a program holds in memory after its third poll, one run of the feed changing.
  func memoryFigures() throws(Mistake) -> [Figure] {
    var rows: [Figure] = []
    for (count, reach) in [(40, "18 MB"), (10_000, "40 MB")] {
      var resident: [Pair<Double>] = []
      var unshared: [Pair<Double>] = []
      for _ in 0..<runs {
        let pair = try both(runs: count, changesEveryPoll: true)
        try Subject.run([pair.front, pair.reference], polls: 3)
        let figures = try Bench.figures(pair)
        resident.append(figures.map { Double($0.resident) / 1024 })
        unshared.append(figures.map { Double($0.unshared) / 1024 })
      }
      let name = "memory, \(count) runs"
      rows += [
        try Figure("\(name): resident", unit: "MB", resident.columns, reach: reach),
        try Figure("\(name): private", unit: "MB", unshared.columns),
      ]
    }
    return rows
  }

  /// How long a program lives on when its terminal is gone.
  func exitFigures() throws(Mistake) -> [Figure] {
    let signalled = try alternate { program throws(Mistake) in
      try timeToEnd(program) { $0.process.signal(SIGHUP) }
    }
    let closed = try alternate { program throws(Mistake) in
      try timeToEnd(program) { $0.hangUp() }
    }
    return [
      try Figure("exit after SIGHUP", unit: "ms", signalled, reach: "100 ms"),
      try Figure("exit after the terminal closed", unit: "ms", closed, reach: "100 ms"),
    ]
  }

  private func timeToEnd(
    _ program: Program,
    _ blow: (Subject) -> Void
  ) throws(Mistake) -> Double {
    let subject = try Subject(program, size: .small)
    try subject.waitForRows()
    let start = MonotonicClock.now()
    blow(subject)
    return (try subject.waitForEnd() - start).asMilliseconds
  }
}
