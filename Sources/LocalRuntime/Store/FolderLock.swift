import Glibc
import Synchronization

/// Holds a data folder for one process: a second one is refused instead of settling what is running.
final class FolderLock: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Takes the folder.
  /// - Throws: ``StoreMistake`` when another process has it, or the folder cannot be written.
  init(folder: String) throws(StoreMistake) {
    let path = "\(folder)/lock"
    // Not inherited by the MCP servers: one that outlives the runtime must not keep the folder.
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreMistake(.unwritable, "cannot write to \(folder): \(Self.reason(errno))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      if number == EWOULDBLOCK {
        throw StoreMistake(
          .taken,
          "another runtime is using \(folder); stop it, or choose another folder with --data"
        )
      }
      throw StoreMistake(.unwritable, "cannot lock \(path): \(Self.reason(number))")
    }
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Gives the folder free.
  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor else { return }
      // A child on its way from fork to exec has the lock too; closing ours would not end it.
      _ = flock(open, LOCK_UN)
      Glibc.close(open)
      descriptor = nil
    }
  }

  /// The system's words for an error number.
  static func reason(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
