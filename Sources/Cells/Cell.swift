/// One cell of a frame: a scalar, at most three combining marks on it, and how it is meant.
package struct Cell: Hashable, Sendable {
  /// The base scalar in the low 21 bits, the width above them.
  private var base: UInt32
  /// How the cell is meant.
  package var look: Look
  /// Up to three combining marks of 21 bits each, the first lowest; zero is none.
  private var packedMarks: UInt64

  /// A blank of one column.
  package static let blank = Cell(scalar: " ", width: 1, look: .text)

  /// Makes a cell of a scalar that is fit to be drawn, of the width the table gives it.
  init(scalar: Unicode.Scalar, marks: UInt64 = 0, width: Int, look: Look) {
    base = scalar.value | UInt32(width) << 21
    self.look = look
    packedMarks = marks
  }

  /// The right half of a wide cell.
  static func rightHalf(look: Look) -> Cell {
    Cell(scalar: " ", width: 0, look: look)
  }

  /// How many columns the cell takes: 1, 2, or 0 for the right half of a wide one.
  package var width: Int { Int(base >> 21) }

  /// The scalar that is drawn, without its marks.
  package var scalar: Unicode.Scalar { Unicode.Scalar(base & 0x1F_FFFF) ?? " " }

  /// The combining marks on the scalar, at most three.
  package var marks: [Unicode.Scalar] {
    var marks: [Unicode.Scalar] = []
    var rest = packedMarks
    while rest != 0 {
      if let mark = Unicode.Scalar(UInt32(rest & 0x1F_FFFF)) { marks.append(mark) }
      rest >>= 21
    }
    return marks
  }

  /// Whether nothing of the foreground is to be seen, but for an underline.
  package var isBlank: Bool { width == 1 && scalar == " " && !hasMarks }

  package var hasMarks: Bool { packedMarks != 0 }

  /// The glyph as text; empty for the right half of a wide one.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Appends the glyph; nothing for the right half of a wide one.
  package func write(to text: inout String) {
    guard width > 0 else { return }
    text.unicodeScalars.append(scalar)
    if hasMarks { text.unicodeScalars.append(contentsOf: marks) }
  }
}
