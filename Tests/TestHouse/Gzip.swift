/// Gzip streams made by hand.
package enum Gzip {
  /// The bytes in one stored block, with a right checksum.
  package static func stored(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count <= 65_535, "a stored block holds 65,535 bytes")
    let length = UInt16(bytes.count)
    return header + [1] + little(length) + little(~length) + bytes + little(checksum(bytes))
      + little(UInt32(bytes.count))
  }

  /// About `megabytes` of zeros in a stream that is a hundred and fifty times shorter.
  package static func zeros(megabytes: Int) -> [UInt8] {
    var bits = BitWriter()
    bits.write(0b1, 1)  // the last block
    bits.write(0b01, 2)  // of fixed codes
    bits.writeCode(0b0011_0000, 8)  // the byte 0
    for _ in 0..<(megabytes << 20) / 258 {
      bits.writeCode(0b1100_0101, 8)  // 258 bytes
      bits.writeCode(0, 5)  // from one byte back
    }
    bits.writeCode(0, 7)  // end of block
    return header + bits.finished() + little(UInt32(0)) + little(UInt32(0))
  }

  private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

  private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = .max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  private struct BitWriter {
    private var bytes: [UInt8] = []
    private var current: UInt8 = 0
    private var filled = 0

    /// Writes a number, lowest bit first.
    mutating func write(_ value: Int, _ count: Int) {
      for bit in 0..<count { append(value >> bit & 1) }
    }

    /// Writes a code, highest bit first.
    mutating func writeCode(_ value: Int, _ count: Int) {
      for bit in (0..<count).reversed() { append(value >> bit & 1) }
    }

    func finished() -> [UInt8] {
      filled == 0 ? bytes : bytes + [current]
    }

    private mutating func append(_ bit: Int) {
      current |= UInt8(bit) << filled
      filled += 1
      guard filled == 8 else { return }
      bytes.append(current)
      current = 0
      filled = 0
    }
  }
}
