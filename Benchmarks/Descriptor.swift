internal import Glibc

/// Reads and writes on descriptors, whole or not at all.
enum Descriptor {
  /// The bytes that are there, at most 64 KiB; empty at the end, nil when there is nothing or the
  /// other end is broken.
  static func read(_ descriptor: CInt) -> [UInt8]? {
    var ended = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      let got = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      ended = got >= 0
      count = max(got, 0)
    }
    return ended ? bytes : nil
  }

  /// Writes all bytes; false when the other end does not take them.
  static func write(_ descriptor: CInt, _ bytes: [UInt8]) -> Bool {
    var at = 0
    while at < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: at), buffer.count - at)
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else { return false }
      at += wrote
    }
    return true
  }

  /// The descriptors of these that have something to say within so many nanoseconds, rounded up to
  /// milliseconds.
  static func ready(_ descriptors: [CInt], within nanoseconds: Int64) -> Set<CInt> {
    var waits = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = (max(nanoseconds, 0) + 999_999) / 1_000_000
    guard unsafe poll(&waits, nfds_t(waits.count), CInt(clamping: milliseconds)) > 0 else {
      return []
    }
    return Set(waits.filter { $0.revents != 0 }.map(\.fd))
  }

  /// What a small file holds; nil when it cannot be read.
  static func text(ofFile path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while let more = read(descriptor), !more.isEmpty { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The names in a folder but its own and its parent's; none when it cannot be read.
  static func names(inFolder path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
