/// Takes out of what ncurses writes the changes of style that nobody sees.
///
/// ncurses sends both colours with every change of either, the character set with every attribute,
/// and a foreground for blanks: on a bar of one background half of all bytes say what is so already.
/// Only codes that were read are written, so that nothing is sent that the terminal's description
/// does not know; what is not understood passes as it came.
struct StyleSaver {
  /// The style that the terminal writes with; nil while that is not known.
  private var pen: Pen?
  /// The style that was asked for last.
  private var wanted: Pen?
  /// The character set that was chosen last.
  private var charset: UInt8?

  /// The bytes of one frame without what is superfluous.
  mutating func saved(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      switch bytes[at] {
      case 0x1B: at = escape(bytes, at, into: &out)
      case 0...0x20:
        settle(onBlank: true, into: &out)
        out.append(bytes[at])
        at += 1
      default:
        settle(onBlank: false, into: &out)
        out.append(bytes[at])
        at += 1
      }
    }
    // Others write between frames, and ncurses by itself when it leaves.
    settle(onBlank: false, into: &out)
    return out
  }

  /// Takes a sequence; returns the place behind it.
  private mutating func escape(_ bytes: [UInt8], _ start: Int, into out: inout [UInt8]) -> Int {
    var end = start + 1
    if end < bytes.count, bytes[end] == UInt8(ascii: "[") {
      repeat { end += 1 } while end < bytes.count && bytes[end] < 0x40
      let isStyle = end < bytes.count && bytes[end] == UInt8(ascii: "m")
      if isStyle, let next = Pen(bytes[start + 2..<end], after: wanted) {
        wanted = next
        return end + 1
      }
      // Erasing and scrolling fill with the background.
      settle(onBlank: !isStyle, into: &out)
      if isStyle { (pen, wanted) = (nil, nil) }
    } else if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "(") {
      end += 1
      if charset == bytes[end] { return end + 1 }
      charset = bytes[end]
    } else {
      settle(onBlank: false, into: &out)
    }
    let next = min(end + 1, bytes.count)
    out += bytes[start..<next]
    return next
  }

  /// Writes with the wanted style from here on, or only with what is seen of it on a blank.
  private mutating func settle(onBlank: Bool, into out: inout [UInt8]) {
    guard let wanted, wanted != pen else { return }
    var next = wanted
    if onBlank, let pen, !wanted.isDrawnOnBlanks, !pen.isDrawnOnBlanks {
      next = pen.canBecome(wanted) ? pen : Pen(attributes: wanted.attributes)
      next.background = wanted.background
    }
    if next != pen { out += next.sequence(from: pen) }
    pen = next
  }
}

/// A style as the codes of `ESC [ … m` set it.
struct Pen: Equatable {
  /// One of the two colours.
  enum Paint: Equatable {
    case own
    /// By its own code: 30 to 37, 90 to 97, and ten more behind a glyph.
    case code(Int)
    /// Of the table of 256.
    case table(Int)
  }

  /// A bit for each code from 1 to 9 that is on.
  var attributes = 0
  var foreground = Paint.own
  var background = Paint.own

  init(attributes: Int = 0) { self.attributes = attributes }

  /// The style after a sequence; nil when that cannot be told.
  init?(_ parameters: ArraySlice<UInt8>, after before: Pen?) {
    guard let codes = Pen.codes(parameters) else { return nil }
    guard var pen = codes.first == 0 ? Pen() : before else { return nil }
    var rest = codes[...]
    while let code = rest.popFirst() {
      switch code {
      case 0: pen = Pen()
      case 1...9: pen.attributes |= 1 << code
      case 30...37, 90...97: pen.foreground = .code(code)
      case 40...47, 100...107: pen.background = .code(code)
      case 39: pen.foreground = .own
      case 49: pen.background = .own
      case 38, 48:
        guard rest.popFirst() == 5, let index = rest.popFirst() else { return nil }
        if code == 38 { pen.foreground = .table(index) } else { pen.background = .table(index) }
      default: return nil
      }
    }
    self = pen
  }

  /// The numbers between semicolons, none being 0; nil when there is anything else.
  private static func codes(_ bytes: ArraySlice<UInt8>) -> [Int]? {
    var codes = [0]
    for byte in bytes {
      switch byte {
      case UInt8(ascii: ";"): codes.append(0)
      case 0x30...0x39 where codes[codes.count - 1] < 1000:
        codes[codes.count - 1] = codes[codes.count - 1] * 10 + Int(byte - 0x30)
      default: return nil
      }
    }
    return codes
  }

  /// Whether more than the background of a blank is seen: a line, or the foreground, reversed.
  var isDrawnOnBlanks: Bool { attributes & (1 << 4 | 1 << 7 | 1 << 9) != 0 }

  /// Whether nothing has to be turned off on the way to another style.
  func canBecome(_ other: Pen) -> Bool {
    attributes & ~other.attributes == 0
      && (foreground == other.foreground || other.foreground != .own)
      && (background == other.background || other.background != .own)
  }

  /// The sequence that leads here from another style; nil is any.
  func sequence(from before: Pen?) -> [UInt8] {
    var codes: [Int] = []
    let start: Pen
    if let before, before.canBecome(self) {
      start = before
    } else {
      start = Pen()
      codes.append(0)
    }
    for code in 1...9 where (attributes & ~start.attributes) >> code & 1 == 1 { codes.append(code) }
    for (paint, old, base) in [
      (foreground, start.foreground, 38), (background, start.background, 48),
    ] where paint != old {
      switch paint {
      case .own: break
      case .code(let code): codes.append(code)
      case .table(let index): codes += [base, 5, index]
      }
    }
    let text = codes == [0] ? "" : codes.map(String.init).joined(separator: ";")
    return Array("\u{1B}[\(text)m".utf8)
  }
}
