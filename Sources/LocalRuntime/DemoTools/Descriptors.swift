import Dispatch
import Glibc

/// Reads a descriptor on a thread of its own: standard input may be a pipe, a file or a terminal,
/// and only a blocking read serves all of them.
enum DescriptorReader {
  /// The bytes as they come; the end of the sequence is the end of the input.
  static func chunks(of descriptor: Int32) -> AsyncStream<[UInt8]> {
    AsyncStream { continuation in
      DispatchQueue(label: "descriptor-reader").async {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
          let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe read(descriptor, $0.baseAddress, $0.count)
          }
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { break }
          continuation.yield(Array(buffer[..<count]))
        }
        continuation.finish()
      }
    }
  }
}

/// Writes whole messages to a descriptor, one behind the other, on a thread of its own.
struct DescriptorWriter: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "descriptor-writer")

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Returns when the bytes are written, or nobody can read them any more.
  func write(_ bytes: [UInt8]) async {
    await withCheckedContinuation { continuation in
      queue.async {
        Self.writeAll(bytes, to: descriptor)
        continuation.resume()
      }
    }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      written += count
    }
  }
}
