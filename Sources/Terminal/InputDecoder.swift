package import Cells

/// Turns the bytes of a terminal into keys, pastes and what the mouse did.
///
/// A sequence that nobody knows is swallowed whole and never torn into letters, which would be
/// commands. Bytes may be cut anywhere between two calls, with one exception: an Esc at the end of
/// one call and a character at the start of the next are two keys, in one call they are one key with
/// Alt.
package struct InputDecoder: Sendable {
  /// How much of one paste is kept, in bytes; the rest is dropped.
  package static let pasteLimit = 1 << 20

  private var state = State.ground
  private var inputs: [Input] = []
  /// The paste that is being read.
  private var pasted: [UInt8] = []

  private enum State {
    case ground
    /// The bytes of a character that has begun, and how many it has in all.
    case character([UInt8], count: Int, alt: Bool)
    /// Esc; another one before it means Alt.
    case escape(alt: Bool)
    /// Esc [ and what followed.
    case control(ControlSequence, alt: Bool)
    /// Esc O and digits.
    case single(digits: [UInt8], alt: Bool)
    /// The linux console's Esc [ [, or bytes of known number to swallow.
    case consoleFunction(alt: Bool)
    case skip(Int)
    /// OSC, DCS, APC, PM, SOS: answers to questions that were not asked here.
    case text(opener: UInt8, length: Int, escape: Bool)
    /// Between the brackets of a paste.
    case paste(matched: Int)
  }

  package init() {}

  /// Something has begun that only time can tell from a key by itself.
  ///
  /// A lone Esc, Alt with a bracket: call `settle()` when nothing follows for a moment.
  package var isPending: Bool {
    switch state {
    case .escape, .text: true
    case .control(let sequence, _): sequence.isEmpty
    case .single(let digits, _): digits.isEmpty
    case .ground, .character, .consoleFunction, .skip, .paste: false
    }
  }

  /// Decodes what one read gave.
  package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Input] {
    var isFirst = true
    for byte in bytes {
      if isFirst, case .escape(let alt) = state, !Self.continuesEscape(byte) {
        emitEscapes(alt: alt)
      }
      isFirst = false
      take(byte)
    }
    return flush()
  }

  /// Nothing followed: what is pending is a key by itself.
  package mutating func settle() -> [Input] {
    switch state {
    case .escape(let alt):
      emitEscapes(alt: alt)
    case .control(let sequence, _) where sequence.isEmpty:
      emit(Key(.character("["), alt: true))
      state = .ground
    case .single(let digits, _) where digits.isEmpty:
      emit(Key(.character("O"), alt: true))
      state = .ground
    case .text(let opener, 0, false):
      emit(Key(.character(Character(Unicode.Scalar(opener))), alt: true))
      state = .ground
    case .text:
      state = .ground
    case .ground, .character, .control, .single, .consoleFunction, .skip, .paste:
      break
    }
    return flush()
  }

  /// An Esc that ends one read goes on with these in the next one.
  private static func continuesEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x1B, 0x5B, 0x4F, 0x5D, 0x50, 0x5F, 0x5E, 0x58: true
    default: false
    }
  }

  private mutating func flush() -> [Input] {
    let done = inputs
    inputs = []
    return done
  }

  private mutating func emit(_ key: Key) { inputs.append(.key(key)) }

  /// One Esc, or two where the first one would have been Alt.
  private mutating func emitEscapes(alt: Bool) {
    if alt { emit(Key(.escape)) }
    emit(Key(.escape))
    state = .ground
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground:
      ground(byte, alt: false)
    case .character(let bytes, let count, let alt):
      continueCharacter(bytes, count: count, with: byte, alt: alt)
    case .escape(let alt):
      escape(byte, alt: alt)
    case .control(let sequence, let alt):
      control(sequence, byte, alt: alt)
    case .single(let digits, let alt):
      single(digits, byte, alt: alt)
    case .consoleFunction(let alt):
      state = .ground
      if byte >= 0x41, byte <= 0x45 {
        emit(Key(.function(Int(byte) - 0x40), alt: alt))
      } else if byte < 0x20 || byte >= 0x7F {
        ground(byte, alt: false)
      }
    case .skip(let count):
      state = count > 1 ? .skip(count - 1) : .ground
    case .text(let opener, let length, let escape):
      text(byte, opener: opener, length: length, escape: escape)
    case .paste(let matched):
      paste(byte, matched: matched)
    }
  }

  /// A byte that begins something; with Alt when an Esc stood before it.
  private mutating func ground(_ byte: UInt8, alt: Bool) {
    state = .ground
    switch byte {
    case 0x1B:
      state = .escape(alt: alt)
    case 0x00...0x1F, 0x7F:
      emit(Self.controlKey(byte, alt: alt))
    case 0x20..<0x7F:
      emit(Key(.character(Character(Unicode.Scalar(byte))), alt: alt))
    case 0xC2...0xDF:
      state = .character([byte], count: 2, alt: alt)
    case 0xE0...0xEF:
      state = .character([byte], count: 3, alt: alt)
    case 0xF0...0xF4:
      state = .character([byte], count: 4, alt: alt)
    default:
      break  // No character begins like this.
    }
  }

  private static func controlKey(_ byte: UInt8, alt: Bool) -> Key {
    switch byte {
    case 0x00: Key(.character(" "), control: true, alt: alt)
    case 0x08, 0x7F: Key(.backspace, alt: alt)
    case 0x09: Key(.tab, alt: alt)
    case 0x0D: Key(.enter, alt: alt)
    case 0x01...0x1A:
      Key(.character(Character(Unicode.Scalar(byte + 0x60))), control: true, alt: alt)
    default: Key(.character(Character(Unicode.Scalar(byte + 0x40))), control: true, alt: alt)
    }
  }

  private mutating func continueCharacter(
    _ bytes: [UInt8],
    count: Int,
    with byte: UInt8,
    alt: Bool
  ) {
    guard byte & 0xC0 == 0x80 else {
      // The character was cut off: its bytes are ignored, this one begins anew.
      ground(byte, alt: false)
      return
    }
    let all = bytes + [byte]
    guard all.count == count else {
      state = .character(all, count: count, alt: alt)
      return
    }
    state = .ground
    guard let text = String(validating: all, as: UTF8.self), let scalar = text.unicodeScalars.first,
      !(0x80...0x9F).contains(scalar.value)
    else { return }
    emit(Key(.character(Character(scalar)), alt: alt))
  }

  private mutating func escape(_ byte: UInt8, alt: Bool) {
    switch byte {
    case 0x1B:
      // The first Esc is Alt for a sequence that follows, else a key of its own.
      if alt { emit(Key(.escape)) }
      state = .escape(alt: true)
    case 0x5B:
      state = .control(ControlSequence(), alt: alt)
    case 0x4F:
      state = .single(digits: [], alt: alt)
    case 0x5D, 0x50, 0x5F, 0x5E, 0x58:
      state = .text(opener: byte, length: 0, escape: false)
    default:
      if alt { emit(Key(.escape)) }
      ground(byte, alt: true)
    }
  }

  private mutating func control(_ sequence: ControlSequence, _ byte: UInt8, alt: Bool) {
    if byte == 0x5B, sequence.isEmpty {
      state = .consoleFunction(alt: alt)
      return
    }
    var sequence = sequence
    switch byte {
    case 0x20...0x3F:
      sequence.append(byte)
      state = .control(sequence, alt: alt)
    case 0x40...0x7E:
      state = .ground
      finish(sequence, final: byte, alt: alt)
    default:
      // A control or a byte beyond ASCII ends the sequence unfinished.
      ground(byte, alt: false)
    }
  }

  private mutating func finish(_ sequence: ControlSequence, final: UInt8, alt: Bool) {
    if final == 0x4D, sequence.isEmpty {
      state = .skip(3)  // The old mouse report has three raw bytes behind it.
    } else if final == 0x7E, sequence.parameters == [200] {
      state = .paste(matched: 0)
    } else if let input = sequence.input(final: final, alt: alt) {
      inputs.append(input)
    }
  }

  private mutating func single(_ digits: [UInt8], _ byte: UInt8, alt: Bool) {
    switch byte {
    case 0x30...0x3B where digits.count < 8:
      state = .single(digits: digits + [byte], alt: alt)
    case 0x40...0x7E:
      state = .ground
      var sequence = ControlSequence()
      if !digits.isEmpty {
        // Esc O 5 P: the modifier stands alone.
        for digit in (digits.contains(0x3B) ? [] : [0x31, 0x3B]) + digits { sequence.append(digit) }
      }
      if let input = sequence.singleShiftInput(final: byte, alt: alt) { inputs.append(input) }
    default:
      ground(byte, alt: false)
    }
  }

  private mutating func text(_ byte: UInt8, opener: UInt8, length: Int, escape: Bool) {
    let isEnd = byte == 0x07 || escape && byte == 0x5C
    if isEnd {
      state = .ground
    } else if escape, byte != 0x1B {
      state = .ground  // Something else begins: the answer was cut off.
      self.escape(byte, alt: false)
    } else if byte == 0x18 || byte == 0x1A || length >= 1 << 16 {
      state = .ground  // CAN, SUB; or no end in sight.
    } else {
      state = .text(opener: opener, length: length + 1, escape: byte == 0x1B)
    }
  }

  private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

  private mutating func paste(_ byte: UInt8, matched: Int) {
    if byte == Self.pasteEnd[matched] {
      if matched + 1 < Self.pasteEnd.count {
        state = .paste(matched: matched + 1)
      } else {
        inputs.append(.paste(Self.text(of: pasted)))
        pasted = []
        state = .ground
      }
      return
    }
    // What looked like the end was text.
    keep(Self.pasteEnd[..<matched])
    if byte == Self.pasteEnd[0] {
      state = .paste(matched: 1)
    } else {
      keep([byte])
      state = .paste(matched: 0)
    }
  }

  private mutating func keep(_ bytes: some Collection<UInt8>) {
    guard pasted.count + bytes.count <= Self.pasteLimit else { return }
    pasted.append(contentsOf: bytes)
  }

  /// The text of a paste; a character cut at the limit is left out, invalid bytes become U+FFFD.
  private static func text(of bytes: [UInt8]) -> String {
    var bytes = bytes[...]
    if bytes.count >= pasteLimit - 3 {
      let tail = bytes.suffix(3).lastIndex { $0 & 0xC0 != 0x80 }
      if let tail, bytes[tail] >= 0xC0 { bytes = bytes[..<tail] }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
