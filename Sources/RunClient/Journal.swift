internal import Glibc
internal import JSON
package import Runs
internal import Synchronization

/// The record of what was decided on this machine: one JSON line per entry, synced to the disk.
///
/// Each process has a file of its own, locked while it lives, so that another process can tell what
/// is still being written. The file is made with the first line: who decides nothing leaves none.
package final class Journal: Sendable {
  /// The folder.
  package let directory: String
  /// The file, within the folder.
  package let name: String

  private struct State {
    var descriptor: Int32?
    var length: off_t = 0
  }

  private let state = Mutex(State())

  /// The journal of a process.
  /// - Parameters:
  ///   - directory: An absolute path; made with mode 0700 when it does not exist.
  ///   - startedAt: When the process began.
  ///   - process: Its number.
  package init(directory: String, startedAt: Timestamp, process: Int32) {
    self.directory = directory
    name = "\(startedAt.iso8601)-\(process).jsonl"
  }

  deinit {
    state.withLock { state in
      if let descriptor = state.descriptor { close(descriptor) }
    }
  }

  /// Where the lines go.
  package var path: String { "\(directory)/\(name)" }

  /// Writes a line and has it synced; it blocks for as long as the disk takes.
  ///
  /// - Throws: A fault `local` that names the file; no half of the line stays behind.
  package func append(_ entry: JournalEntry) throws(Fault) {
    let line = JSONWriter.bytes(entry.json) + [0x0A]
    let mistake = state.withLock { state in
      do throws(Mistake) {
        try write(line, &state)
        return nil as Mistake?
      } catch {
        return error
      }
    }
    if let mistake {
      throw Fault(.local, "the journal \(path) cannot be \(mistake.verb): \(mistake.reason)")
    }
  }

  private func write(_ line: [UInt8], _ state: inout State) throws(Mistake) {
    let descriptor = if let open = state.descriptor { open } else { try open(&state) }
    var rest = line[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let mistake = Mistake("written", errno)
        ftruncate(descriptor, state.length)
        throw mistake
      }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else {
      let mistake = Mistake("synced", errno)
      ftruncate(descriptor, state.length)
      throw mistake
    }
    state.length += off_t(line.count)
  }

  private func open(_ state: inout State) throws(Mistake) -> Int32 {
    let code = StateFolder.make(directory)
    if code != 0 { throw Mistake("opened", code) }
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { throw Mistake("opened", errno) }
    // The umask can only take rights away; an older file of this name may have more.
    guard fchmod(descriptor, 0o600) == 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let mistake = Mistake("locked", errno)
      close(descriptor)
      throw mistake
    }
    state.descriptor = descriptor
    state.length = max(0, lseek(descriptor, 0, Int32(SEEK_END)))
    // A file whose name is not on the disk is not on the disk.
    let folder = unsafe Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
    return descriptor
  }

  /// What failed, and the system's word for why.
  private struct Mistake: Error {
    var verb: String
    var reason: String

    init(_ verb: String, _ code: Int32) {
      self.verb = verb
      reason = StateFolder.words(code)
    }
  }
}
