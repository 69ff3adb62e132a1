internal import Glibc
package import Runs

/// A file that is written for people to take along: a new one each time, its owner's only.
package struct ExportFile: Sendable {
  /// The folder; made with mode 0700 when it does not exist.
  package let directory: String

  /// So many files may have been written in one second.
  private static let tries = 100

  /// Files in a folder.
  package init(directory: String) {
    self.directory = directory
  }

  /// Writes a text to a new file, whole or not at all; blocks for as long as the disk takes.
  /// - Parameters:
  ///   - text: What it holds.
  ///   - word: How its name begins; the moment follows.
  ///   - ending: How its name ends, with the dot.
  ///   - moment: When it is written.
  /// - Returns: Its path.
  /// - Throws: A fault `local` that says why it cannot be written.
  package func write(
    _ text: String,
    named word: String,
    ending: String,
    at moment: Timestamp
  ) throws(Fault) -> String {
    let code = StateFolder.make(directory)
    if code != 0 { throw failed(directory, code) }
    let time = String(moment.iso8601.prefix(19)).replacing(":", with: "-")
    for number in 1...ExportFile.tries {
      let path = "\(directory)/\(word)-\(time)\(number == 1 ? "" : "-\(number)")\(ending)"
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
      let descriptor = unsafe open(path, flags, 0o600)
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else { throw failed(path, errno) }
      let isWritten =
        fchmod(descriptor, 0o600) == 0 && StateFile.write(Array(text.utf8), to: descriptor)
        && fsync(descriptor) == 0
      let reason = errno
      close(descriptor)
      guard isWritten else {
        // Half a file would be taken for a whole one.
        unsafe unlink(path)
        throw failed(path, reason)
      }
      return path
    }
    throw failed("\(directory)/\(word)-\(time)\(ending)", EEXIST)
  }

  private func failed(_ path: String, _ code: Int32) -> Fault {
    Fault(.local, "\(path) cannot be written: \(StateFolder.words(code))")
  }
}
