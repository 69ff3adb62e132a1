internal import Glibc
internal import Runs

/// A folder for one file of an editor, its owner's only, and held while this program needs it: a
/// program that is killed leaves it, and then nobody holds it.
final class EditorFolder: Sendable {
  /// How the names of such folders begin.
  private static let prefix = "command-center-editor-"

  let path: String
  private let descriptor: Int32

  /// Makes a folder, in the first of the places that can be written.
  /// - Throws: A fault `local` that says why there is none.
  init(in places: [String]) throws(Fault) {
    path = try EditorFolder.make(in: places)
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      _ = unsafe rmdir(path)
      throw Fault(.local, "the folder \(path) cannot be held: \(Words.of(code))")
    }
  }

  private static func make(in places: [String]) throws(Fault) -> String {
    var code: Int32 = ENOENT
    for place in places {
      var template = Array("\(place)/\(prefix)XXXXXX".utf8CString)
      let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
        unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
      }
      if isMade { return String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self) }
      code = errno
    }
    let names = places.joined(separator: ", ")
    throw Fault(
      .local,
      "no folder for the editor's file could be made in \(names): \(Words.of(code))"
    )
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Removes the folder with what the editor has put into it.
  func remove() { EditorFolder.remove(path) }

  /// Removes the folders that programs of this user left which were killed.
  /// - Returns: How many.
  static func sweep(_ places: [String]) -> Int {
    Set(places).reduce(0) { count, place in
      count + names(in: place).count { $0.hasPrefix(prefix) && removeLeft("\(place)/\($0)") }
    }
  }

  /// Removes a folder that nobody holds; an empty one is just being made.
  private static func removeLeft(_ path: String) -> Bool {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_uid == getuid(),
      status.st_mode & 0o077 == 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      !names(in: path).isEmpty
    else { return false }
    return remove(path)
  }

  @discardableResult
  private static func remove(_ path: String) -> Bool {
    for name in names(in: path) { _ = unsafe unlink("\(path)/\(name)") }
    return unsafe rmdir(path) == 0
  }

  private static func names(in path: String) -> [String] {
    guard let open = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(open) }
    var names: [String] = []
    while let entry = unsafe readdir(open) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
