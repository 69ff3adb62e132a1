internal import Glibc

/// Folders of this program.
package enum Folder {
  /// Makes a folder and what is missing above it, each for its owner only.
  /// - Throws: ``Mistake`` when it is not there afterwards.
  package static func make(_ path: String) throws(Mistake) {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/\(part)"
      // Folders above may forbid writing and yet hold the one that is wanted: only the end counts.
      unsafe mkdir(made, 0o700)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Mistake(path, "cannot be made: is everything above it a folder of yours?")
    }
  }
}
