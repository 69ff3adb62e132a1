internal import Glibc

/// A folder in which this program keeps what only its owner may read.
enum StateFolder {
  /// Makes a folder of mode 0700 and what is missing above it.
  /// - Returns: 0, or the system's number for why it is not there.
  static func make(_ folder: String) -> Int32 {
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
      let reason = errno
      // Folders above may forbid writing and yet hold the one that is there.
      if unsafe access(path, F_OK) != 0 { return reason }
    }
    return 0
  }

  /// The system's number for what went wrong, in words.
  static func words(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "the disk is full"
    case EFBIG: "no file may be longer"
    case EROFS: "the disk is read-only"
    case EACCES, EPERM: "permission denied"
    case EWOULDBLOCK: "another process holds it"
    case ENOTDIR: "a part of the path is no folder"
    case ENOENT: "the folder is not there"
    case EISDIR: "it is a folder"
    case ELOOP: "it is a link"
    case EIO: "the disk fails"
    default: "error \(code)"
    }
  }
}
