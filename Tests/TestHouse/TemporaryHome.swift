import Glibc

/// A home of a test's own: config, data, state and cache lie in it, and it is removed with all in it.
package final class TemporaryHome: Sendable {
  /// The folder.
  package let folder: String

  package init() throws {
    var template = Array("/tmp/command-center-test-XXXXXX".utf8CString)
    folder = try unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else {
        throw SystemMistake(call: "mkdtemp", code: errno)
      }
      return unsafe String(cString: made)
    }
    for name in ["config", "data", "state", "cache", "run", "tmp"] {
      unsafe mkdir(path(name), 0o700)
    }
  }

  deinit { TextFile.removeTree(folder) }

  /// A path in it.
  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes a file, making the folders above it.
  package func write(_ text: String, to name: String, mode: UInt32 = 0o600) throws {
    var parent = folder
    for part in name.split(separator: "/").dropLast() {
      parent += "/\(part)"
      unsafe mkdir(parent, 0o700)
    }
    try TextFile.write(text, to: path(name), mode: mode)
  }

  /// All of the environment that a program of ours needs, and nothing of the machine's.
  package var environment: [String: String] {
    [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", "TZ": "UTC",
      "SHELL": "/bin/sh", "TMPDIR": path("tmp"), "XDG_CONFIG_HOME": path("config"),
      "XDG_DATA_HOME": path("data"), "XDG_STATE_HOME": path("state"),
      "XDG_CACHE_HOME": path("cache"), "XDG_RUNTIME_DIR": path("run"),
    ]
  }
}

/// Small files of tests.
package enum TextFile {
  /// All of a file.
  package static func read(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// All of a file, byte for byte.
  package static func bytes(_ path: String) throws -> [UInt8] {
    let descriptor = try SystemMistake.check(
      "open \(path)",
      unsafe open(path, O_RDONLY | O_CLOEXEC)
    )
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe Glibc.read(descriptor, &piece, piece.count)
      try SystemMistake.check("read \(path)", Int32(count))
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
  }

  /// Writes a file in the place of what stands there.
  package static func write(_ text: String, to path: String, mode: UInt32) throws {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let descriptor = try SystemMistake.check("open \(path)", unsafe open(path, flags, mode))
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    guard count == bytes.count else { throw SystemMistake(call: "write \(path)", code: errno) }
  }

  /// Whether something stands at a path.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// What a folder holds; nothing when it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a folder and all in it.
  package static func removeTree(_ path: String) {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0 else { return }
    if facts.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { removeTree("\(path)/\(name)") }
      unsafe rmdir(path)
    } else {
      unsafe unlink(path)
    }
  }
}
