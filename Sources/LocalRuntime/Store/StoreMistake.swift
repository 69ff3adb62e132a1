import GRDB

/// Why the store cannot be opened, read or written.
package struct StoreMistake: Error, Sendable, Equatable {
  /// What kind of mistake it is.
  package enum Kind: Sendable, Equatable {
    /// Another process has the folder.
    case taken
    /// The folder or the database cannot be written.
    case unwritable
    /// No room is left on the disk.
    case full
    /// The database is damaged, or made by a newer version.
    case unreadable
    /// Such a row is there already.
    case exists
  }

  package var kind: Kind
  /// One sentence: what, where, what to do.
  package var sentence: String

  /// A mistake.
  package init(_ kind: Kind, _ sentence: String) {
    self.kind = kind
    self.sentence = sentence
  }

  /// The mistake behind an error of the database.
  init(_ error: any Error, folder: String) {
    if let known = error as? StoreMistake {
      self = known
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.unwritable, "the data in \(folder) cannot be used: \(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL:
      self.init(.full, "the disk that holds \(folder) is full; make room and try again")
    case .SQLITE_IOERR:
      let said = error.message ?? "the disk failed"
      self.init(
        .unwritable,
        "cannot write to \(folder): \(said); check that its disk has room and works"
      )
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      let said = error.message ?? "not writable"
      self.init(.unwritable, "cannot write to \(folder): \(said); check its permissions")
    case .SQLITE_CONSTRAINT:
      self.init(.exists, "the data in \(folder) has this already: \(error.message ?? "")")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self.init(
        .unreadable,
        "\(folder)/runtime.sqlite is no database that can be read; put a backup in its place, or "
          + "choose another folder with --data"
      )
    default:
      let said = error.message ?? "error \(error.resultCode.rawValue)"
      self.init(.unwritable, "the data in \(folder) cannot be used: \(said)")
    }
  }
}
