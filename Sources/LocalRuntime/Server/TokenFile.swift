import Glibc

/// The file that holds who may use the runtime: a line each, `TOKEN` or `NAME TOKEN`.
package enum TokenFile {
  /// The tokens of a file, by name; a bare token belongs to `owner`.
  /// - Throws: ``RuntimeMistake`` with the line that is wrong.
  static func read(
    _ text: String,
    file: String,
    owner: String
  ) throws(RuntimeMistake)
    -> [(name: String, token: String)]
  {
    var tokens: [(name: String, token: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      let name = words.count > 1 ? first : owner
      guard words.count <= 2, let token = words.last, token.utf8.count >= 16 else {
        throw RuntimeMistake(
          "\(file), line \(index + 1): write TOKEN or NAME TOKEN, the token at least 16 bytes long"
        )
      }
      guard !tokens.contains(where: { $0.name == name || $0.token == token }) else {
        throw RuntimeMistake("\(file), line \(index + 1): this name or token is there already")
      }
      tokens.append((name, token))
    }
    guard !tokens.isEmpty else {
      throw RuntimeMistake("\(file) holds no token; delete it to have one made")
    }
    return tokens
  }

  /// A new token of 32 random bytes.
  static func make(prefix: String = "crt_", random: () -> UInt64) -> String {
    var digits = ""
    for _ in 0..<4 {
      let word = String(random(), radix: 16)
      digits += String(repeating: "0", count: 16 - word.count) + word
    }
    return prefix + digits
  }
}

/// Reads and writes small files that only their owner may see.
enum PrivateFile {
  /// The text of a file; nil when there is none.
  /// - Parameters:
  ///   - path: Where it is.
  ///   - limit: Longer ones are refused.
  ///   - isSecret: Whether it is refused when others may read it.
  /// - Returns: The text.
  /// - Throws: ``RuntimeMistake`` when it is there and cannot be read.
  static func read(
    _ path: String,
    atMost limit: Int = 1 << 20,
    isSecret: Bool = false
  ) throws(RuntimeMistake) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw RuntimeMistake("cannot read \(path): \(FolderLock.reason(errno))")
    }
    defer { close(descriptor) }
    var facts = stat()
    guard unsafe fstat(descriptor, &facts) == 0 else {
      throw RuntimeMistake("cannot read \(path): \(FolderLock.reason(errno))")
    }
    guard !isSecret || facts.st_mode & 0o077 == 0 else {
      throw RuntimeMistake("\(path) may be read by others; give it the mode 0600")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= limit {
      let count = unsafe buffer.withUnsafeMutableBytes { room in
        unsafe Glibc.read(descriptor, room.baseAddress, room.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw RuntimeMistake("cannot read \(path): \(FolderLock.reason(errno))")
      }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer.prefix(count)
    }
    throw RuntimeMistake("\(path) is longer than \(limit) bytes")
  }

  /// Writes a file of mode 0600, in place of what stands there.
  /// - Throws: ``RuntimeMistake`` when it cannot be written.
  static func write(_ text: String, to path: String) throws(RuntimeMistake) {
    let fresh = "\(path).new"
    unsafe unlink(fresh)
    let descriptor = unsafe open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw RuntimeMistake("cannot write \(path): \(FolderLock.reason(errno))")
    }
    let isWritten = Descriptor.write(Array(text.utf8), to: descriptor) && fsync(descriptor) == 0
    let number = errno
    close(descriptor)
    guard isWritten, unsafe rename(fresh, path) == 0 else {
      let reason = isWritten ? errno : number
      unsafe unlink(fresh)
      throw RuntimeMistake("cannot write \(path): \(FolderLock.reason(reason))")
    }
  }
}

/// Writes to descriptors.
enum Descriptor {
  /// Writes all bytes; false when that fails.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { room in
        unsafe Glibc.write(descriptor, room.baseAddress, room.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
