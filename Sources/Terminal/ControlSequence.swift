import Cells

/// What stands between Esc [ and the final byte: numbers, a private sign, intermediates.
struct ControlSequence: Sendable {
  /// The numbers; those left out are zero, those behind a colon stand apart.
  private(set) var parameters: [Int] = []
  private(set) var isEmpty = true
  /// `<`, `=`, `>` or `?` at the start.
  private var sign: UInt8?
  private var isInSubnumber = false
  private var subnumbers: [Int] = []
  /// Nothing of ours has intermediates or so many numbers.
  private var isForeign = false

  mutating func append(_ byte: UInt8) {
    defer { isEmpty = false }
    switch byte {
    case 0x30...0x39:
      if parameters.isEmpty { parameters = [0] }
      if isInSubnumber {
        subnumbers[subnumbers.count - 1] = grown(subnumbers[subnumbers.count - 1], by: byte)
      } else {
        parameters[parameters.count - 1] = grown(parameters[parameters.count - 1], by: byte)
      }
    case 0x3A where subnumbers.count < 8:
      if parameters.isEmpty { parameters = [0] }
      isInSubnumber = true
      subnumbers.append(0)
    case 0x3B where parameters.count < 16:
      if parameters.isEmpty { parameters = [0] }
      parameters.append(0)
      isInSubnumber = false
      subnumbers = []
    case 0x3C...0x3F where isEmpty:
      sign = byte
    default:
      isForeign = true
    }
  }

  private func grown(_ number: Int, by digit: UInt8) -> Int {
    min(number * 10 + Int(digit) - 0x30, 0x1F_FFFF)
  }

  /// What the sequence says; nil when it is none of ours.
  func input(final: UInt8, alt: Bool) -> Input? {
    guard !isForeign else { return nil }
    if sign == 0x3C { return pointer(final: final).map(Input.pointer) }
    guard sign == nil else { return nil }
    switch final {
    case 0x49 where parameters.isEmpty: return .focus(true)
    case 0x4F where parameters.isEmpty: return .focus(false)
    case 0x7E: return numbered(alt: alt).map(Input.key)
    case 0x5E:  // rxvt: Control.
      return Self.numberedCode(parameters.first ?? 0).map { .key(Key($0, control: true, alt: alt)) }
    case 0x75: return unicode(parameters.first ?? 0, alt: alt).map(Input.key)
    case 0x5A: return .key(held(.backTab, alt: alt))
    case 0x61...0x64:  // rxvt: Shift with an arrow.
      return Self.code(final: final - 0x20).map { .key(Key($0, alt: alt, shift: true)) }
    default:
      // Other numbers in front are no key: the cursor's position ends like F3.
      guard (parameters.first ?? 0) <= 1 else { return nil }
      return Self.code(final: final).map { .key(held($0, alt: alt)) }
    }
  }

  /// What Esc O says with this final byte.
  func singleShiftInput(final: UInt8, alt: Bool) -> Input? {
    switch final {
    case 0x4D: return .key(held(.enter, alt: alt))
    case 0x61...0x64:  // rxvt: Control with an arrow.
      return Self.code(final: final - 0x20).map { .key(Key($0, control: true, alt: alt)) }
    case 0x6A...0x79, 0x58:  // The number pad in application mode.
      let character: Character = final == 0x58 ? "=" : Character(Unicode.Scalar(final - 0x40))
      return .key(held(.character(character), alt: alt))
    default: return Self.code(final: final).map { .key(held($0, alt: alt)) }
    }
  }

  private static func code(final: UInt8) -> Key.Code? {
    switch final {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    case 0x50...0x53: .function(Int(final) - 0x4F)
    default: nil
    }
  }

  private static func numberedCode(_ number: Int) -> Key.Code? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23...26: .function(number - 12)
    case 28, 29: .function(number - 13)
    case 31...34: .function(number - 14)
    default: nil
    }
  }

  private func numbered(alt: Bool) -> Key? {
    let number = parameters.first ?? 0
    if number == 27, parameters.count >= 3 { return unicode(parameters[2], alt: alt) }
    return Self.numberedCode(number).map { held($0, alt: alt) }
  }

  /// The bits of the second number: Shift 1, Alt 2, Control 4.
  private var modifiers: Int {
    parameters.count > 1 ? max(0, parameters[1] - 1) : 0
  }

  private func held(_ code: Key.Code, alt: Bool) -> Key {
    Key(
      code,
      control: modifiers & 4 != 0,
      alt: alt || modifiers & 2 != 0,
      shift: modifiers & 1 != 0 && code != .backTab && !code.isCharacter
    )
  }

  /// A key by the scalar it stands for, as `CSI u` and xterm's `CSI 27 ~` send it.
  private func unicode(_ value: Int, alt: Bool) -> Key? {
    // Releases of keys come as 3 behind the modifiers.
    if parameters.count == 2, subnumbers.first == 3 { return nil }
    let isShifted = modifiers & 1 != 0
    switch value {
    case 9: return held(isShifted ? .backTab : .tab, alt: alt)
    case 13: return held(.enter, alt: alt)
    case 27: return held(.escape, alt: alt)
    case 8, 127: return held(.backspace, alt: alt)
    case 0xE000...0xF8FF: return nil  // Where keys without a character are numbered.
    default: break
    }
    guard let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init), Width.of(scalar) > 0,
      value >= 0x20, !(0x7F...0x9F).contains(value)
    else { return nil }
    var character = Character(scalar)
    if isShifted, modifiers & 4 == 0, let upper = String(character).uppercased().first {
      character = upper
    }
    if modifiers & 4 != 0, let lower = String(character).lowercased().first { character = lower }
    return held(.character(character), alt: alt)
  }

  /// The mouse, as SGR reports say it (mode 1006).
  private func pointer(final: UInt8) -> Pointer? {
    guard parameters.count == 3, final == 0x4D || final == 0x6D else { return nil }
    let button = parameters[0]
    let position = Position(column: max(0, parameters[1] - 1), row: max(0, parameters[2] - 1))
    switch button & ~0x1C {  // Without the bits of Shift, Alt and Control.
    case 0: return Pointer(final == 0x4D ? .press : .release, at: position)
    case 64 where final == 0x4D: return Pointer(.wheelUp, at: position)
    case 65 where final == 0x4D: return Pointer(.wheelDown, at: position)
    default: return nil
    }
  }
}

extension Key.Code {
  fileprivate var isCharacter: Bool {
    if case .character = self { true } else { false }
  }
}
