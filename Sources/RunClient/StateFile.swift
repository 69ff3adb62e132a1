internal import Glibc

/// A file in which this program keeps something, for its owner only; read and replaced as a whole.
struct StateFile {
  /// The file's absolute path.
  var path: String

  /// Why a file cannot be read or written, in the system's words.
  struct Failure: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
    init(_ code: Int32) { reason = StateFolder.words(code) }
  }

  private var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/" }

  // MARK: Reading

  /// All bytes of the file; nil when there is none.
  /// - Throws: ``Failure`` for one that cannot be read, or is longer than the bound.
  func contents(bound: Int) throws(Failure) -> [UInt8]? {
    // Without O_NONBLOCK a FIFO that nobody writes would be waited for.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW
    let descriptor = unsafe open(path, flags)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Failure(errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("it is no file")
    }
    guard status.st_size <= bound else { throw Failure("it is too long") }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var length = 0
    while length < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe read(
          descriptor,
          buffer.baseAddress.map { unsafe $0 + length },
          buffer.count - length
        )
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      length += count
    }
    return Array(bytes.prefix(length))
  }

  // MARK: Writing

  /// Puts bytes in the place of what stands there, whole or not at all; the folder is made with mode
  /// 0700 when it does not exist.
  /// - Parameters:
  ///   - bytes: What stands there afterwards.
  ///   - isSynced: Whether it is on the disk afterwards; that may take as long as it likes.
  /// - Throws: ``Failure``; what stood there stands.
  func replace(with bytes: [UInt8], isSynced: Bool) throws(Failure) {
    let code = StateFolder.make(folder)
    if code != 0 { throw Failure(code) }
    let draft = "\(path).\(getpid()).new"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(draft, flags, 0o600)
    guard descriptor >= 0 else { throw Failure(errno) }
    let isWritten =
      StateFile.write(bytes, to: descriptor) && (!isSynced || fsync(descriptor) == 0)
    let reason = errno
    close(descriptor)
    guard isWritten, unsafe rename(draft, path) == 0 else {
      let reason = isWritten ? errno : reason
      unsafe unlink(draft)
      throw Failure(reason)
    }
  }

  /// Writes all bytes; false leaves the reason in `errno`.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
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

  /// Sets the file aside under another name, so that nothing is thrown away that somebody may still
  /// want to look at.
  /// - Throws: ``Failure`` when that is not possible.
  func setAside(as name: String) throws(Failure) {
    guard unsafe rename(path, name) == 0 else { throw Failure(errno) }
  }

  /// Does work while nobody else holds the file's folder: what is read is what is replaced.
  /// - Parameters:
  ///   - waits: Whether to wait for another who holds it.
  ///   - work: The work.
  /// - Throws: ``Failure``, when the folder cannot be had, or as the work does.
  func locked(waits: Bool, _ work: () throws(Failure) -> Void) throws(Failure) {
    let code = StateFolder.make(folder)
    if code != 0 { throw Failure(code) }
    let lock = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0 else { throw Failure(errno) }
    defer { close(lock) }
    while flock(lock, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR else { throw Failure(errno) }
    }
    try work()
  }
}
