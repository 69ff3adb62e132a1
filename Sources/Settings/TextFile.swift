internal import Glibc

/// Reads files that people wrote.
enum TextFile {
  /// What must hold of a file besides that it can be read.
  enum Care {
    case none
    /// Nobody but its owner may write it: it names programs that are run.
    case own
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
    guard let bytes = try bytes(path, bound: bound, care: care) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Mistake(path, "is not UTF-8 text; save it as UTF-8")
    }
    return text
  }

  /// All bytes of a file; nil when there is none.
  /// - Throws: ``Mistake`` as ``read(_:bound:care:)``, but for what the bytes are.
  static func bytes(_ path: String, bound: Int, care: Care = .none) throws(Mistake) -> [UInt8]? {
    // Without O_NONBLOCK a FIFO that nobody writes would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Mistake(path, "cannot be read: \(reason(errno))")
    }
    defer { close(descriptor) }
    try check(descriptor, path, care)
    return try contents(descriptor, path, bound)
  }

  /// Puts a text in the place of a file, whole or not at all; a new file is its owner's only.
  ///
  /// A link is followed: who keeps settings elsewhere and links to them finds the change there.
  /// - Throws: ``Mistake`` when it cannot be written; what stood there stands.
  static func replace(_ path: String, with text: String) throws(Mistake) {
    let place = target(of: path)
    var status = stat()
    let mode = unsafe stat(place, &status) == 0 ? status.st_mode & 0o777 : 0o600
    let draft = "\(place).\(getpid()).new"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(draft, flags, 0o600)
    guard descriptor >= 0 else { throw Mistake(path, "cannot be written: \(reason(errno))") }
    let isWritten =
      write(Array(text.utf8), to: descriptor) && fchmod(descriptor, mode) == 0
      && fsync(descriptor) == 0
    let code = errno
    close(descriptor)
    guard isWritten, unsafe rename(draft, place) == 0 else {
      let code = isWritten ? errno : code
      unsafe unlink(draft)
      throw Mistake(path, "cannot be written: \(reason(code))")
    }
  }

  /// Where a path leads when it is a link.
  private static func target(of path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
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
    switch care {
    case .none: return
    case .own:
      guard status.st_mode & 0o022 == 0 else {
        throw Mistake(path, "can be written by others; close it with: chmod go-w \(path)")
      }
    case .secret:
      guard status.st_mode & 0o077 == 0 else {
        throw Mistake(path, "can be read or written by others; close it with: chmod 600 \(path)")
      }
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
    case ENOSPC, EDQUOT: "the disk is full"
    case EROFS: "the disk is read-only"
    case ENOENT: "its folder is not there"
    default: "error \(code)"
    }
  }
}
