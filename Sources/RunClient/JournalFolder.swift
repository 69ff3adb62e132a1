internal import Glibc
package import Runs

/// The journals of every process on this machine, to be read.
///
/// What can be read is read; what cannot is said once. Nothing in the folder is ever taken away.
package struct JournalFolder: Sendable {
  /// How much is read at most.
  package struct Bounds: Sendable {
    /// The newest so many files.
    package var files: Int
    /// The newest so many bytes, and so many of one file.
    package var bytes: Int
    package var bytesOfFile: Int

    /// Bounds.
    package init(files: Int, bytes: Int, bytesOfFile: Int) {
      self.files = files
      self.bytes = bytes
      self.bytesOfFile = bytesOfFile
    }

    /// Enough for what people look at.
    package static let standard = Bounds(files: 4_000, bytes: 32 << 20, bytesOfFile: 8 << 20)
  }

  /// What the folder holds.
  package struct Contents: Sendable, Equatable {
    /// The decisions, the newest last.
    package var records: [JournalRecord] = []
    /// What is missing here and why, a sentence each.
    package var remarks: [String] = []
    /// Whether there is something, and none of it could be read.
    package var isUnread = false

    /// Nothing.
    package init() {}
  }

  /// The folder.
  package let directory: String
  /// How much of it is read.
  package let bounds: Bounds

  /// How the name of a journal ends.
  static let ending = ".jsonl"
  /// A longer line is none of ours; those of earlier versions held the whole input of a start.
  private static let lineBound = 8 << 20

  /// The journals in a folder.
  package init(directory: String, bounds: Bounds = .standard) {
    self.directory = directory
    self.bounds = bounds
  }

  /// Reads what every process wrote; blocks for as long as the disk takes.
  package func read() -> Contents {
    var reading = Reading(folder: self)
    var contents = reading.read(names())
    if let remark = absence {
      contents.remarks.append(remark)
      contents.isUnread = true
    }
    return contents
  }

  /// Why the folder cannot be read; nil when it can, or when there is none yet.
  private var absence: String? {
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let code = errno
    guard descriptor < 0 else {
      close(descriptor)
      return nil
    }
    guard code != ENOENT else { return nil }
    return "the journals cannot be read: \(StateFolder.words(code)): \(directory)"
  }

  /// Reads the decisions of a server that ended processes left open or unsent, and holds the files
  /// that have them, so that nobody else settles them too while the claim lives.
  func claim(for place: JournalPlace) -> (claim: JournalClaim, contents: Contents) {
    let isWanted = { (record: JournalRecord) in
      record.place.isSameServer(as: place)
        && (record.isOpen || record.isLeftPlan || record.isLeftHeld)
    }
    var first = Reading(folder: self)
    var contents = first.read(names())
    let files = Set(contents.records.filter(isWanted).map(\.file))
    let claim = JournalClaim(files.sorted().suffix(JournalClaim.bound).map { path($0) })
    if !claim.isEmpty {
      // Between looking and locking another process may have settled some, and ended.
      var second = Reading(folder: self, claimed: claim.names)
      contents = second.read(names())
    }
    contents.records = contents.records.filter { record in
      isWanted(record) && claim.names.contains(record.file)
    }
    return (claim, contents)
  }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// The names of the journals, the oldest first; none when there is no folder.
  private func names() -> [String] {
    guard let folder = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasSuffix(JournalFolder.ending), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Takes a lock of a journal, though somebody may be looking at it this moment.
  /// - Returns: Whether it was had; otherwise `errno` says why not.
  static func lock(_ descriptor: Int32, _ kind: Int32) -> Bool {
    for _ in 0..<20 {
      if flock(descriptor, kind | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { return false }
      // Who only looks holds it for microseconds; who writes holds it while it lives.
      usleep(1_000)
    }
    errno = EWOULDBLOCK
    return false
  }
}

extension JournalFolder {
  /// A reading of the folder under way.
  private struct Reading {
    private let folder: JournalFolder
    /// Files that this process holds itself: nobody writes them.
    private let claimed: Set<String>
    private var ledger = JournalLedger()
    private var remarks: [String] = []
    private var unread: [String] = []
    private var reason = ""
    private var overlong = 0

    init(folder: JournalFolder, claimed: Set<String> = []) {
      self.folder = folder
      self.claimed = claimed
    }

    /// Reads files, given the oldest first; the newest count when there is too much.
    mutating func read(_ names: [String]) -> Contents {
      var wanted = Array(names.suffix(folder.bounds.files))
      var isCut = wanted.count < names.count
      var pieces: [(name: String, bytes: [UInt8])] = []
      var total = 0
      while let name = wanted.popLast() {
        guard total < folder.bounds.bytes else {
          isCut = true
          break
        }
        guard let piece = contents(of: name) else { continue }
        total += piece.count
        pieces.append((name, piece))
      }
      for piece in pieces.reversed() { take(piece.bytes, of: piece.name) }
      remark(isCut: isCut)
      var contents = Contents()
      contents.records = ledger.records
      contents.remarks = remarks
      contents.isUnread = pieces.isEmpty && !unread.isEmpty
      return contents
    }

    private mutating func remark(isCut: Bool) {
      if isCut {
        remarks.append(
          "there are more journals than are read at once; only the newest are: \(folder.directory)"
        )
      }
      if let first = unread.first {
        let what = unread.count == 1 ? "a journal" : "\(unread.count) journals"
        remarks.append("\(what) cannot be read: \(reason): \(folder.path(first))")
      }
      let bad = ledger.unreadable + overlong
      if bad > 0 {
        let what = bad == 1 ? "a line" : "\(bad) lines"
        remarks.append(
          "\(what) of the journals cannot be read and \(bad == 1 ? "is" : "are") left out"
        )
      }
    }

    private mutating func contents(of name: String) -> [UInt8]? {
      let path = folder.path(name)
      // Without O_NONBLOCK a FIFO that nobody writes would be waited for.
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard descriptor >= 0 else {
        miss(name, StateFolder.words(errno))
        return nil
      }
      defer { close(descriptor) }
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        miss(name, "it is no file")
        return nil
      }
      if !claimed.contains(name) {
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 {
          flock(descriptor, LOCK_UN)
        } else {
          ledger.keep(live: name)
        }
      }
      return tail(descriptor, size: Int(status.st_size))
    }

    private mutating func miss(_ name: String, _ why: String) {
      unread.append(name)
      reason = why
    }

    /// The end of a file, from the beginning of a line.
    private mutating func tail(_ descriptor: Int32, size: Int) -> [UInt8] {
      let bound = folder.bounds.bytesOfFile
      let skipped = max(0, size - bound)
      var bytes = [UInt8](repeating: 0, count: min(size, bound))
      var length = 0
      while length < bytes.count {
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
          unsafe pread(
            descriptor,
            buffer.baseAddress.map { unsafe $0 + length },
            buffer.count - length,
            off_t(skipped + length)
          )
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        length += count
      }
      let read = bytes.prefix(length)
      guard skipped > 0 else { return Array(read) }
      remarks.append("a journal is too long; only its newest lines are read")
      guard let end = read.firstIndex(of: 0x0A) else { return [] }
      return Array(read[(end + 1)...])
    }

    private mutating func take(_ bytes: [UInt8], of name: String) {
      for line in bytes.split(separator: 0x0A) {
        if line.count > JournalFolder.lineBound {
          overlong += 1
        } else {
          ledger.take(Array(line), of: name)
        }
      }
    }
  }
}

/// Journals of ended processes that this process holds while it settles what they left.
final class JournalClaim: Sendable {
  /// How many are held at most; those of older processes wait for the next start.
  static let bound = 64

  private let descriptors: [Int32]
  /// The files, within their folder.
  let names: Set<String>

  /// Claims files; those that another process holds are left to it.
  init(_ paths: [String]) {
    var descriptors: [Int32] = []
    var names: Set<String> = []
    for path in paths {
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      guard JournalFolder.lock(descriptor, LOCK_EX) else {
        close(descriptor)
        continue
      }
      descriptors.append(descriptor)
      if let slash = path.lastIndex(of: "/") {
        names.insert(String(path[path.index(after: slash)...]))
      }
    }
    self.descriptors = descriptors
    self.names = names
  }

  deinit { for descriptor in descriptors { close(descriptor) } }

  var isEmpty: Bool { names.isEmpty }
}
