import Glibc
import TestHouse
import Testing

extension EndToEnd {
  /// One front before a server that goes through every fault, again and again.
  ///
  /// For a few seconds in the test run; `make soak` gives it ten minutes by `SOAK_SECONDS`.
  @Suite struct Soak {
    @Test func `the truth line agrees with what was done to the calls, through all faults`() throws
    {
      let seconds = unsafe getenv("SOAK_SECONDS").flatMap { unsafe Int(String(cString: $0)) } ?? 10
      // A short soak has no time for what is noticed, or passes by itself, only after 15 s and more.
      let isLong = seconds >= 120
      let faults = KnownFault.allCases.filter { isLong || !$0.isSlow }
      var soak = try Soaking(SpoiledScene(), isPatient: isLong)
      let end = ContinuousClock.now + .seconds(seconds)
      while true {
        for known in faults {
          guard ContinuousClock.now < end else {
            try soak.finish()
            return
          }
          try soak.suffer(known)
        }
        try soak.noteCost()
      }
    }
  }
}

/// A soak under way: what was done, what was seen.
private struct Soaking {
  /// When a fault was at work.
  private struct Spell {
    var known: KnownFault
    var began: ContinuousClock.Instant
  }

  /// What the process costs at the end of a round, with nothing under way.
  private struct Cost {
    var descriptors: Int
    var kilobytes: Int
  }

  /// How long after something happened a screen may still show how it was before.
  ///
  /// A painted screen is looked at through tmux, on a machine that builds something besides.
  private static let slack = Duration.seconds(3)
  /// The pause between polls, and how much later a reading may be before its age is shown.
  private static let onTime = Duration.seconds(6)

  private let scene: SpoiledScene
  private let process: Int32
  /// Whether some faults are waited for until they have passed by themselves.
  private let isPatient: Bool
  private var spells: [Spell] = []
  private var costs: [Cost] = []
  private var looks = 0
  private var keys = 0

  init(_ scene: SpoiledScene, isPatient: Bool) throws {
    self.scene = scene
    self.isPatient = isPatient
    process = try scene.window.pid()
    try noteCost()
  }

  /// Lets a fault work for a while, looks and presses keys meanwhile, and waits for the way back.
  mutating func suffer(_ known: KnownFault) throws {
    spells.append(Spell(known: known, began: .now))
    let imposed = try scene.proxy.impose(known.fault())
    try scene.window.press("r")
    for _ in 0..<3 {
      try look()
      try pressKey()
      try scene.window.press("r")
    }
    // In the first round every fifth is waited for until it is said in full, and passes by itself.
    let isFirstRound = costs.count == 1
    let waits = isPatient && (known.isSlow || isFirstRound && spells.count.isMultiple(of: 5))
    if waits {
      try scene.window.waitFor("“\(known.words.truth)” for “\(known.rawValue)”") { screen in
        screen[0].hasSuffix(known.words.truth)
      }
      try scene.expectKeys()
    }
    try scene.proxy.lift(imposed)
    if !waits { try scene.window.press("r") }
    // The back-off is at most 36 s.
    _ = try Waiting.until("“\(known.rawValue)” to pass", within: .seconds(90)) {
      try pressKey()
      return try look().hasSuffix(" live") ? true : nil
    }
  }

  private mutating func pressKey() throws {
    try scene.moveCursor()
    keys += 1
  }

  // MARK: Truth

  /// Looks at the screen and holds it against the log.
  /// - Returns: The top line.
  @discardableResult
  private mutating func look() throws -> String {
    let began = ContinuousClock.now
    let screen = try scene.window.screen()
    let ended = ContinuousClock.now
    looks += 1
    let top = screen[0]
    let log = scene.proxy.log.filter { $0.ended.map { $0 <= ended } ?? false }
    let good = log.last(where: \.isGood)?.ended
    let spells = spells
    let situation = {
      let past = spells.suffix(3).map { "“\($0.known.rawValue)” for \(ended - $0.began)" }
      let since = good.map { "\(ended - $0)" } ?? "never"
      let calls = log.suffix(6).map { entry in
        "\(entry.method) \(entry.path) “\(entry.fault ?? "")” \(entry.status ?? 0) "
          + "\(entry.isWhole ? "whole" : "cut"), begun \(ended - entry.began) ago"
      }
      return "“\(top)”, last good \(since), \(past.joined(separator: ", "))\n"
        + calls.joined(separator: "\n")
    }
    for run in scene.runs {
      #expect(screen.contains { $0.contains(run.short) }, "a row is gone: \(situation())")
    }
    let since = good.map { ended - $0 } ?? .zero
    if top.hasSuffix(" live") {
      #expect(since <= Soaking.onTime + Soaking.slack, "fresher than it is: \(situation())")
      // The last poll that ended long enough ago to be on the screen was a good one.
      let isOld = { (entry: FaultProxy.Entry) in
        entry.ended.map { $0 < began - Soaking.slack } ?? false
      }
      let known = log.last { $0.path == "/v1/runs" && isOld($0) }
      let newer = log.contains { $0.isGood && !isOld($0) }
      #expect(known?.isGood != false || newer, "a failure is hidden: \(situation())")
    } else if let age = age(in: top) {
      #expect(age >= since - Soaking.slack, "fresher than it is: \(situation())")
      if let word = word(in: top) {
        let from = (good ?? began) - Soaking.slack
        let last = spells.lastIndex { $0.began <= from } ?? 0
        let possible = Set(spells[last...].map(\.known.words.truth))
        #expect(possible.contains(word), "\(word) is not what happened: \(situation())")
      }
    } else {
      Issue.record("the top line says nothing about the data: \(situation())")
    }
    return top
  }

  /// The age in `data 1m05s old`.
  private func age(in top: String) -> Duration? {
    guard let start = top.firstRange(of: " data ")?.upperBound,
      let end = top[start...].firstRange(of: " old")?.lowerBound
    else { return nil }
    var seconds = 0
    var digits = ""
    for letter in top[start..<end] {
      switch letter {
      case "s": seconds += Int(digits) ?? 0
      case "m": seconds += 60 * (Int(digits) ?? 0)
      case "h": seconds += 3600 * (Int(digits) ?? 0)
      default:
        digits.append(letter)
        continue
      }
      digits = ""
    }
    return .seconds(seconds)
  }

  /// The word in `old · OFFLINE`.
  private func word(in top: String) -> String? {
    top.firstRange(of: " old · ").map { String(top[$0.upperBound...]) }
  }

  // MARK: Cost

  /// Notes what the process holds; after each round, when all is well.
  mutating func noteCost() throws {
    let status = try TextFile.read("/proc/\(process)/status").split(separator: "\n")
    let resident = status.first { $0.hasPrefix("VmRSS:") }?.split(separator: " ").dropFirst().first
    let kilobytes = try #require(resident.flatMap { Int($0) })
    let descriptors = TextFile.names(in: "/proc/\(process)/fd").count
    costs.append(Cost(descriptors: descriptors, kilobytes: kilobytes))
  }

  /// Checks that nothing grew, and says what was done.
  mutating func finish() throws {
    let rounds = costs.dropFirst()
    try noteCost()
    let table = costs.map { "\($0.kilobytes) kB, \($0.descriptors) descriptors" }
    print(
      "\(spells.count) faults, \(looks) screens held against the log, \(keys) keys painted; "
        + "at the start, after each round, at the end:\n" + table.joined(separator: "\n")
    )
    let first = try #require(costs.first)
    let last = try #require(costs.last)
    // A connection or two may be kept at one time and not at another.
    #expect(last.descriptors <= first.descriptors + 3, "\(table)")
    // Ends of rounds are alike; after the first one everything has been seen once, the largest
    // answers among it. A leak of one of those, or of a little at each poll, is more than this.
    if rounds.count > 1, let early = rounds.first, let late = rounds.last {
      #expect(late.kilobytes <= early.kilobytes + 12_288, "\(table)")
    }
    #expect(scene.proxy.strayConnections == 0)
    #expect(try scene.window.pid() == process)
    #expect(try scene.window.ending() == nil)
  }
}

extension FaultProxy.Entry {
  /// Whether it brought the client something that it could read.
  fileprivate var isGood: Bool {
    let isHarmless = fault.flatMap { KnownFault(rawValue: $0) }.map { known in
      known.words.isHarmless || known.isSlow
    }
    return isWhole && [200, 304].contains(status ?? 0) && isHarmless ?? true
      && (path == "/v1/runs" || path == "/v1/tasks/pending")
  }
}
