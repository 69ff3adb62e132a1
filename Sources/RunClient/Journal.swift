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
  /// Whose decisions its lines are.
  package let place: JournalPlace

  private struct State {
    var descriptor: Int32?
    var length: off_t = 0
  }

  private let state = Mutex(State())

  /// The journal of a process.
  /// - Parameters:
  ///   - directory: An absolute path; made with mode 0700 when it does not exist.
  ///   - place: Whose decisions its lines are.
  ///   - startedAt: When the process began.
  ///   - process: Its number.
  package init(
    directory: String,
    place: JournalPlace,
    startedAt: Timestamp,
    process: Int32
  ) {
    self.directory = directory
    self.place = place
    name = "\(startedAt.iso8601)-\(process)\(JournalFolder.ending)"
  }

  deinit {
    state.withLock { state in
      if let descriptor = state.descriptor { close(descriptor) }
    }
  }

  /// Where the lines go.
  package var path: String { "\(directory)/\(name)" }

  /// The folder, to read what every process wrote.
  package var folder: JournalFolder { JournalFolder(directory: directory) }

  /// Writes an entry's lines and has them synced; it blocks for as long as the disk takes.
  ///
  /// - Throws: A fault `local` that names the file; no half of a line stays behind.
  package func append(_ entry: JournalEntry) throws(Fault) { try append([entry]) }

  /// Writes the lines of entries, synced once for all of them.
  ///
  /// - Throws: A fault `local` that names the file; no half of a line stays behind.
  package func append(_ entries: [JournalEntry]) throws(Fault) {
    let lines = entries.flatMap { $0.lines(in: place) }
    let bytes: [UInt8] = lines.flatMap { line in JSONWriter.bytes(line) + [0x0A] }
    guard !bytes.isEmpty else { return }
    try saying { (state) throws(Mistake) in try write(bytes, &state) }
  }

  /// Tries whether an entry could be written now, by writing something beside the journal and taking
  /// it away again; who decides nothing still leaves no file.
  ///
  /// - Throws: The fault that ``append(_:)`` would throw.
  package func probe() throws(Fault) {
    try saying { (state) throws(Mistake) in
      if state.descriptor == nil {
        let code = StateFolder.make(directory)
        if code != 0 { throw Mistake("opened", code) }
      }
      let trial = "\(path).trial"
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
      let descriptor = unsafe Glibc.open(trial, flags, 0o600)
      guard descriptor >= 0 else { throw Mistake("opened", errno) }
      defer {
        close(descriptor)
        unsafe unlink(trial)
      }
      var scratch = State(descriptor: descriptor)
      try write([UInt8](repeating: 0x20, count: Journal.trialBytes), &scratch)
    }
  }

  /// As long as the lines of most decisions.
  private static let trialBytes = 4096

  private func saying(_ work: (inout State) throws(Mistake) -> Void) throws(Fault) {
    let mistake = state.withLock { state in
      do throws(Mistake) {
        try work(&state)
        return nil as Mistake?
      } catch {
        return error
      }
    }
    if let mistake {
      throw Fault(.local, "the journal \(path) cannot be \(mistake.verb): \(mistake.reason)")
    }
  }

  private func write(_ bytes: [UInt8], _ state: inout State) throws(Mistake) {
    let descriptor = if let open = state.descriptor { open } else { try open(&state) }
    var rest = bytes[...]
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
    state.length += off_t(bytes.count)
  }

  private func open(_ state: inout State) throws(Mistake) -> Int32 {
    let code = StateFolder.make(directory)
    if code != 0 { throw Mistake("opened", code) }
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe Glibc.open(path, flags, 0o600)
    guard descriptor >= 0 else { throw Mistake("opened", errno) }
    // The umask can only take rights away; an older file of this name may have more.
    guard fchmod(descriptor, 0o600) == 0, JournalFolder.lock(descriptor, LOCK_EX) else {
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
