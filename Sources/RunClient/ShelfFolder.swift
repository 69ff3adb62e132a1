internal import JSON
package import Runs

/// What is kept of one profile on this machine: a file for each subject.
///
/// Several programs may write the same shelf: each change is laid on what stands in the file then.
package struct ShelfFolder: Sendable {
  /// The folder's absolute path.
  package let path: String

  /// The shelves in a folder; it is made with mode 0700 when something is kept.
  package init(path: String) { self.path = path }

  private func file(_ subject: ShelfSubject) -> ShelfFile {
    ShelfFile(subject: subject, path: "\(path)/\(subject.rawValue).json")
  }

  /// Reads all shelves.
  /// - Returns: What they hold, and what is wrong with one that cannot be read.
  package func load() -> (shelves: Shelves, fault: Fault?) {
    var shelves = Shelves()
    var fault: Fault?
    for subject in ShelfSubject.allCases {
      do throws(Fault) {
        shelves[subject] = try file(subject).load()
      } catch {
        fault = fault ?? error
      }
    }
    return (shelves, fault)
  }

  /// Lays changes on the shelves, in order; blocks as long as the disk takes.
  /// - Parameters:
  ///   - entries: The changes.
  ///   - isHurried: Whether nobody can wait for a disk, or for another who writes.
  /// - Returns: What could not be kept, and why.
  package func keep(
    _ entries: [ShelfEntry],
    isHurried: Bool = false
  ) -> [(subject: ShelfSubject, fault: Fault)] {
    ShelfSubject.allCases.compactMap { subject in
      let changes = entries.filter { $0.shelf == subject }
      guard !changes.isEmpty else { return nil }
      do throws(Fault) {
        try file(subject).lay(changes, isHurried: isHurried)
        return nil
      } catch {
        return (subject, error)
      }
    }
  }
}
