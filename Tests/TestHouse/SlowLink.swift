/// A slow line between a program and its terminal: `tools/slow-link`.
///
/// It takes 300 ms there and back, carries 8,000 bytes a second, and keeps a log of what arrived.
package struct SlowLink: Sendable {
  /// What arrived at once.
  package enum Load: Hashable, Sendable {
    /// So many bytes of the terminal at the program.
    case up(Int)
    /// So many bytes of the program at the terminal.
    case down(Int)
    /// Nothing is on its way any more.
    case rest
  }

  private let log: String
  /// What the program's command is put behind.
  package let command: [String]

  /// A line whose log lies in a home; one that tears lets every byte of a key arrive by itself.
  package init(in home: TemporaryHome, tears: Bool = false, file: String = #filePath) {
    log = home.path("slow-link.log")
    let root = file.split(separator: "/").dropLast(3).joined(separator: "/")
    command = ["/\(root)/tools/slow-link", "--log", log] + (tears ? ["--tear"] : [])
  }

  /// What has arrived so far, in order.
  package func loads() throws -> [Load] {
    try TextFile.read(log).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let count = Int(words[1]) else { return nil }
      return switch words[0] {
      case "up": .up(count)
      case "down": .down(count)
      default: .rest
      }
    }
  }

  /// Waits until all has arrived.
  /// - Returns: What has arrived so far.
  @discardableResult
  package func waitForRest() throws -> [Load] {
    try Waiting.until("the line to rest") {
      let loads = try loads()
      return loads.last == .rest ? loads : nil
    }
  }
}

extension [SlowLink.Load] {
  /// The bytes that arrived at the program.
  package var bytesUp: Int { reduce(0) { if case .up(let count) = $1 { $0 + count } else { $0 } } }

  /// The bytes that arrived at the terminal.
  package var bytesDown: Int {
    reduce(0) { if case .down(let count) = $1 { $0 + count } else { $0 } }
  }
}
