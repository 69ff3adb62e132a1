extension Migrations {
  /// What starts runs by itself: schedules, and webhooks from outside.
  ///
  /// A webhook's secret is kept as it is, since signatures cannot be checked without it; the database
  /// can be read by its owner only.
  static let triggers = """
    CREATE TABLE triggers (
      id TEXT PRIMARY KEY,
      workflow_id TEXT NOT NULL REFERENCES workflows (id),
      created_at INTEGER NOT NULL,
      next_at INTEGER,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX triggers_by_workflow ON triggers (workflow_id, created_at, id);
    CREATE INDEX triggers_armed ON triggers (next_at) WHERE next_at IS NOT NULL;

    CREATE TABLE webhooks (
      id TEXT PRIMARY KEY,
      workflow_id TEXT NOT NULL REFERENCES workflows (id),
      created_at INTEGER NOT NULL,
      secret TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX webhooks_by_age ON webhooks (created_at, id);
    """
}
