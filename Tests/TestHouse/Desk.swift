package import Cells
package import CommandCenter
package import Runs
internal import Testing

/// A model with somebody in front of it: keys and messages go in, effects are kept.
package struct Desk: Sendable {
  package var model: Model
  /// What the model wanted done since the last look.
  package var effects: [Effect] = []
  /// The moment of the next message.
  package var now: Timestamp

  /// A desk with a model on it.
  package init(_ model: Model) {
    self.model = model
    now = model.now
  }

  /// Presses keys, by their names.
  /// - Returns: What the model wants done because of them.
  @discardableResult
  package mutating func press(_ names: String) -> [Effect] {
    send(Keys(names).all.map { Message.key($0) })
  }

  /// Types a text, letter by letter.
  @discardableResult
  package mutating func type(_ text: String) -> [Effect] {
    send(Keys.typing(text).map { Message.key($0) })
  }

  /// Does something with the mouse.
  @discardableResult
  package mutating func point(_ action: Pointer.Action, column: Int, row: Int) -> [Effect] {
    send(.pointer(Pointer(action, at: Position(column: column, row: row))))
  }

  /// Tells the model what happened.
  @discardableResult
  package mutating func send(_ messages: Message...) -> [Effect] { send(messages) }

  private mutating func send(_ messages: [Message]) -> [Effect] {
    let more = messages.flatMap { update(&model, $0, at: now) }
    effects += more
    return more
  }

  /// Lets time pass.
  package mutating func wait(_ duration: Duration) {
    now = now + duration
  }

  /// What is on the screen.
  package var frame: Frame { view(model) }

  /// What is on the screen, without its looks.
  package var text: String { frame.lines().joined(separator: "\n") }

  /// The decisions that were to be carried out, in order.
  package var decisions: [Decision] {
    effects.compactMap { if case .carryOut(let decision) = $0 { decision } else { nil } }
  }
}

/// Presses keys in front of a model.
package func drive(_ model: Model, _ names: String) -> (model: Model, effects: [Effect]) {
  var desk = Desk(model)
  let effects = desk.press(names)
  return (desk.model, effects)
}

/// Random numbers that are the same for the same seed.
package struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  /// A generator of a seed.
  package init(_ seed: UInt64) { state = seed }

  /// The next number (SplitMix64).
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
