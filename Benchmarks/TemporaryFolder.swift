internal import Glibc

/// An empty folder that is removed with what is in it.
final class TemporaryFolder {
  let path: String

  init() throws(Mistake) {
    var name = Array("/tmp/command-center-benchmark-XXXXXX\0".utf8CString)
    guard unsafe mkdtemp(&name) != nil else { throw .system("No temporary folder is to be had") }
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    TemporaryFolder.remove(path)
  }

  /// Removes a file or a link, else a folder with what is in it.
  private static func remove(_ path: String) {
    if unsafe unlink(path) == 0 { return }
    for name in Descriptor.names(inFolder: path) { remove("\(path)/\(name)") }
    unsafe rmdir(path)
  }
}
