/// An answer while it comes, within the bounds of its request.
struct PartialAnswer {
  /// The bound that an answer went over.
  enum Excess {
    case headers
    case body
  }

  private(set) var headers: [Header] = []
  private(set) var body: [UInt8] = []
  private(set) var excess: Excess?
  /// Whether the empty line after the headers came.
  private(set) var hasWholeHead = false
  private let limits: Limits
  private var headerBytes = 0
  /// Bytes of the body that were taken out already.
  private var takenBytes = 0

  init(limits: Limits) {
    self.limits = limits
  }

  /// Whether a status line came.
  var hasBegun: Bool { headerBytes > 0 }

  /// Takes one header line with its line end; false ends the exchange.
  mutating func takeHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= limits.maximumHeaderBytes else {
      excess = .headers
      return false
    }
    // Headers after the body are trailers, which nobody here asked for.
    guard body.isEmpty, takenBytes == 0 else { return true }
    let line = unsafe bytes[...]
    if unsafe line.starts(with: "HTTP/".utf8) {
      // A new answer: what came before was an interim one (100, 103).
      headers = []
      hasWholeHead = false
    } else if unsafe line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
      hasWholeHead = true
    } else if let first = unsafe line.first, first == 0x20 || first == 0x09 {
      guard let last = headers.indices.last else { return true }
      headers[last].value += unsafe " \(Self.trimmed(line))"
    } else if let colon = unsafe line.firstIndex(of: 0x3A) {
      headers.append(
        unsafe Header(
          name: Self.trimmed(line[..<colon]),
          value: Self.trimmed(line[(colon + 1)...])
        )
      )
    }
    return true
  }

  /// Takes decompressed bytes of the body; false ends the exchange.
  mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= limits.maximumBodyBytes - takenBytes - body.count else {
      excess = .body
      return false
    }
    unsafe body.append(contentsOf: bytes)
    return true
  }

  /// Takes out what has come of the body; it counts towards the bound all the same.
  mutating func takeOut() -> [UInt8] {
    defer {
      takenBytes += body.count
      body = []
    }
    return body
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    func isSpace(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
    let start = unsafe bytes.firstIndex { !isSpace($0) } ?? bytes.endIndex
    let end = unsafe bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
    return unsafe String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
