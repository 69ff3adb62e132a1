import Glibc
import Settings
import Testing

/// A folder of a test's own, gone when the test is over.
final class Folder {
  let path: String

  init() throws {
    var template = Array("/tmp/command-center-test-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
    }
    path = try #require(made)
  }

  deinit { Folder.remove(path) }

  /// Writes a file of a mode; folders on the way are made.
  @discardableResult
  func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      unsafe mkdir(folder, 0o700)
    }
    let file = "\(path)/\(name)"
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    let written = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    try #require(written == bytes.count)
    try #require(fchmod(descriptor, mode) == 0)
    return file
  }

  /// All of a file.
  func read(_ name: String) throws -> String {
    let file = unsafe try #require(fopen("\(path)/\(name)", "r"))
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func remove(_ path: String) {
    if let entries = unsafe opendir(path) {
      while let entry = unsafe readdir(entries) {
        let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      unsafe closedir(entries)
      unsafe rmdir(path)
    } else {
      unsafe unlink(path)
    }
  }
}

/// The sentence of the mistake that an action makes; nil when it makes none.
func sentence(_ action: () throws(Mistake) -> Void) -> String? {
  do throws(Mistake) {
    try action()
    return nil
  } catch {
    return error.sentence
  }
}
