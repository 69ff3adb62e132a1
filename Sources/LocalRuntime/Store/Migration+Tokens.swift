extension Migrations {
  /// Tokens that the API makes, and workflows that are out of use.
  static let tokens = """
    CREATE TABLE pats (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      hash BLOB NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE workflows ADD COLUMN archived_at INTEGER;
    DROP INDEX workflows_by_age;
    CREATE INDEX workflows_by_age ON workflows (created_at, id) WHERE archived_at IS NULL;
    """
}
