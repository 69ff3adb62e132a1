internal import CommandCenter
internal import Glibc
internal import Runs

/// The file that an editor is given: its owner's only, alone in a folder that is its owner's only.
@safe struct EditorFile: Sendable {
  /// The largest text that is taken back, in bytes.
  static let limit = 1 << 20

  let path: String
  private let folder: EditorFolder
  /// Whether a line break was put behind a text that had none, as editors want it.
  private let isClosed: Bool

  /// Makes the file with a text in it, in the first of the folders that can be written.
  /// - Throws: A fault `local` that says why there is none.
  init(_ wish: EditorWish, in folders: [String]) throws(Fault) {
    folder = try EditorFolder(in: folders)
    path = "\(folder.path)/\(EditorFile.name(wish))"
    isClosed = !wish.text.hasSuffix("\n")
    let text = isClosed && !wish.text.isEmpty ? wish.text + "\n" : wish.text
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      let code = errno
      remove()
      throw Fault(
        .local,
        "no file for the editor could be made in \(folder.path): \(Words.of(code))"
      )
    }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        remove()
        throw Fault(.local, "the file for the editor could not be written: \(Words.of(code))")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// A name that says what is edited, with the extension that editors go by.
  private static func name(_ wish: EditorWish) -> String {
    let letters = wish.name.unicodeScalars.prefix(40).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        ? Character(scalar) : "-"
    }
    let name = String(letters)
    return "\(name.allSatisfy { $0 == "-" } ? "text" : name).\(wish.format.rawValue)"
  }

  /// Why a file is no text.
  enum Unreadable: Error {
    case gone(String)
    /// It stays as it is, to be mended.
    case unusable(String)
  }

  /// What stands in the file now.
  func text() throws(Unreadable) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .gone("the editor left no file: \(Words.of(errno))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= EditorFile.limit {
      let count = unsafe read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .gone("the editor's file cannot be read: \(Words.of(errno))") }
      if count == 0 { break }
      bytes += piece[..<count]
    }
    guard bytes.count <= EditorFile.limit else {
      throw .unusable(
        "what the editor left is longer than 1 MiB, and that is the most that is taken"
      )
    }
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw .unusable("what the editor left is no text in UTF-8")
    }
    if isClosed, text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// Removes the file, and whatever the editor has put beside it.
  func remove() { folder.remove() }
}

/// What the system says of a failure.
enum Words {
  static func of(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
