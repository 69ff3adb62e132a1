import GRDB
import Glibc
import JSON
import Runs
import Synchronization

/// Everything the runtime remembers, in one folder; one process at a time.
///
/// What a write returns from is on the disk: SQLite in WAL mode with `synchronous = FULL`.
package final class Store: Sendable {
  /// The folder, for sentences.
  package let folder: String
  let pool: DatabasePool
  /// Tells which events became durable.
  let feed = EventFeed()
  private let counter = ChangeCounter()
  private let queue: CommitQueue
  private let lock: FolderLock
  /// Why the last write failed; nil once one went well again.
  private let trouble = Mutex<StoreMistake?>(nil)

  /// Opens a folder, which is made when it is not there.
  /// - Throws: ``StoreMistake`` when another process has it, or it cannot be read or written.
  package init(folder: String) throws(StoreMistake) {
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw StoreMistake(.unwritable, "cannot make \(folder): \(FolderLock.reason(errno))")
    }
    self.folder = folder
    lock = try FolderLock(folder: folder)
    do {
      pool = try Self.open(folder)
    } catch {
      throw StoreMistake(error, folder: folder)
    }
    queue = CommitQueue(pool: pool, counter: counter)
  }

  private static func open(_ folder: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = 4
    configuration.label = "runtime"
    let path = "\(folder)/runtime.sqlite"
    // Made before SQLite would, so that nobody else can read it or the log beside it.
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor >= 0 { Glibc.close(descriptor) }
    let pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB's own choice for WAL is NORMAL, which may lose the newest commits with the power; it makes
    // that choice while it opens, so ours comes after, on the one connection that writes.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    let migrations = Migrations.all
    if try pool.read(migrations.hasBeenSuperseded) {
      throw StoreMistake(
        .unreadable,
        "the data in \(folder) was made by a newer version; use that one, or choose another folder "
          + "with --data"
      )
    }
    try migrations.migrate(pool)
    return pool
  }

  /// How many commits there were since the store was opened; equal counts mean equal data.
  package var changeCount: Int { counter.count }

  /// The change counts from now on, the present one first.
  package var changes: AsyncStream<Int> { counter.changes }

  /// Makes a write durable; writes that come together share one transaction.
  /// - Throws: ``StoreMistake`` when it cannot be written; then nothing of it is.
  func commit(_ write: @escaping @Sendable (Database) throws -> Void) async throws(StoreMistake) {
    do {
      try await queue.commit(write)
      trouble.withLock { $0 = nil }
    } catch {
      let mistake = StoreMistake(error, folder: folder)
      if mistake.kind != .exists { trouble.withLock { $0 = mistake } }
      throw mistake
    }
  }

  /// Why nothing can be written now, or nil.
  ///
  /// Looks at what the system says of folder and disk; only when the last write failed is another one
  /// tried.
  func findTrouble() async -> StoreMistake? {
    if let mistake = Self.look(at: folder) { return mistake }
    guard trouble.withLock({ $0 }) != nil else { return nil }
    do throws(StoreMistake) {
      try await commit { database in
        try database.execute(sql: "UPDATE probe SET tries = tries + 1")
      }
      return nil
    } catch {
      return error
    }
  }

  private static func look(at folder: String) -> StoreMistake? {
    guard unsafe access("\(folder)/runtime.sqlite", W_OK) == 0 else {
      return StoreMistake(.unwritable, "cannot write to \(folder): \(FolderLock.reason(errno))")
    }
    var disk = statvfs()
    guard unsafe statvfs(folder, &disk) == 0, disk.f_bavail == 0 else { return nil }
    return StoreMistake(.full, "the disk that holds \(folder) is full; make room and try again")
  }

  /// Reads a consistent state.
  /// - Throws: ``StoreMistake`` when it cannot be read.
  func read<Value: Sendable>(
    _ read: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreMistake) -> Value {
    do {
      return try await pool.read(read)
    } catch {
      throw StoreMistake(error, folder: folder)
    }
  }

  /// Closes the database and gives the folder free; nothing can be read or written after it.
  package func close() {
    try? pool.close()
    lock.release()
  }
}
