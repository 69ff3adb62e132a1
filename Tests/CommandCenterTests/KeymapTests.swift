import Cells
import CommandCenter
import Runs
import TestHouse
import Testing

/// Keys that operators bind as they like.
@Suite struct KeymapTests {
  private func keymap(_ wishes: (String?, String, [String])...) throws -> Keymap {
    try Keymap.standard.applying(
      wishes.map { Keymap.Wish(scope: $0.0, command: $0.1, keys: $0.2) }
    )
  }

  private func sentence(_ wishes: [(String?, String?, [String])]) -> String? {
    do throws(Keymap.Mistake) {
      _ = try Keymap.standard.applying(
        wishes.map { Keymap.Wish(scope: $0.0, command: $0.1, keys: $0.2) }
      )
      return nil
    } catch {
      return error.sentence
    }
  }

  private func key(_ name: String) throws -> Key { try #require(Key(name: name)) }

  @Test func `a command has the keys that are wished for it, and no other`() throws {
    let keymap = try keymap(("inbox", "approve", ["A", "f2"]))
    #expect(keymap.command(for: try key("A"), in: .inbox) == .approve)
    #expect(keymap.command(for: try key("f2"), in: .inbox) == .approve)
    #expect(keymap.command(for: try key("a"), in: .inbox) == nil)
    #expect(keymap.label(of: .approve, in: .inbox) == "A")
    #expect(keymap.command(for: try key("a"), in: .run) == .approve, "another table")
  }

  @Test func `keys may be exchanged, and taken away`() throws {
    let keymap = try keymap(
      ("inbox", "approve", ["x"]),
      ("inbox", "reject", ["a"]),
      ("inbox", "sort", [])
    )
    #expect(keymap.command(for: try key("x"), in: .inbox) == .approve)
    #expect(keymap.command(for: try key("a"), in: .inbox) == .reject)
    #expect(keymap.command(for: try key("o"), in: .inbox) == nil)
    #expect(keymap.label(of: .sort, in: .inbox) == nil)
  }

  @Test func `a wish for all screens counts where there is none of its own`() throws {
    let keymap = try keymap((nil, "help", ["f1"]), ("run", "help", ["H"]))
    #expect(keymap.command(for: try key("f1"), in: .inbox) == .help)
    #expect(keymap.command(for: try key("?"), in: .inbox) == nil)
    #expect(keymap.command(for: try key("H"), in: .run) == .help)
    #expect(keymap.command(for: try key("f1"), in: .run) == nil)
  }

  @Test func `a letter for all screens leaves prompts as they are`() throws {
    let keymap = try keymap((nil, "down", ["n"]))
    #expect(keymap.command(for: try key("n"), in: .inbox) == .down)
    #expect(keymap.command(for: try key("n"), in: .help) == nil)
    #expect(keymap.command(for: try key("down"), in: .help) == .down)
  }

  @Test func `Ctrl-C and Ctrl-Z keep their meaning whatever is wished`() throws {
    let keymap = try keymap(("inbox", "leave", ["Q"]), ("inbox", "suspend", []))
    #expect(keymap.command(for: try key("Q"), in: .inbox) == .leave)
    #expect(keymap.command(for: try key("ctrl-c"), in: .inbox) == .leave)
    #expect(keymap.command(for: try key("ctrl-z"), in: .inbox) == .suspend)
  }

  @Test func `the keys that edit a line are bound too`() throws {
    let keymap = try keymap(("line", "line-start", ["alt-a"]))
    var line = LineEditor("abc")
    _ = line.edit(try key("alt-a"), keymap)
    #expect(line.cursor == 0)
    _ = line.edit(try key("end"), keymap)
    _ = line.edit(try key("home"), keymap)
    #expect(line.cursor == 3, "home has no meaning any more")
  }

  @Test(arguments: [
    ("inbx", "approve", "a", "keys.inbx is no table of keys; keys.inbox was meant?"),
    ("inbox", "aprove", "a", "keys.inbox.aprove is no command of [keys.inbox]; approve was meant?"),
    (
      "filter", "keep-it-all", "f2", "keys.filter.keep-it-all is no command of [keys.filter]; there"
    ),
    (
      "filter", "approve", "f2",
      "keys.filter.approve: [keys.filter] has no approve; it stands in [keys.inbox], [keys.run]"
    ),
    ("inbox", "approve", "ctl-x", "keys.inbox.approve: \"ctl-x\" is no key; ctrl-x was meant?"),
    ("inbox", "approve", "gg", "keys.inbox.approve: \"gg\" is no key; write one letter or sign"),
    ("inbox", "approve", "", "keys.inbox.approve: an empty text is no key"),
    (
      "inbox", "approve", "x",
      "x is approve and reject in [keys.inbox]; give one of them another key, or none: []"
    ),
    ("inbox", "approve", "ctrl-e", "what decides over a run never lies on a key with Ctrl"),
    ("decision", "confirm", "ctrl-y", "what decides over a run never lies on a key with Ctrl"),
    ("stop", "immediately", "ctrl-x", "what decides over a run never lies on a key with Ctrl"),
    ("inbox", "sort", "ctrl-a", "keys.inbox.sort cannot be ctrl-a: tmux and screen begin"),
    ("inbox", "sort", "ctrl-s", "it stops and starts the output of terminals"),
    ("inbox", "sort", "ctrl-j", "terminals send it for Enter"),
    ("inbox", "sort", "ctrl-i", "terminals send it for Tab"),
    ("inbox", "sort", "ctrl-l", "shells and multiplexers use it"),
    ("inbox", "sort", "ctrl-\\", "terminals end programs with it"),
    ("inbox", "sort", "ctrl-1", "terminals do not send it"),
    ("inbox", "sort", "ctrl-c", "it always closes a prompt, or leaves"),
    ("inbox", "sort", "ctrl-z", "it always suspends the program"),
    ("filter", "keep", "k", "keys.filter.keep cannot be k: it is typed there, as text"),
    ("line", "left", "h", "keys.line.left cannot be h: it is typed there, as text"),
    ("decision", "confirm", "a", "a is approve in [keys.inbox] and confirm in [keys.decision]"),
    ("stop", "immediately", "s", "s is stop in [keys.inbox] and immediately in [keys.stop]"),
    ("review", "send", "b", "b is bulk in [keys.inbox] and send in [keys.review]"),
    ("leave", "send-now", "q", "q is back in [keys.inbox] and send-now in [keys.leave]"),
    ("decision", "confirm", "enter", "enter is confirm in [keys.command] and confirm in [keys.dec"),
    (
      "stop", "gracefully", "enter", "enter is confirm in [keys.command] and gracefully in [keys.st"
    ),
    ("leave", "send-now", "enter", "enter is confirm in [keys.command] and send-now in [keys.leav"),
    ("review", "send", "i", "i is immediately in [keys.stop] and send in [keys.review]"),
    ("review", "send", "g", "g is top and send in [keys.review]"),
    ("run", "stop", "g", "g is top and stop in [keys.run]"),
    ("run", "stop", "i", "i is stop in [keys.run] and immediately in [keys.stop]"),
    ("command", "complete", "ctrl-w", "ctrl-w is complete in [keys.command] and erase-word in"),
  ])
  func `keys that cannot be bound are refused in one sentence`(
    scope: String,
    command: String,
    name: String,
    words: String
  ) throws {
    let said = try #require(sentence([(scope, command, [name])]))
    #expect(said.contains(words), "\(said)")
    #expect(!said.contains("\n"))
  }

  /// The commands that open a question elsewhere than on a screen, or bring it back, and what answers
  /// it there; on one key the question would be answered by a double press.
  @Test(arguments: [
    ("command", "confirm", "decision", "confirm"), ("command", "confirm", "stop", "gracefully"),
    ("command", "confirm", "stop", "immediately"), ("command", "confirm", "review", "send"),
    ("command", "confirm", "leave", "send-now"), ("command", "close", "review", "send"),
    ("help", "open", "decision", "confirm"), ("help", "open", "stop", "gracefully"),
    ("help", "open", "stop", "immediately"), ("help", "open", "review", "send"),
    ("help", "open", "leave", "send-now"), ("help", "close", "review", "send"),
    ("prompt", "confirm", "decision", "confirm"), ("prompt", "close", "decision", "confirm"),
    ("prompt", "close", "stop", "gracefully"), ("prompt", "confirm", "review", "send"),
    ("prompt", "close", "review", "send"), ("stop", "gracefully", "review", "send"),
    ("stop", "immediately", "review", "send"), ("activity", "leave", "leave", "send-now"),
    ("run", "leave", "leave", "send-now"), ("review", "leave", "leave", "send-now"),
    ("decision", "leave", "leave", "send-now"),
  ])
  func `what opens a question, or brings it back, never answers it`(
    scope: String,
    opener: String,
    question: String,
    answer: String
  ) throws {
    // F5 is nobody's, so that it is only these two that meet.
    let said = try #require(sentence([(scope, opener, ["f5"]), (question, answer, ["f5"])]))
    #expect(
      said
        == "f5 is \(opener) in [keys.\(scope)] and \(answer) in [keys.\(question)], and pressed twice "
        + "it would decide; change one of them"
    )
    #expect(sentence([(scope, opener, ["f5"]), (question, answer, ["f6"])]) == nil)
  }

  @Test func `what closes a question must have a key, and a table must be one`() {
    #expect(
      sentence([("decision", "close", [])])
        == "keys.decision.close has no key left: nothing could be closed there"
    )
    #expect(sentence([("filter", "close", [])]) == nil, "Ctrl-C closes it still")
    #expect(sentence([("nowhere at all", nil, [])])?.contains("is no table of keys") == true)
  }

  @Test func `any wishes end in a keymap that holds together, or in a sentence`() throws {
    var random = Seeded(11)
    let names = [
      "a", "x", "ctrl-a", "f5", "esc", "enter", "ctrl-c", "q", "tab", "nonsense", "alt-p",
    ]
    var bound = 0
    for _ in 0..<2000 {
      let wishes = (0..<3).map { _ in
        let scope = Keymap.Scope.allCases.randomElement(using: &random)
        let command = Keymap.standard.bindings[scope ?? .inbox]?.randomElement(using: &random)
        let keys = names.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
        return Keymap.Wish(
          scope: Bool.random(using: &random) ? nil : scope?.rawValue,
          command: command?.command.rawValue ?? "close",
          keys: Array(keys)
        )
      }
      guard let keymap = try? Keymap.standard.applying(wishes) else { continue }
      bound += 1
      for (scope, bindings) in keymap.bindings {
        let keys = bindings.flatMap(\.keys)
        #expect(Set(keys).count == keys.count, "\(scope.rawValue)")
        #expect(bindings.allSatisfy { $0.command != .close || !$0.keys.isEmpty })
        guard let leaves = bindings.first(where: { $0.command == .leave }) else { continue }
        #expect(leaves.keys.contains(try key("ctrl-c")))
      }
    }
    #expect(bound > 100)
  }
}

/// With other keys bound, no screen shows a key of the shipped ones.
@Suite struct BoundKeyScreenTests {
  /// A keymap without a single shipped key: each command has a function key of its own, and where
  /// there are too few of those, one with Alt.
  private static let strange: Keymap = {
    let bindings = Keymap.standard.bindings.mapValues { bindings in
      var number = 0
      return bindings.map { binding in
        number += 1
        let name = number <= 20 ? "f\(number)" : "alt-f\(number - 20)"
        return Keymap.Binding(binding.command, name)
      }
    }
    return Keymap(bindings)
  }()

  /// What a screen shows with the shipped keys and does not show with others.
  private func expectNoShippedKeys(_ frame: Frame, scopes: [Keymap.Scope], _ name: String) {
    // Keys stand in their own look: no run's text can be taken for one.
    var shown: [String] = []
    for row in 0..<frame.size.rows {
      var text = ""
      for column in 0...frame.size.columns {
        let cell = frame[column: column, row: row]
        if cell.look.role == .key, column < frame.size.columns {
          text.unicodeScalars.append(cell.scalar)
        } else if !text.isEmpty {
          shown += text.split(separator: " ").map(String.init)
          text = ""
        }
      }
    }
    let allowed = Set(scopes.flatMap { Self.strange.bindings[$0] ?? [] }.flatMap { $0.keys })
    let labels = Set(allowed.map(\.label) + [":"])
    for key in shown { #expect(labels.contains(key), "\(name) shows \(key)") }
  }

  /// A desk with these keys, some way into the program.
  private func desk(_ open: (inout Desk) -> Void) -> Desk {
    var desk = Sample.desk()
    open(&desk)
    desk.model.config.keymap = Self.strange
    return desk
  }

  @Test func `no screen shows a shipped key when others are bound`() {
    let ways: [(String, [Keymap.Scope], (inout Desk) -> Void)] = [
      ("inbox", [.inbox], { _ in }),
      ("approval", [.decision, .inbox], { $0.press("a") }),
      ("stop", [.stopping, .inbox], { $0.press("] ] s") }),
      ("help", [.help, .inbox], { $0.press("?") }),
      ("filter", [.filter, .inbox], { $0.press("/") }),
      ("line", [.command, .inbox], { $0.press(":") }),
      ("token", [.token, .inbox], { $0.press("t") }),
      ("run", [.run], { $0.press("] ] enter") }),
      ("task", [.run], { $0.press("enter") }),
      ("edit", [.run, .field], { $0.press("enter e") }),
      ("review", [.review, .inbox], { $0.press("space space a") }),
      ("review of stops", [.stopping, .review], { $0.press("] ] space space s") }),
      ("activity", [.activity], { $0.press("backtab") }),
      ("choice", [.choice, .inbox], { $0.press("+") }),
      ("start", [.start], { $0.press("] ] enter +") }),
      ("comment", [.decision, .prompt, .inbox], { $0.press("a c") }),
      ("name of a filter", [.naming, .inbox], { $0.press("/ x enter S") }),
      (
        "leaving", [.leaving, .inbox],
        { desk in
          desk.model.profile.undoWindow = .seconds(3)
          desk.press("a y q")
        }
      ),
      (
        "name of the profile", [.prompt, .stopping, .inbox],
        { desk in
          desk.model.profile.isProtected = true
          desk.press("] ] ] s i")
        }
      ),
    ]
    for (name, scopes, open) in ways {
      expectNoShippedKeys(desk(open).frame, scopes: scopes, name)
    }
  }

  @Test func `no sentence names a key by itself`() {
    var desk = desk { desk in
      desk.send(
        .inbox(
          .failed(InboxScreenTests.timedOut, nextTry: desk.now + .seconds(8), missed: 3)
        )
      )
    }
    #expect(!desk.text.contains("(r: now)"), "\(desk.text)")
    #expect(desk.text.contains("F12: now)"), "\(desk.text)")
    desk.model.access = Access(.command("pass"), state: .missing("pass ended with 1"))
    #expect(!desk.text.contains("r tries again"))
  }
}
