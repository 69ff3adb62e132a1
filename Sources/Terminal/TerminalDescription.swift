import CNcurses
package import Cells
import Glibc

/// What terminfo says about a terminal, read without taking it.
package struct TerminalDescription: Hashable, Sendable {
  /// The entry that was found.
  package let name: String
  /// The colours that it promises.
  package let depth: ColorDepth
  /// Whether the cursor can be moved: without that there is no screen.
  package let isAddressed: Bool
  /// Whether its sequences are those of ECMA-48.
  let isCommon: Bool

  /// The first description that the system has, of those that would be used; nil when it has none.
  package init?(_ environment: TerminalEnvironment, output: Int32 = STDOUT_FILENO) {
    guard !environment.term.isEmpty,
      let name = environment.descriptions.first(where: {
        unsafe cncurses_describe($0, output)
      })
    else { return nil }
    defer { cncurses_forget() }
    self.name = name
    let count = unsafe tigetnum("colors")
    depth =
      if unsafe tigetflag("RGB") == 1 { .direct } else if count < 8 { .mono } else {
        count < 256 ? .sixteen : .palette256
      }
    isAddressed = unsafe cncurses_string("cup") != nil
    isCommon =
      unsafe cncurses_string("sgr0").map { unsafe String(cString: $0).contains("\u{1B}[") } ?? false
  }

  /// The colours that may be written without a screen; nil where nothing but text may.
  var inkDepth: ColorDepth? { isCommon ? depth : nil }
}

/// The window of a terminal.
package enum TerminalWindowSize {
  /// Columns and rows; nil where the descriptor is no terminal, or it does not say.
  package static func of(_ descriptor: Int32) -> Size? {
    Descriptor.size(descriptor).map { Size(columns: $0.columns, rows: $0.rows) }
  }
}
