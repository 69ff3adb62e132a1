import GRDB

/// The tables, step by step from the first version on; a step that was released never changes.
///
/// Rows hold what is answered as JSON text, written once and sent as it is; the columns beside it are
/// what queries look for.
enum Migrations {
  static var all: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 workflows, runs, events, tasks") { database in
      try database.execute(sql: first)
    }
    migrator.registerMigration("2 tokens") { database in
      try database.execute(sql: tokens)
    }
    migrator.registerMigration("3 triggers and webhooks") { database in
      try database.execute(sql: triggers)
    }
    migrator.registerMigration(UsageMigration.name, migrate: UsageMigration.run)
    migrator.registerMigration("5 steps given by a start") { database in
      try database.execute(sql: triggerSteps)
    }
    migrator.registerMigration(InputMigration.name, migrate: InputMigration.run)
    migrator.registerMigration(ActionMigration.name, migrate: ActionMigration.run)
    migrator.registerMigration("8 whether runs may call tools") { database in
      try database.execute(sql: toolScope)
    }
    return migrator
  }

  private static let first = """
    CREATE TABLE workflows (
      id TEXT PRIMARY KEY,
      created_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX workflows_by_age ON workflows (created_at, id);

    CREATE TABLE versions (
      workflow_id TEXT NOT NULL REFERENCES workflows (id),
      version INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (workflow_id, version)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      workflow_id TEXT NOT NULL REFERENCES workflows (id),
      status TEXT NOT NULL,
      is_live INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      excluded TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX runs_by_age ON runs (created_at, id);
    CREATE INDEX runs_by_status ON runs (status, created_at, id);
    CREATE INDEX runs_by_workflow ON runs (workflow_id, created_at, id);
    CREATE INDEX runs_by_update ON runs (updated_at);
    CREATE INDEX runs_live ON runs (id) WHERE is_live = 1;

    CREATE TABLE events (
      run_id TEXT NOT NULL REFERENCES runs (id),
      seq INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (run_id, seq)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE steps (
      run_id TEXT NOT NULL REFERENCES runs (id),
      step_id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (run_id, step_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tasks (
      run_id TEXT NOT NULL REFERENCES runs (id),
      id TEXT NOT NULL,
      is_pending INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (run_id, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tasks_pending ON tasks (created_at, run_id, id) WHERE is_pending = 1;

    CREATE TABLE answers (
      key TEXT PRIMARY KEY,
      request BLOB NOT NULL,
      status INTEGER NOT NULL,
      body TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX answers_by_age ON answers (at);

    CREATE TABLE tokens (
      name TEXT PRIMARY KEY,
      hash BLOB NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID;
    """
}
