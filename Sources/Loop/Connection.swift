package import Cells
package import CommandCenter
package import RunClient
package import Runs
package import Transport

/// A client, and the pool that carries its calls.
package struct Connection {
  package let client: Client
  package let pool: TransferPool

  /// A connection.
  package init(client: Client, pool: TransferPool) {
    self.client = client
    self.pool = pool
  }
}

/// Where the decisions of this machine are found, and where files about them go.
package struct RecordKeeping: Sendable {
  /// The journals of all programs.
  package var journals: JournalFolder
  /// What the journals call the server of the open profile.
  package var place: JournalPlace
  package var exports: ExportFile

  /// Where decisions are found, and where files about them go.
  package init(journals: JournalFolder, place: JournalPlace, exports: ExportFile) {
    self.journals = journals
    self.place = place
    self.exports = exports
  }
}

/// A profile that is open: how its server is asked, and what belongs to it on this machine.
package struct OpenProfile {
  package var connection: Connection
  /// What the application is told of it.
  package var opening: ProfileOpening
  package var token: TokenKeeping
  /// Where its last reading is kept; nil keeps none.
  package var snapshots: SnapshotFile?
  /// Where what outlasts the program is kept; nil keeps it in memory only.
  package var shelves: ShelfFolder?
  /// Where its decisions are on record; nil keeps none.
  package var records: RecordKeeping?
  package var theme: Theme

  /// An open profile.
  package init(
    connection: Connection,
    opening: ProfileOpening,
    token: TokenKeeping,
    snapshots: SnapshotFile?,
    shelves: ShelfFolder? = nil,
    records: RecordKeeping? = nil,
    theme: Theme
  ) {
    self.connection = connection
    self.opening = opening
    self.token = token
    self.snapshots = snapshots
    self.shelves = shelves
    self.records = records
    self.theme = theme
  }
}

/// How a profile's token is had and kept.
///
/// Both may take long, and are done beside the loop.
package struct TokenKeeping: Sendable {
  /// Fetches it from where the profile says.
  package var fetch: @Sendable () -> Result<String?, Fault>
  /// Keeps one that was typed where the profile reads it; the file, or nil where that cannot be.
  package var keep: @Sendable (Secret) -> Result<String?, Fault>

  /// How a token is had and kept.
  package init(
    fetch: @escaping @Sendable () -> Result<String?, Fault>,
    keep: @escaping @Sendable (Secret) -> Result<String?, Fault>
  ) {
    self.fetch = fetch
    self.keep = keep
  }
}

/// What the loop asks of whoever knows what is set up on this machine.
package protocol Wiring: AnyObject {
  /// The operator's editor.
  /// - Throws: A fault `local` whose sentence says why there is none.
  func editor() throws(Fault) -> EditorProgram
  /// Opens a profile of the config.
  /// - Throws: A fault `local` whose sentence says why it cannot be opened.
  func open(profile: String) throws(Fault) -> OpenProfile
  /// Writes a profile into the config.
  /// - Throws: A fault `local` whose sentence says why it cannot be written.
  func add(_ draft: ProfileDraft) throws(Fault)
  /// Writes a filter into the config.
  /// - Returns: All filters of the config, this one among them.
  /// - Throws: A fault `local` whose sentence says why it cannot be written.
  func save(_ filter: SavedFilter) throws(Fault) -> [SavedFilter]
  /// Looks over what the open profile needs, as `doctor` does, but for what only a terminal that
  /// nobody uses can tell.
  /// - Parameter size: The terminal's.
  /// - Returns: The look; it takes seconds, and is had off the loop's thread.
  func examination(size: Size) -> @Sendable () -> [ReportLine]
  /// Reads a theme.
  /// - Throws: A fault `local` whose sentence says what is wrong with it.
  func theme(_ name: String) throws(Fault) -> Theme
}
