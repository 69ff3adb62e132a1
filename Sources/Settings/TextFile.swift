internal import Glibc

/// Reads files that people wrote.
enum TextFile {
  /// What must hold of a file besides that it can be read.
  enum Care {
    case none
    /// Nobody but its owner may read or write it.
    case secret
  }

  /// The whole text of a file; nil when there is none.
  /// - Parameters:
  ///   - path: Where it is.
  ///   - bound: The longest that is read, in bytes.
  ///   - care: What else must hold of it.
  /// - Returns: The text.
  /// - Throws: ``Mistake`` when it is no plain file, too long, not UTF-8, or cannot be read.
  static func read(_ path: String, bound: Int, care: Care = .none) throws(Mistake) -> String? {
    // Without O_NONBLOCK a FIFO that nobody writes would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Mistake(path, "cannot be read: \(reason(errno))")
    }
    defer { close(descriptor) }
    try check(descriptor, path, care)
    let bytes = try contents(descriptor, path, bound)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Mistake(path, "is not UTF-8 text; save it as UTF-8")
    }
    return text
  }

  private static func check(
    _ descriptor: Int32,
    _ path: String,
    _ care: Care
  ) throws(Mistake) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw Mistake(path, "cannot be read: \(reason(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Mistake(path, "is no file") }
    guard case .secret = care else { return }
    guard status.st_mode & 0o077 == 0 else {
      throw Mistake(path, "can be read or written by others; close it with: chmod 600 \(path)")
    }
  }

  private static func contents(
    _ descriptor: Int32,
    _ path: String,
    _ bound: Int
  ) throws(Mistake) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Mistake(path, "cannot be read: \(reason(errno))") }
      if count == 0 { return bytes }
      bytes += piece.prefix(count)
      guard bytes.count <= bound else {
        throw Mistake(path, "is longer than \(bound >> 10) KiB; this is not the file that is meant")
      }
    }
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case EACCES, EPERM: "permission denied"
    case EISDIR: "it is a folder"
    case ELOOP: "too many links"
    case EIO: "the disk fails"
    default: "error \(code)"
    }
  }
}
