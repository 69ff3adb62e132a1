import JSON
import TestHouse
import Testing

/// A runtime, a proxy before it that spoils calls, and the front behind that in a window.
struct SpoiledScene {
  let scene: Scene
  let proxy: FaultProxy
  let window: TerminalWindow
  let runs: [StartedRun]

  /// A window on a runtime with two runs that wait, its own or that of another window.
  init(beside other: SpoiledScene? = nil, columns: Int = 180, rows: Int = 24) throws {
    let scene = try other?.scene ?? Scene()
    self.scene = scene
    proxy = try FaultProxy(before: scene.runtime.port)
    runs = try other?.runs ?? (0..<2).map { _ in try scene.start("refund", Graphs.approval) }
    for run in runs { _ = try run.task() }
    window = try Front.open(
      home: TemporaryHome(),
      url: proxy.url,
      token: scene.runtime.token,
      columns: columns,
      rows: rows,
      peers: [scene.runtime, proxy]
    )
    try window.waitFor("AWAITING APPROVAL", runs[0].short, runs[1].short)
    try waitForLive()
  }

  func waitForLive(within patience: Duration = Waiting.patience) throws {
    try window.waitFor("the truth line to say live", within: patience) { screen in
      screen[0].hasSuffix(" live")
    }
  }

  /// Imposes a fault on all calls and hurries the polls until enough have met it.
  func suffer(_ known: KnownFault, polls: Int? = nil) throws -> FaultProxy.Imposed {
    let before = proxy.count(of: known.rawValue)
    let imposed = try proxy.impose(known.fault())
    // The poll after the one that met a harmless fault begins once that has been taken in.
    for missed in 1...(polls ?? (known.words.isHarmless ? 2 : known.patience)) {
      try window.press("r")
      if known == .refused { continue }
      _ = try Waiting.until("\(missed) polls to meet “\(known.rawValue)”") {
        proxy.count(of: known.rawValue) >= before + missed ? true : nil
      }
    }
    return imposed
  }

  /// Checks what is on the screen while a fault lasts.
  func expectTruth(of known: KnownFault) throws {
    let words = known.words
    let sentence = words.sentence(at: proxy.place)
    let what = "“\(words.truth)”, “\(sentence ?? "no sentence")” and both rows"
    try window.waitFor("\(what) for “\(known.rawValue)”") { screen in
      let isSaid = sentence.map { wanted in screen.contains { $0.contains(wanted) } } ?? true
      let rowsStay = runs.allSatisfy { run in screen.contains { $0.contains(run.short) } }
      // A token that is refused can be replaced; that takes the place of the remark.
      let remark = known == .unauthorized ? "t new token" : "last known state"
      let isMarkedOld = screen.contains { $0.contains(remark) }
      return screen[0].hasSuffix(words.isHarmless ? " live" : " old · \(words.truth)")
        && isSaid && rowsStay && isMarkedOld != words.isHarmless
    }
  }

  /// Checks that keys do what they do: the cursor moves, help opens and closes.
  func expectKeys() throws {
    try moveCursor()
    try window.expectKeys()
  }

  /// Moves the cursor from one run to the other, and waits until that is painted.
  func moveCursor() throws {
    let before = try window.waitFor("a run under the cursor") { selected(in: $0) != nil }
    let rows = before.compactMap(run(in:))
    try window.press(rows.first == selected(in: before) ? "j" : "k")
    try window.waitFor("the cursor on the other run") { screen in
      selected(in: screen).map { $0 != selected(in: before) } ?? false
    }
  }

  private func selected(in screen: [String]) -> String? {
    screen.first { $0.hasPrefix("▌") }.flatMap(run(in:))
  }

  /// The run of a row of the list; the preview beside it does not count.
  private func run(in line: String) -> String? {
    runs.map(\.short).first { line.prefix(60).contains($0) }
  }
}

extension EndToEnd {
  /// What a server and what lies before it can do wrong, one fault after the other in one window:
  /// the words on the screen, the keys meanwhile, the rows that stay, the way back.
  @Suite struct Faults {
    @Test func `every fault is said, spares keys and rows, and passes`() throws {
      let scene = try SpoiledScene()
      for known in KnownFault.allCases where !known.isSlow {
        let imposed = try scene.suffer(known)
        do {
          try scene.expectTruth(of: known)
          try scene.expectKeys()
        } catch {
          Issue.record("\(known.rawValue): \(error)")
        }
        // The next fault begins with a program that is well, whatever this one did to it.
        try scene.proxy.lift(imposed)
        // Only so that nobody waits for the next try; one of them is left to itself.
        if known != .forbidden { try scene.window.press("r") }
        try scene.waitForLive()
      }
      #expect(scene.proxy.strayConnections == 0)
    }

    @Test func `a server that hangs is late first, then offline, and the keys do not wait`() throws
    {
      let slow = KnownFault.allCases.filter(\.isSlow)
      let first = try SpoiledScene()
      let scenes = try [first] + slow.dropFirst().map { _ in try SpoiledScene(beside: first) }
      let imposed = try zip(slow, scenes).map { known, scene in try scene.suffer(known, polls: 1) }
      for scene in scenes { try scene.expectKeys() }
      for scene in scenes {
        let late = try scene.window.waitFor("the age of the data") { screen in
          screen[0].contains(" data ") && screen[0].contains("s old")
        }
        #expect(!late[0].contains("live"))
      }
      // Long before its time is out.
      for scene in scenes {
        try scene.window.waitFor(
          "NO ANSWER",
          "does not answer; it may be busy. No answer for ",
          "last known state"
        )
      }
      for (known, scene) in zip(slow, scenes) {
        try scene.expectTruth(of: known)
        try scene.expectKeys()
      }
      for (scene, imposed) in zip(scenes, imposed) {
        try scene.proxy.lift(imposed)
        try scene.window.press("r")
        try scene.waitForLive()
      }
    }

    @Test func `a server that asks to wait is left alone for as long`() throws {
      let scene = try SpoiledScene()
      let imposed = try scene.suffer(.slowDownFor)
      let asked = scene.proxy.count(of: KnownFault.slowDownFor.rawValue)
      try scene.window.waitFor("a try no earlier than asked") { screen in
        let wanted = (KnownFault.retryAfter - 4)...KnownFault.retryAfter
        return wanted.contains { seconds in
          screen.contains { $0.contains("Retry in \(seconds) s (r: now)") }
        }
      }
      #expect(scene.proxy.count(of: KnownFault.slowDownFor.rawValue) == asked)
      try scene.proxy.lift(imposed)
      try scene.window.press("r")
      try scene.waitForLive()
    }

    @Test func `ages are told by the server's clock, and that it is off is said`() throws {
      let scene = try SpoiledScene()
      for (known, words) in [
        (KnownFault.clockAhead, "the server's clock is 1h ahead of ours"),
        (.clockBehind, "the server's clock is 1h behind ours"),
      ] {
        let imposed = try scene.suffer(known)
        let screen = try scene.window.waitFor("“\(words)” and ages in seconds") { screen in
          screen[1].contains(words)
            && screen.contains { $0.contains("waits for you since") && $0.hasSuffix("s") }
        }
        #expect(screen[0].hasSuffix("2 pending   live"))
        try scene.proxy.lift(imposed)
        try scene.window.press("r")
        try scene.window.waitForNo(words)
      }
    }
  }
}
