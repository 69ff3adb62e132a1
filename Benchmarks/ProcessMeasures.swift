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
    let settled = 2
    return try [true, false].map { changes throws(Mistake) in
      let pair = try both(changesEveryPoll: changes)
      // The last poll may have been cut short, and the first ones paint the screen.
      try Subject.run([pair.front, pair.reference], polls: settled + runs)
      let bytes = pair.map { $0.bytesOfPolls.dropFirst(settled).prefix(runs).map(Double.init) }
      let what = changes ? "1 of 40 runs" : "nothing"
      let reach = changes ? "150 B" : "0 B"
      return try Figure("poll that changes \(what), 120x40", unit: "B", bytes, reach: reach)
    }
  }

  /// What a program uses while nobody touches it and nothing changes.
  func idleFigures() throws(Mistake) -> [Figure] {
    let pair = try both()
    let subjects = [pair.front, pair.reference]
    try Subject.run(subjects, polls: 2)
    var time = Pair<[Double]>(front: [], reference: [])
    var wakeUps = time
    for _ in 0..<runs {
      let before = try Bench.figures(pair)
      try Subject.run(subjects, for: .milliseconds(idlePolls * 3000))
      let after = try Bench.figures(pair)
      // To 30 s, however long the window was.
      let scale = 10 / Double(idlePolls)
      for side in [\Pair<ProcessFigures>.front, \.reference] {
        let used = (after[keyPath: side].processorTime - before[keyPath: side].processorTime)
        let woken = after[keyPath: side].wakeUps - before[keyPath: side].wakeUps
        if side == \.front {
          time.front.append(used.asMilliseconds * scale)
          wakeUps.front.append(Double(woken) / Double(idlePolls))
        } else {
          time.reference.append(used.asMilliseconds * scale)
          wakeUps.reference.append(Double(woken) / Double(idlePolls))
        }
      }
    }
    return [
      try Figure("idle for 30 s: processor", unit: "ms", time, reach: "1.3 x"),
      try Figure("idle: wake-ups a poll", unit: "", wakeUps, reach: "2"),
      try Figure(
        "idle: wake-ups a minute",
        unit: "",
        wakeUps.map { $0.map { $0 * 20 } },
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
      var resident = Pair<[Double]>(front: [], reference: [])
      var unshared = resident
      for _ in 0..<runs {
        let pair = try both(runs: count, changesEveryPoll: true)
        try Subject.run([pair.front, pair.reference], polls: 3)
        let figures = try Bench.figures(pair)
        resident.front.append(Double(figures.front.resident) / 1024)
        resident.reference.append(Double(figures.reference.resident) / 1024)
        unshared.front.append(Double(figures.front.unshared) / 1024)
        unshared.reference.append(Double(figures.reference.unshared) / 1024)
      }
      rows.append(try Figure("memory, \(count) runs: resident", unit: "MB", resident, reach: reach))
      rows.append(try Figure("memory, \(count) runs: private", unit: "MB", unshared))
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
