import Testing

@testable import Terminal

private let esc = "\u{1B}"

@Suite struct StyleSaverTests {
  /// What a piece of terminal shows of a text, whatever sequences led to it.
  private struct Shown: Equatable {
    var byte: UInt8
    var foreground: [Int]?
    var background: [Int]
    var attributes: Set<Int>
  }

  /// Reads bytes as a terminal does.
  private func shown(_ bytes: [UInt8]) -> [Shown] {
    var shown: [Shown] = []
    var foreground: [Int] = []
    var background: [Int] = []
    var attributes: Set<Int> = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] == 0x1B else {
        shown.append(
          Shown(
            byte: bytes[at],
            foreground: foreground,
            background: background,
            attributes: attributes
          )
        )
        at += 1
        continue
      }
      guard bytes[at + 1] == UInt8(ascii: "[") else {
        at += 3
        continue
      }
      var end = at + 2
      while bytes[end] < 0x40 { end += 1 }
      let text = String(decoding: bytes[at + 2..<end], as: UTF8.self)
      if bytes[end] == UInt8(ascii: "m") {
        var codes = text.split(separator: ";", omittingEmptySubsequences: false)
          .map { Int($0) ?? 0 }[...]
        while let code = codes.popFirst() {
          switch code {
          case 0: (foreground, background, attributes) = ([], [], [])
          case 1...9: attributes.insert(code)
          case 22: attributes.subtract([1, 2])
          case 38: foreground = Array(codes.prefix(2))
          case 48: background = Array(codes.prefix(2))
          case 39: foreground = []
          case 49: background = []
          case 30...37: foreground = [code]
          default: background = [code]
          }
          if code == 38 || code == 48 { codes = codes.dropFirst(2) }
        }
      } else {
        // What is erased has a background, and nothing of the rest.
        shown.append(
          Shown(byte: bytes[end], foreground: nil, background: background, attributes: [])
        )
      }
      at = end + 1
    }
    return shown.map { cell in
      guard cell.byte == 0x20, cell.attributes.isDisjoint(with: [4, 7, 9]) else { return cell }
      return Shown(byte: 0x20, foreground: nil, background: cell.background, attributes: [])
    }
  }

  @Test(arguments: 0..<200) func `what is left out is seen by nobody`(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func pick(_ count: UInt64) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % count)
    }
    let pieces = [
      "a", "b", " ", "  ", "\(esc)[K", "\(esc)[4X", "\(esc)[2;3H", "\(esc)(B", "\(esc)[m",
      "\(esc)(B\(esc)[0;1m",
      "\(esc)[39;49m", "\(esc)[1m", "\(esc)[4m", "\(esc)[7m", "\(esc)[22m", "\(esc)[38;5;80m",
      "\(esc)[38;5;145m",
      "\(esc)[48;5;234m", "\(esc)[48;5;237m", "\(esc)[31m", "\(esc)[42m", "\(esc)[0;31;42m",
      "\(esc)[;1m",
    ]
    var saver = StyleSaver()
    var (before, after): ([UInt8], [UInt8]) = ([], [])
    // Frames, each ending as ncurses ends them.
    for _ in 0..<4 {
      let text = (0..<40).map { _ in pieces[pick(UInt64(pieces.count))] }.joined() + "\(esc)[m"
      before += Array(text.utf8)
      after += saver.saved(Array(text.utf8))
    }
    #expect(shown(after) == shown(before))
    #expect(after.suffix(1) == before.suffix(1) || after.count < before.count)
  }

  private func saved(_ text: String, _ saver: inout StyleSaver) -> String {
    String(decoding: saver.saved(Array(text.utf8)), as: UTF8.self)
  }

  @Test func `a row of one background names it once`() {
    var saver = StyleSaver()
    let row =
      "\(esc)(B\(esc)[m\(esc)[38;5;253m\(esc)[48;5;234m \(esc)[38;5;80m\(esc)[48;5;234mo "
      + "\(esc)[38;5;253m\(esc)[48;5;234mname\(esc)[K\(esc)[39;49m\(esc)(B\(esc)[m"
    #expect(
      saved(row, &saver)
        == "\(esc)(B\(esc)[0;38;5;253;48;5;234m \(esc)[38;5;80mo \(esc)[38;5;253mname\(esc)[K\(esc)[m"
    )
    #expect(saved("\(esc)(B\(esc)[0;1mx", &saver) == "\(esc)[1mx")
  }

  @Test func `what is not understood passes as it came`() {
    var saver = StyleSaver()
    let text =
      "\(esc)[38:2::1:2:3mx\(esc)[38:2::1:2:3mx\(esc)[?25l\(esc)]2;a title\u{7}\(esc)7\(esc)[38;5"
    #expect(saved(text, &saver) == text)
    #expect(saved("\(esc)[38;5;9my\(esc)", &saver) == "\(esc)[38;5;9my\(esc)")
  }
}
